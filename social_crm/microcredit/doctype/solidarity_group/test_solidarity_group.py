import json
from unittest import mock

import frappe
from frappe.model.workflow import apply_workflow
from frappe.utils import add_days, getdate, nowdate

from social_crm.microcredit import factories as make
from social_crm.microcredit.services import groups
from social_crm.microcredit.services.disbursement import disburse
from social_crm.microcredit.services.repayments import record_repayment
from social_crm.testing import SocialCRMTestCase


class TestSolidarityGroup(SocialCRMTestCase):
    def prepare(self) -> None:
        make.make_team()
        self.people = [make.make_borrower() for _ in range(3)]

    def group(self, **values):
        fields = {"group_name": "Las Tejedoras", "community": make.COMMUNITY, "formed_on": "2020-01-01"}
        doc = frappe.get_doc({"doctype": "Solidarity Group", **fields, **values})
        if not doc.members:
            doc.set("members", [{"beneficiary": name, "from_date": "2020-01-01"} for name in self.people])
        return doc.insert()

    def test_members_by_date(self) -> None:
        group = self.group()
        group.members[2].to_date = add_days(nowdate(), -10)
        group.save()
        self.assertEqual(len(groups.members_on(group.name, add_days(nowdate(), -10))), 3)
        self.assertEqual(len(groups.members_on(group.name, nowdate())), 2)

    def test_impossible_members(self) -> None:
        first = self.people[0]
        stranger = make.make_borrower("Comunidad ajena")
        for members in (
            [{"beneficiary": first, "from_date": "2020-01-01"}] * 2,
            [{"beneficiary": first, "from_date": "2020-01-02", "to_date": "2020-01-01"}],
            [{"beneficiary": stranger, "from_date": "2020-01-01"}],
        ):
            with self.subTest(members), self.assertRaises(frappe.ValidationError):
                self.group(members=[dict(row) for row in members])
        self.group()
        with self.assertRaises(frappe.ValidationError):
            self.group(group_name="Otro", members=[{"beneficiary": first, "from_date": nowdate()}])

    def test_only_members_borrow_in_the_group(self) -> None:
        group, product = self.group(), make.make_product("Solo grupos", borrower_kind="Solidarity Group")
        with self.assertRaises(frappe.ValidationError):
            make.make_application(self.people[0], product=product)
        with self.assertRaises(frappe.ValidationError):
            make.make_application(product=product, solidarity_group=group.name)
        doc = make.make_application(self.people[0], product=product, solidarity_group=group.name)
        self.assertEqual(doc.status, "Open")

    def test_one_application_for_each_member_or_none(self) -> None:
        group, product = self.group(), make.make_product("Solo grupos", borrower_kind="Solidarity Group")
        frappe.set_user(make.OFFICER)
        amounts = dict(zip(self.people, (900_000, 0, 600_000), strict=True))
        made = groups.apply_for_group(group.name, product, 6, "Telar", json.dumps(amounts))
        self.assertEqual(
            [frappe.db.get_value("Microcredit Application", name, "requested_amount") for name in made],
            [900_000, 600_000],
        )
        with self.assertRaises(frappe.ValidationError):
            groups.apply_for_group(group.name, product, 6, "Telar", "{}")
        stranger = make.make_borrower()
        for amounts in (json.dumps({self.people[0]: 1_000, stranger: 500_000}), "[1, 2]", "nada"):
            expected = stranger if stranger in amounts else "amount of each member"
            with self.subTest(amounts), self.assertRaisesRegex(frappe.ValidationError, expected):
                groups.apply_for_group(group.name, product, 6, "Telar", amounts)

    def test_the_sheet_and_what_arrears_mean_for_the_others(self) -> None:
        group = self.group()
        loans = []
        for person, amount in zip(self.people, (3_000_000, 1_200_000, 600_000), strict=True):
            frappe.set_user(make.OFFICER)
            doc = make.make_application(person, solidarity_group=group.name, requested_amount=amount)
            for action in ("Send to Review", "Send to Committee"):
                doc = apply_workflow(doc, action)
            frappe.set_user(make.COMMITTEE)
            doc.update(
                {
                    "approved_amount": amount,
                    "approved_periods": 12,
                    "committee_minutes": "Acta 3",
                    "committee_date": add_days(nowdate(), -100),
                }
            )
            doc.save()
            apply_workflow(doc, "Approve")
            frappe.set_user(make.OFFICER)
            late = amount == 3_000_000
            loans.append(disburse(doc.name, add_days(nowdate(), -40 if late else -5)))
        sheet = groups.collection_sheet(group.name)
        rows = {row["beneficiary"]: row for row in sheet["rows"]}
        first = rows[self.people[0]]
        self.assertEqual((first["overdue"], first["answers_for"]), (283_679, 0))
        # 283,679 in two equal parts; the odd peso goes to the first.
        self.assertEqual([rows[name]["answers_for"] for name in self.people[1:]], [141_840, 141_839])
        self.assertEqual(sheet["totals"]["overdue"], 283_679)
        due = frappe.get_doc("Microcredit", loans[1]).first_due
        later = {
            row["beneficiary"]: row for row in groups.collection_sheet(group.name, str(getdate(due)))["rows"]
        }
        self.assertGreater(later[self.people[1]]["due_now"], 0)
        self.assertEqual(later[self.people[1]]["overdue"], 0)
        # What was paid off since was owed at the meeting of yesterday, and the sheet asks as much for three loans as for one.
        frappe.set_user(make.OFFICER)
        record_repayment(loans[2], frappe.db.get_value("Microcredit", loans[2], "unpaid_amount"))
        yesterday = groups.collection_sheet(group.name, add_days(nowdate(), -1))
        rows = {row["beneficiary"]: row for row in yesterday["rows"]}
        self.assertEqual((rows[self.people[2]]["loan"], rows[self.people[2]]["balance"]), (loans[2], 600_000))
        self.assertEqual(
            groups.collection_sheet(group.name, add_days(nowdate(), -6))["totals"]["balance"], 3_000_000
        )
        found = groups.loans_of(group.name)
        self.assertEqual(self.queries(found[:1]), self.queries(found))
        self.closed_group_lends_nothing(group)
        # Who left still owes, seen by the closer or not.
        elsewhere = make.people.make_community("Comunidad ajena")
        frappe.db.set_value("Beneficiary", self.people[0], "community", elsewhere)
        group.reload()
        for row in group.members:
            row.to_date = nowdate()
        frappe.db.set_value("Microcredit", loans[1], "balance", 0)
        group.status = "Closed"
        frappe.set_user(make.OFFICER)
        with self.assertRaisesRegex(frappe.ValidationError, "still owes"):
            group.save()

    def queries(self, found: list) -> int:
        with mock.patch.object(frappe.db, "sql", wraps=frappe.db.sql) as asked:
            groups._sheet_rows(found, getdate())
        return asked.call_count

    def closed_group_lends_nothing(self, group) -> None:
        approved = make.make_approved(beneficiary=self.people[1], solidarity_group=group.name)
        frappe.db.set_value("Solidarity Group", group.name, "status", "Closed")
        frappe.set_user(make.OFFICER)
        with self.assertRaisesRegex(frappe.ValidationError, "is closed"):
            disburse(approved.name)
        frappe.set_user("Administrator")
        frappe.db.set_value("Solidarity Group", group.name, "status", "Active")
