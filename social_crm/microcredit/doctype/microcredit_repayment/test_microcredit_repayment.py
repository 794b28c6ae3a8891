import re
from typing import Any

import frappe
from frappe.utils import add_days, nowdate

from social_crm.microcredit import factories as make
from social_crm.microcredit.domain.entries import LedgerError
from social_crm.microcredit.services import ledger, refusals, schedules
from social_crm.microcredit.services.repayments import record_repayment, reverse_repayment
from social_crm.testing import SocialCRMTestCase


def figures(loan: str) -> tuple:
    """Everything a payment may move."""
    doc = frappe.get_doc("Microcredit", loan)
    rows = [(r.paid_principal, r.paid_interest, r.paid_fees, r.unpaid, r.days_late) for r in doc.schedule]
    keys = (
        "status",
        "balance",
        "unpaid_amount",
        "paid_amount",
        "overdue_amount",
        "days_late",
        "next_due_date",
    )
    return (*(doc.get(key) for key in keys), rows)


class TestMicrocreditRepayment(SocialCRMTestCase):
    def prepare(self) -> None:
        make.make_team()
        self.loan = make.make_loan(days_ago=75)
        frappe.set_user(make.OFFICER)

    def pay(self, amount: float, **values: object) -> Any:
        return frappe.get_doc("Microcredit Repayment", record_repayment(self.loan.name, amount, **values))

    def test_interest_before_principal_of_the_oldest(self) -> None:
        doc = self.pay(100_000)
        self.assertEqual((doc.interest_paid, doc.principal_paid), (60_000, 40_000))
        self.assertEqual((doc.balance_after, doc.docstatus), (2_960_000, 1))
        self.assertEqual(doc.beneficiary, self.loan.beneficiary)
        self.loan.reload()
        self.assertEqual(self.loan.schedule[0].unpaid, 183_679)
        self.assertEqual(self.loan.overdue_amount, 2 * 283_679 - 100_000)

    def test_paid_off(self) -> None:
        self.pay(3_404_144)
        self.loan.reload()
        self.assertEqual((self.loan.status, self.loan.balance, self.loan.overdue_amount), ("Paid", 0, 0))
        with self.assertRaises(frappe.ValidationError):
            self.pay(1)

    def test_refused(self) -> None:
        wrong = (
            (0, {}),
            (-100, {}),
            (100.5, {}),
            (1_000_000_000_000, {}),
            (3_404_145, {}),
            (1000, {"paid_on": add_days(nowdate(), 1)}),
            (1000, {"paid_on": str(add_days(self.loan.disbursed_on, -1))}),
            (1000, {"channel": "Bitcoin"}),
        )
        before = figures(self.loan.name)
        for amount, values in wrong:
            with self.subTest(amount=amount, **values), self.assertRaises(frappe.ValidationError):
                self.pay(amount, **values)
        self.assertEqual(figures(self.loan.name), before)
        self.assertFalse(
            frappe.db.exists("Microcredit Repayment", {"microcredit": self.loan.name, "docstatus": 1})
        )

    def test_one_reference_once(self) -> None:
        first = self.pay(1000, channel="Bank Transfer", reference="TR-001 23")
        with self.assertRaises(frappe.DuplicateEntryError):
            self.pay(1000, channel="Bank Transfer", reference="tr 00123")
        reverse_repayment(first.name, "Se registró en otro crédito")
        self.pay(1000, channel="Bank Transfer", reference="TR-00123")

    def test_reversing_restores_exactly(self) -> None:
        self.pay(300_000)
        before = figures(self.loan.name)
        doc = self.pay(555_555)
        self.assertNotEqual(figures(self.loan.name), before)
        reverse_repayment(doc.name, "Error de digitación")
        self.assertEqual(figures(self.loan.name), before)
        doc.reload()
        self.assertEqual((doc.docstatus, doc.reversal_reason), (2, "Error de digitación"))
        self.assertEqual(doc.reversed_by, make.OFFICER)

    def test_a_backdated_payment_gives_what_entering_it_on_time_gives(self) -> None:
        early, late = add_days(nowdate(), -40), add_days(nowdate(), -10)
        self.pay(250_000, paid_on=late)
        self.pay(100_000, paid_on=early)
        backdated = figures(self.loan.name)
        other = make.make_loan(days_ago=75)
        record_repayment(other.name, 100_000, early)
        record_repayment(other.name, 250_000, late)
        self.assertEqual(figures(other.name), backdated)
        shares = {
            (row.amount, row.interest_paid, row.principal_paid)
            for row in frappe.get_all(
                "Microcredit Repayment",
                filters={"microcredit": self.loan.name},
                fields=["amount", "interest_paid", "principal_paid"],
            )
        }
        self.assertEqual(shares, {(100_000, 60_000, 40_000), (250_000, 55_526, 194_474)})

    def test_known_at(self) -> None:
        doc = self.pay(300_000)
        known = frappe.utils.get_datetime(doc.posted_at)
        reverse_repayment(doc.name, "Cheque devuelto")
        self.assertEqual(ledger.position_of(self.loan.name).paid, 0)
        self.assertEqual(ledger.position_of(self.loan.name, known_at=known).paid, 300_000)

    def test_never_edited(self) -> None:
        doc = self.pay(300_000)
        doc.amount = 1
        with self.assertRaises(frappe.ValidationError):
            doc.save()
        doc.reload()
        # Cancelling with another amount sent along is an edit as well.
        doc.amount = 1
        with self.assertRaises(frappe.PermissionError):
            doc.cancel()
        frappe.set_user("Administrator")
        reverse_repayment(doc.name, "Prueba")
        with self.assertRaises(frappe.PermissionError):
            frappe.delete_doc("Microcredit Repayment", doc.name)

    def test_a_reason_is_needed(self) -> None:
        doc = self.pay(1000)
        with self.assertRaises(frappe.ValidationError):
            reverse_repayment(doc.name, "  ")

    def test_a_draft_moves_nothing(self) -> None:
        before = figures(self.loan.name)
        draft = frappe.get_doc(
            {
                "doctype": "Microcredit Repayment",
                "microcredit": self.loan.name,
                "amount": 5000,
                "channel": "Cash",
                "posted_at": nowdate(),
                "principal_paid": 99,
            }
        ).insert()
        self.assertEqual((draft.posted_at, draft.principal_paid), (None, 0))
        self.assertEqual(figures(self.loan.name), before)
        draft.submit()
        self.assertEqual(draft.interest_paid, 5000)

    def test_every_refusal_of_the_ledger_is_in_words(self) -> None:
        reasons = re.findall(r'"(\w+)"', LedgerError.__doc__)
        self.assertGreater(len(reasons), 15)
        for reason in reasons:
            with self.subTest(reason), self.assertRaises(frappe.ValidationError) as raised:
                refusals.throw(LedgerError(reason, "raw words of the domain"), "COP")
            if reason != "terms":
                self.assertNotIn("raw words", str(raised.exception))
        loan = make.make_loan().name
        with self.assertRaisesRegex(frappe.ValidationError, "choose a payment"):
            schedules.preview_payment(loan, 1000, nowdate(), kind="Gift")
