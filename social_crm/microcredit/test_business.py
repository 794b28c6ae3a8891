"""The business beside its loans: months, early warnings once a visit and back when it is corrected, the life of the person."""

from typing import Any

import frappe
from frappe.model.workflow import apply_workflow
from frappe.utils import add_days, getdate, nowdate

from social_crm import timeline
from social_crm.income_generation.factories import make_unit, make_visit
from social_crm.microcredit import factories as make
from social_crm.microcredit.alert_cases import make_email_account
from social_crm.microcredit.domain.business import month_of
from social_crm.microcredit.services import business, vouchers
from social_crm.microcredit.services.repayments import record_repayment
from social_crm.microcredit.services.schedules import payoff_on
from social_crm.social_crm.services import commitments
from social_crm.testing import SocialCRMTestCase
from social_crm.testing_factories import assign, make_user

GESTOR = "gestora.negocios@example.com"


class TestBusiness(SocialCRMTestCase):
    def prepare(self) -> None:
        make.make_team()
        make_user(GESTOR, "Gestor")
        assign(GESTOR, make.COMMUNITY)
        make_email_account()
        self.person = make.make_borrower()
        self.unit = make_unit(self.person, started_on=add_days(nowdate(), -400)).name
        self.loan = make.make_loan(days_ago=40, beneficiary=self.person, productive_unit=self.unit)

    def visit(self, sales: float, costs: float = 0, days_ago: int = 0, **values: Any) -> Any:
        return make_visit(self.unit, add_days(nowdate(), -days_ago), sales=sales, costs=costs, **values)

    def raised(self) -> list[Any]:
        return frappe.get_all(
            "Commitment", {"productive_unit": self.unit}, ["*"], order_by="creation asc, name asc"
        )

    def test_instalments_beside_income_month_by_month(self) -> None:
        last = getdate(add_days(nowdate(), -40))
        self.visit(900_000, 300_000, 40)
        frappe.set_user(make.OFFICER)
        paid = record_repayment(self.loan.name, 100_000, add_days(nowdate(), -5))
        flow = business.cash_flow(self.unit)
        months = {row["month"]: row for row in flow["months"]}
        seen = months[month_of(last)]
        self.assertEqual((seen["sales"], seen["costs"], seen["income"]), (900_000, 300_000, 600_000))
        self.assertEqual(
            sum(row["due"] for row in flow["months"]), sum(row.total for row in self.loan.schedule)
        )
        self.assertEqual(months[month_of(getdate(add_days(nowdate(), -5)))]["paid"], 100_000)
        self.assertEqual([loan["name"] for loan in flow["loans"]], [self.loan.name])
        vouchers.reverse("Microcredit Repayment", paid, "Era de otra persona")
        self.assertEqual(sum(row["paid"] for row in business.cash_flow(self.unit)["months"]), 0)

    def test_who_may_not_read_the_unit_or_microcredits_sees_nothing(self) -> None:
        frappe.set_user(make_user("otra.oficial.negocios@example.com", "Credit Officer"))
        self.assertRaises(frappe.PermissionError, business.cash_flow, self.unit)
        self.assertRaises(frappe.PermissionError, business.warnings_of_loan, self.loan.name)
        fes = make_user("fes.negocios@example.com", "FES Advisor")
        assign(fes, make.COMMUNITY)
        frappe.set_user(fes)
        self.assertTrue(frappe.get_list("Productive Unit", {"name": self.unit}))
        self.assertRaises(frappe.PermissionError, business.cash_flow, self.unit)

    def test_a_visit_below_the_instalments_warns_once_and_is_withdrawn_and_raised_again(self) -> None:
        # A month with an instalment: that of the first due date, some ten days ago.
        self.assertLess(getdate(self.loan.next_due_date), getdate(add_days(nowdate(), 40)))
        frappe.set_user(GESTOR)
        visit = self.fallen_visit()
        (first,) = self.raised()
        self.assertEqual(
            (first.status, first.responsible, first.warning_key), ("Open", make.OFFICER, visit.name)
        )
        self.assertEqual((first.reference_doctype, first.reference_name), ("Microcredit", self.loan.name))
        todo = {"reference_type": "Commitment", "reference_name": first.name}
        self.assertEqual(
            frappe.db.get_value("ToDo", todo, ["allocated_to", "status"]), (make.OFFICER, "Open")
        )
        visit.findings = "Otra vez"
        visit.save()
        self.assertEqual(len(self.raised()), 1)
        visit.sales = 5_000_000
        visit.save()
        (first,) = self.raised()
        self.assertEqual((first.status, first.warning_state), ("Cancelled", "Withdrawn"))
        self.assertEqual(frappe.db.get_value("ToDo", todo, "status"), "Closed")
        self.assertEqual(business.warnings_of({"productive_unit": self.unit}), [])
        visit.sales = 10_000
        visit.save()
        (first,) = self.raised()
        self.assertEqual((first.status, first.warning_state, first.outcome), ("Open", "Raised", None))
        self.assertRegex(first.description, r"10[.,]000")

    def fallen_visit(self) -> Any:
        """A visit of today whose income is a tenth of what the visits before it found."""
        self.visit(1_000_000, 0, 60)
        return self.visit(100_000)

    def test_a_fall_against_the_mean_says_its_figures(self) -> None:
        self.fallen_visit()
        (found,) = self.raised()
        self.assertIn("It fell by 90 %", found.description)
        self.assertIn(self.loan.name, found.description)
        frappe.set_user(make.OFFICER)
        self.assertEqual([row.name for row in business.warnings_of_loan(self.loan.name)], [found.name])
        self.assertEqual([row.name for row in business.cash_flow(self.unit)["warnings"]], [found.name])

    def test_the_figures_of_the_rule_are_data(self) -> None:
        frappe.get_doc(
            {
                "doctype": "Programme Rules",
                "valid_from": add_days(nowdate(), -1),
                "source": "Acta 9",
                "warn_below_instalments": 0,
                "warn_fall_percent": 95,
            }
        ).insert()
        self.fallen_visit()
        self.assertEqual(self.raised(), [])

    def test_an_earlier_visit_that_is_corrected_moves_the_mean(self) -> None:
        before = self.visit(1_000_000, 0, 60)
        self.visit(100_000)
        self.assertIn("fell by 90 %", self.raised()[0].description)
        before.sales = 200_000
        before.save()
        self.assertIn("fell by 50 %", self.raised()[0].description)

    def test_what_a_person_closed_stays_closed(self) -> None:
        visit = self.fallen_visit()
        frappe.set_user(make.OFFICER)
        commitments.finish(self.raised()[0].name, nowdate(), "Se acordó reestructurar")
        frappe.set_user("Administrator")
        visit.sales = 90_000
        visit.save()
        (found,) = self.raised()
        self.assertEqual((found.status, found.outcome), ("Done", "Se acordó reestructurar"))

    def test_a_deleted_visit_takes_its_warning_back(self) -> None:
        visit = self.fallen_visit()
        visit.delete()
        (found,) = self.raised()
        self.assertEqual((found.status, found.warning_state), ("Cancelled", "Withdrawn"))

    def test_no_loan_no_figures_or_long_ago_is_no_warning(self) -> None:
        self.visit(0, 0, 1)
        self.visit(1_000, 0, 200)
        other = make_unit(self.person, started_on=add_days(nowdate(), -400)).name
        make_visit(other, add_days(nowdate(), -30), sales=1_000_000)
        make_visit(other, nowdate(), sales=1)
        self.assertEqual(frappe.get_all("Commitment", {"beneficiary": self.person}), [])

    def test_an_officer_without_access_is_not_named(self) -> None:
        frappe.db.set_value("Microcredit", self.loan.name, "credit_officer", "Guest")
        frappe.set_user(GESTOR)
        self.fallen_visit()
        self.assertEqual(self.raised()[0].responsible, GESTOR)


class TestLifeOfALoan(SocialCRMTestCase):
    def prepare(self) -> None:
        make.make_team()
        self.person = make.make_borrower()

    def shown(self, doctype: str = "Beneficiary") -> list[str]:
        name = (
            self.person
            if doctype == "Beneficiary"
            else frappe.db.get_value("Beneficiary", self.person, "family")
        )
        entries, _cut = timeline.entries(doctype, name)
        return [
            entry["title"].replace("\xa0", " ") for entry in entries if entry["component"] == "Microcredit"
        ]

    def has(self, *starts: str) -> None:
        for doctype in ("Beneficiary", "Family"):
            titles = self.shown(doctype)
            for start in starts:
                with self.subTest(doctype, start=start):
                    self.assertTrue(any(title.startswith(start) for title in titles), titles)

    def test_disbursed_paid_prepaid_reversed_and_closed(self) -> None:
        loan = make.make_loan(days_ago=40, beneficiary=self.person).name
        frappe.set_user(make.OFFICER)
        wrong = record_repayment(loan, 100_000, add_days(nowdate(), -6))
        vouchers.reverse("Microcredit Repayment", wrong, "Era de otra persona")
        record_repayment(loan, 283_679, add_days(nowdate(), -5))
        self.has("Microcredit application for", "Microcredit of", "Money of a microcredit handed over")
        self.assertEqual(sum(title.startswith("Microcredit repayment of") for title in self.shown()), 1)
        (reversal,) = (title for title in self.shown() if title.startswith("Payment of"))
        self.assertRegex(reversal, r"100[.,]000")
        self.assertIn("Era de otra persona", reversal)
        record_repayment(loan, payoff_on(loan), kind="Prepayment", prepayment_mode="Shorten the Term")
        self.has("Microcredit prepayment of")
        self.assertTrue(
            any(title.endswith("paid in full") for title in self.shown("Family")), self.shown("Family")
        )

    def test_restructured_written_off_and_recovered(self) -> None:
        loan = make.make_loan(days_ago=75, beneficiary=self.person).name
        frappe.set_user(make.OFFICER)
        doc = apply_workflow(make.make_restructuring(loan), "Request")
        frappe.set_user(make.DIRECTOR)
        apply_workflow(doc, "Approve")
        frappe.set_user(make.OFFICER)
        values = {"doctype": "Microcredit Write-off", "microcredit": loan, "reason": "Abandonó la región"}
        doc = apply_workflow(frappe.get_doc(values).insert(), "Request")
        frappe.set_user(make.DIRECTOR)
        apply_workflow(doc, "Approve")
        frappe.set_user(make.OFFICER)
        recovered = record_repayment(loan, 50_000, kind="Recovery")
        self.has(
            "Microcredit restructured to 18 instalments · Perdió la cosecha",
            "Microcredit written off",
            "Recovered of a microcredit written off",
        )
        vouchers.reverse("Microcredit Repayment", recovered, "Consignación devuelta")
        frappe.set_user(make.DIRECTOR)
        vouchers.reverse("Microcredit Write-off", doc.name, "Volvió a pagar")
        frappe.set_user(make.OFFICER)
        self.has("Write-off of")
        self.assertFalse(any(title.startswith("Microcredit written off") for title in self.shown()))

    def test_members_of_a_group_and_alerts(self) -> None:
        community = frappe.db.get_value("Beneficiary", self.person, "community")
        other = make.make_borrower()
        group = frappe.get_doc(
            {
                "doctype": "Solidarity Group",
                "group_name": "Las Emprendedoras",
                "community": community,
                "status": "Active",
                "formed_on": add_days(nowdate(), -100),
                "liability_rule": "Equal Parts",
            }
        )
        since = add_days(nowdate(), -90)
        group.append("members", {"beneficiary": self.person, "member_role": "Chair", "from_date": since})
        group.append("members", {"beneficiary": other, "member_role": "Member", "from_date": since})
        group.insert()
        group.members[0].update({"to_date": nowdate(), "reason": "Se mudó"})
        group.save()
        self.has("Joined the solidarity group Las Emprendedoras · Chair", "Left the solidarity group")
        self.assertTrue(any(t.endswith("· Se mudó") for t in self.shown()), self.shown())
        loan = make.make_loan(beneficiary=self.person)
        alert = frappe.new_doc("Microcredit Alert")
        alert.update(
            {
                "microcredit": loan.name,
                "due_date": loan.next_due_date,
                "status": "Sent",
                "channel": "SMS",
                "sent_at": frappe.utils.now(),
                "recipient_person": self.person,
            }
        )
        alert.flags.by_ledger = True
        alert.insert()
        self.has("Alert sent by SMS about the instalment of")
