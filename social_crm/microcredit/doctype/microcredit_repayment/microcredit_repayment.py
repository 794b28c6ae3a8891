import frappe
from frappe.model.document import Document

from social_crm.microcredit.services import ledger, repayments


class MicrocreditRepayment(Document):
    """Money received for a loan: posted by submitting, undone by cancelling, never edited."""

    def before_insert(self) -> None:
        repayments.lock_loan(self)

    def validate(self) -> None:
        repayments.validate(self)

    def before_submit(self) -> None:
        repayments.post(self)

    def on_submit(self) -> None:
        ledger.refresh(self.microcredit)

    def before_cancel(self) -> None:
        repayments.reverse(self)

    def on_cancel(self) -> None:
        ledger.refresh(self.microcredit)

    def on_trash(self) -> None:
        repayments.refuse_deletion(self)


def on_doctype_update() -> None:
    """One index serves the only question asked in volume: the repayments in force of a loan."""
    frappe.db.add_index("Microcredit Repayment", ["microcredit", "docstatus", "paid_on"])
