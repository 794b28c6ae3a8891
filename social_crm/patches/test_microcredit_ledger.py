import frappe
from frappe.utils import add_days, get_datetime, nowdate

from social_crm.microcredit import factories as make
from social_crm.microcredit.services import ledger
from social_crm.microcredit.services.repayments import record_repayment, reverse_repayment
from social_crm.patches import microcredit_ledger
from social_crm.testing import SocialCRMTestCase

BOOKS = ("Microcredit Ledger Entry", "Microcredit Disbursement")
NEW = ("terms", "policy", "signed_rows")


def values(doctype: str, name: str) -> dict:
    doc = frappe.get_doc(doctype, name).as_dict(convert_dates_to_str=True)
    rows = doc.pop("schedule", [])
    return doc | {f"row {row.number}": {**row, "name": None} for row in rows}


class TestMicrocreditLedger(SocialCRMTestCase):
    def prepare(self) -> None:
        make.make_team()
        self.loan = make.make_loan(days_ago=75).name
        frappe.set_user(make.OFFICER)
        self.kept = record_repayment(self.loan, 300_000, add_days(nowdate(), -20))
        self.reversed = record_repayment(self.loan, 50_000)
        self.posted = get_datetime(frappe.db.get_value("Microcredit Repayment", self.reversed, "posted_at"))
        reverse_repayment(self.reversed, "Cheque devuelto")
        frappe.set_user("Administrator")
        self.forget_the_ledger()

    def forget_the_ledger(self) -> None:
        """Bring the loan back to what the release before the ledger wrote."""
        frappe.db.delete("Microcredit Ledger Entry", {"microcredit": self.loan})
        frappe.db.delete("Microcredit Disbursement", {"microcredit": self.loan})
        self.before = values("Microcredit", self.loan)
        frappe.db.set_value("Microcredit", self.loan, dict.fromkeys(NEW), update_modified=False)

    def test_every_figure_stays_and_the_past_can_be_asked(self) -> None:
        repayments = [values("Microcredit Repayment", name) for name in (self.kept, self.reversed)]
        microcredit_ledger.execute()
        frappe.clear_document_cache("Microcredit", self.loan)
        after = values("Microcredit", self.loan)
        self.assertEqual(
            {key: value for key, value in after.items() if key not in NEW},
            {key: value for key, value in self.before.items() if key not in NEW},
        )
        self.assertEqual(
            [values("Microcredit Repayment", name) for name in (self.kept, self.reversed)], repayments
        )
        entries = frappe.get_all(
            "Microcredit Ledger Entry",
            filters={"microcredit": self.loan},
            fields=["kind", "amount", "voucher_name", "reverses", "reason"],
            order_by="name",
        )
        self.assertEqual(
            [(row.kind, row.amount) for row in entries],
            [("Disbursement", 3_000_000), ("Payment", 300_000), ("Payment", 50_000), ("Reversal", 0)],
        )
        self.assertEqual(entries[3].reason, "Cheque devuelto")
        self.assertEqual(ledger.position_of(self.loan, known_at=self.posted).paid, 350_000)
        self.assertEqual(ledger.position_of(self.loan).paid, 300_000)

    def test_what_was_moved_can_go_on(self) -> None:
        microcredit_ledger.execute()
        frappe.set_user(make.OFFICER)
        reverse_repayment(self.kept, "Otro crédito")
        self.assertEqual(frappe.db.get_value("Microcredit", self.loan, "paid_amount"), 0)

    def test_a_second_run_adds_nothing(self) -> None:
        microcredit_ledger.execute()
        counts = [frappe.db.count(doctype) for doctype in BOOKS]
        microcredit_ledger.execute()
        self.assertEqual([frappe.db.count(doctype) for doctype in BOOKS], counts)
