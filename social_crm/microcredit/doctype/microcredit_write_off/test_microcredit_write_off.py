from decimal import Decimal
from types import SimpleNamespace

import frappe
from frappe.model.workflow import apply_workflow
from frappe.utils import add_days, nowdate

from social_crm.microcredit import factories as make
from social_crm.microcredit.services import vouchers, write_offs
from social_crm.microcredit.services.repayments import record_repayment
from social_crm.testing import SocialCRMTestCase


class TestMicrocreditWriteOff(SocialCRMTestCase):
    def prepare(self) -> None:
        make.make_team()
        self.loan = make.make_loan(days_ago=75)
        frappe.set_user(make.OFFICER)
        self.doc = frappe.get_doc(
            {
                "doctype": "Microcredit Write-off",
                "microcredit": self.loan.name,
                "reason": "Abandonó la región",
            }
        ).insert()

    def approve(self) -> None:
        doc = apply_workflow(self.doc, "Request")
        frappe.set_user(make.DIRECTOR)
        self.doc = apply_workflow(doc, "Approve")
        frappe.set_user(make.OFFICER)
        self.loan.reload()

    def test_the_debt_leaves_the_books_and_stays_a_debt(self) -> None:
        self.approve()
        # Two instalments fell due: 60,000 and 55,526 of interest were entered as income.
        self.assertEqual(
            (self.doc.principal, self.doc.interest, self.doc.total), (3_000_000, 115_526, 3_115_526)
        )
        self.assertEqual(
            (self.loan.status, self.loan.balance, self.loan.written_off), ("Written Off", 0, 3_115_526)
        )

    def test_what_comes_later_is_a_recovery(self) -> None:
        with self.assertRaises(frappe.ValidationError):
            record_repayment(self.loan.name, 1000, kind="Recovery")
        self.approve()
        with self.assertRaises(frappe.ValidationError):
            record_repayment(self.loan.name, 1000)
        paid = frappe.get_doc(
            "Microcredit Repayment", record_repayment(self.loan.name, 400_000, kind="Recovery")
        )
        self.assertEqual((paid.recovered, paid.principal_paid), (400_000, 0))
        with self.assertRaises(frappe.ValidationError):
            record_repayment(self.loan.name, 2_715_527, kind="Recovery")
        self.loan.reload()
        self.assertEqual((self.loan.recovered, self.loan.status), (400_000, "Written Off"))

    def test_reversed(self) -> None:
        before = frappe.get_doc("Microcredit", self.loan.name)
        self.approve()
        frappe.set_user(make.DIRECTOR)
        vouchers.reverse(self.doc.doctype, self.doc.name, "Se localizó a la persona")
        self.loan.reload()
        for field in ("status", "balance", "unpaid_amount", "days_late", "written_off"):
            self.assertEqual(self.loan.get(field), before.get(field), field)

    def test_not_in_the_future_nor_twice(self) -> None:
        self.approve()
        for values in ({}, {"written_off_on": add_days(nowdate(), 1)}):
            with self.subTest(**values), self.assertRaises(frappe.ValidationError):
                again = {"microcredit": self.loan.name, "reason": "Otra vez", **values}
                frappe.get_doc({"doctype": "Microcredit Write-off", **again}).insert()

    def test_an_officer_does_not_approve(self) -> None:
        doc = apply_workflow(self.doc, "Request")
        with self.assertRaises(frappe.ValidationError):
            apply_workflow(doc, "Approve")
        with self.assertRaises(frappe.PermissionError):
            doc.submit()

    def test_the_total_is_exact(self) -> None:
        state = SimpleNamespace(written_off={"principal": Decimal("0.1"), "interest": Decimal("0.2")})
        self.assertEqual(write_offs._figures(state)["total"], 0.3)
