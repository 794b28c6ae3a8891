import frappe
from frappe.utils import add_days, getdate, nowdate

from social_crm.microcredit import factories as make
from social_crm.microcredit.domain import ledger as domain
from social_crm.microcredit.services import ledger, loans, vouchers
from social_crm.microcredit.services.repayments import record_repayment
from social_crm.testing import SocialCRMTestCase


class TestMicrocreditLedgerEntry(SocialCRMTestCase):
    def prepare(self) -> None:
        make.make_team()
        self.loan = make.make_loan(days_ago=75).name
        frappe.set_user(make.OFFICER)

    def entries(self) -> list:
        return frappe.get_all(
            "Microcredit Ledger Entry", filters={"microcredit": self.loan}, fields=["*"], order_by="name"
        )

    def test_each_posting_is_an_entry(self) -> None:
        paid = record_repayment(self.loan, 100_000, add_days(nowdate(), -3))
        vouchers.reverse("Microcredit Repayment", paid, "Otro crédito")
        rows = self.entries()
        self.assertEqual([row.kind for row in rows], ["Disbursement", "Payment", "Reversal"])
        self.assertEqual((rows[1].voucher_name, rows[1].is_adjustment, rows[1].amount), (paid, 1, 100_000))
        self.assertEqual((rows[2].reverses, rows[2].reason), (rows[1].name, "Otro crédito"))
        self.assertEqual((rows[2].value_date, rows[2].posting_day), (rows[1].value_date, getdate()))

    def test_nobody_edits_adds_or_deletes(self) -> None:
        frappe.set_user("Administrator")
        entry = frappe.get_doc("Microcredit Ledger Entry", self.entries()[0].name)
        copy = frappe.copy_doc(entry)
        entry.amount = 1
        for what in (
            entry.save,
            lambda: entry.db_set("amount", 1),
            entry.db_update,
            copy.insert,
            lambda: frappe.delete_doc("Microcredit Ledger Entry", entry.name),
            lambda: frappe.rename_doc("Microcredit Ledger Entry", entry.name, "MLE-1"),
        ):
            with self.assertRaises((frappe.PermissionError, frappe.ValidationError)):
                what()
        self.assertEqual(self.entries()[0].amount, 3_000_000)

    def test_the_books_balance_on_every_day(self) -> None:
        record_repayment(self.loan, 500_000, add_days(nowdate(), -10))
        record_repayment(
            self.loan,
            700_000,
            add_days(nowdate(), -5),
            kind="Prepayment",
            prepayment_mode="Lower the Instalment",
        )
        book = loans.read_one(self.loan)
        for days_ago in range(80):
            state = domain.state(book, getdate(add_days(nowdate(), -days_ago)))
            self.assertEqual(sum(state.accounts.values()), 0)

    def test_a_reversal_is_not_reversed_twice(self) -> None:
        paid = record_repayment(self.loan, 100_000)
        vouchers.reverse("Microcredit Repayment", paid, "Error")
        with self.assertRaises(frappe.ValidationError):
            vouchers.reverse("Microcredit Repayment", paid, "Otra vez")
        self.assertEqual(len(self.entries()), 3)

    def test_as_known_before_a_reversal(self) -> None:
        paid = record_repayment(self.loan, 100_000)
        known = self.entries()[-1].posted_at
        vouchers.reverse("Microcredit Repayment", paid, "Error")
        self.assertEqual(ledger.position_of(self.loan, known_at=known).paid, 100_000)
        self.assertEqual(ledger.position_of(self.loan).paid, 0)
