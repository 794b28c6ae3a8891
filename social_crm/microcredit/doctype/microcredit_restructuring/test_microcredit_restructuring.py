from typing import Any

import frappe
from frappe.model.workflow import apply_workflow
from frappe.utils import add_days, add_months, get_first_day, getdate, nowdate

from social_crm.microcredit import factories as make
from social_crm.microcredit.services import restructuring, vouchers
from social_crm.microcredit.services.repayments import record_repayment
from social_crm.testing import SocialCRMTestCase


class TestMicrocreditRestructuring(SocialCRMTestCase):
    def prepare(self) -> None:
        make.make_team()
        self.loan = make.make_loan(days_ago=75)
        frappe.set_user(make.OFFICER)

    def draft(self, **values: Any) -> Any:
        return make.make_restructuring(self.loan.name, **values)

    def approved(self, **values: Any) -> Any:
        doc = apply_workflow(self.draft(**values), "Request")
        frappe.set_user(make.DIRECTOR)
        doc = apply_workflow(doc, "Approve")
        frappe.set_user(make.OFFICER)
        return doc

    def test_other_terms_for_what_is_owed(self) -> None:
        doc = self.approved()
        self.loan.reload()
        self.assertEqual((self.loan.is_restructured, self.loan.schedule_version), (1, 2))
        self.assertEqual(len(self.loan.schedule), 18)
        self.assertEqual((self.loan.status, self.loan.days_late), ("Active", 0))
        self.assertEqual(doc.principal_before, 3_000_000)
        self.assertEqual(sum(row.principal for row in self.loan.schedule), doc.principal_after)
        self.assertEqual([row.total for row in self.loan.signed_schedule()][:2], [283_679, 283_679])

    def test_unpaid_interest(self) -> None:
        shown = {
            mode: restructuring.preview_restructuring(
                self.loan.name,
                nowdate(),
                "Equal Instalment",
                "Monthly",
                18,
                2.0,
                str(add_months(nowdate(), 1)),
                mode,
            )
            for mode in ("Capitalise", "With the First Instalment", "Waive")
        }
        self.assertGreater(shown["Capitalise"]["principal_after"], 3_000_000)
        self.assertEqual(shown["Waive"]["principal_after"], 3_000_000)
        self.assertEqual(shown["With the First Instalment"]["principal_after"], 3_000_000)
        self.assertEqual(len(shown["Waive"]["rows"]), 18)

    def test_its_maker_does_not_approve_it(self) -> None:
        frappe.set_user("Administrator")
        both = make.make.make_user("doble@example.com", "Credit Officer", "Programme Director")
        make.make.assign(both, make.COMMUNITY)
        frappe.set_user(both)
        doc = apply_workflow(self.draft(), "Request")
        with self.assertRaises(frappe.ValidationError):
            apply_workflow(doc, "Approve")
        doc.reload()
        # Submitting directly passes by Frappe's own check.
        with self.assertRaises(frappe.PermissionError):
            doc.submit()
        self.loan.reload()
        self.assertEqual(self.loan.schedule_version, 1)

    def test_reversed_with_a_reason_by_whom_the_workflow_lets(self) -> None:
        before = frappe.get_doc("Microcredit", self.loan.name).as_dict()
        doc = self.approved()
        with self.assertRaises(frappe.PermissionError):
            vouchers.reverse(doc.doctype, doc.name, "Error")
        frappe.set_user(make.DIRECTOR)
        with self.assertRaises(frappe.ValidationError):
            vouchers.reverse(doc.doctype, doc.name, " ")
        vouchers.reverse(doc.doctype, doc.name, "No firmó el otrosí")
        doc.reload()
        self.assertEqual((doc.docstatus, doc.workflow_state), (2, "Reversed"))
        self.loan.reload()
        for field in ("balance", "unpaid_amount", "days_late", "is_restructured", "schedule_version"):
            self.assertEqual(self.loan.get(field), before[field], field)
        self.assertEqual([row.total for row in self.loan.schedule], [row.total for row in before.schedule])

    def test_refused(self) -> None:
        for values in (
            {"periods": 0},
            {"periods": 1201},
            {"monthly_rate": -1},
            {"monthly_rate": 100},
            {"first_due": nowdate()},
            {"principal_grace": 18},
            {"reason": " "},
            {"restructured_on": add_days(nowdate(), 1)},
            {"restructured_on": add_days(self.loan.disbursed_on, -1)},
        ):
            with self.subTest(**values), self.assertRaises(frappe.ValidationError):
                self.draft(**values)

    def test_the_new_rate_is_within_the_cap_of_its_day(self) -> None:
        """The cap of the day of the new terms counts, for the modality of what was lent and not of what is left of it."""
        modality = frappe.get_doc(
            {
                "doctype": "Microcredit Modality",
                "modality_name": "Modalidad de prueba",
                "rules": [{"valid_from": "2020-01-01", "count_fees": 1}],
            }
        )
        frappe.set_user("Administrator")
        modality.insert()
        month = get_first_day(nowdate())
        make.make_cap(modality.name, str(add_months(month, -6)), str(add_days(month, -1)), 27.39)
        product = make.make_product("Con tope", modality=modality.name, currency="COP")
        days = (getdate() - getdate(add_days(month, -20))).days
        loan = make.make_loan(days_ago=days, product=product)
        frappe.set_user(make.OFFICER)
        self.loan = loan
        # Nothing is certified for today: it can be asked for, and not agreed.
        doc = apply_workflow(self.draft(monthly_rate=2), "Request")
        frappe.set_user(make.DIRECTOR)
        with self.assertRaisesRegex(frappe.ValidationError, "tope|cap"):
            apply_workflow(doc, "Approve")
        frappe.set_user("Administrator")
        make.make_cap(modality.name, str(month), str(add_months(month, 2)), 25.00)
        frappe.set_user(make.OFFICER)
        with self.assertRaisesRegex(frappe.ValidationError, "25[.,]00"):
            self.draft(monthly_rate=2)
        doc.reload()
        frappe.set_user(make.DIRECTOR)
        with self.assertRaisesRegex(frappe.ValidationError, "25[.,]00"):
            apply_workflow(doc, "Approve")
        frappe.set_user(make.OFFICER)
        self.approved(monthly_rate=1.87)
        self.assertEqual(frappe.db.get_value("Microcredit", loan.name, "is_restructured"), 1)

    def test_nothing_owed(self) -> None:
        record_repayment(self.loan.name, self.loan.unpaid_amount)
        with self.assertRaises(frappe.ValidationError):
            self.draft()
