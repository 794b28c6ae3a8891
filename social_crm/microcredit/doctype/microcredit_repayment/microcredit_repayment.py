import frappe
from frappe.model.document import Document

from social_crm.microcredit.services import repayments, vouchers
from social_crm.microcredit.services.payments import posting


class MicrocreditRepayment(Document):
    """Money received for a loan: posted by submitting, undone by a reversal, never edited."""

    def before_insert(self) -> None:
        vouchers.lock_loan(self)

    def validate(self) -> None:
        repayments.validate(self)

    def before_submit(self) -> None:
        vouchers.check_submission(self, repayments.fact(self))
        repayments.before_post(self)

    def on_submit(self) -> None:
        repayments.post(self)

    def before_cancel(self) -> None:
        repayments.refuse_refinanced(self)
        vouchers.before_reversal(self)

    def on_cancel(self) -> None:
        vouchers.reverse_entry(self)
        posting.repayment_reversed(self)

    def on_trash(self) -> None:
        vouchers.refuse_deletion(self)


def on_doctype_update() -> None:
    """One index serves the only question asked in volume: the repayments in force of a loan."""
    frappe.db.add_index("Microcredit Repayment", ["microcredit", "docstatus", "paid_on"])
