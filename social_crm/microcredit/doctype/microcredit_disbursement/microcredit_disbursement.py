from frappe.model.document import Document

from social_crm.microcredit.services import disbursement, refinancing, vouchers


class MicrocreditDisbursement(Document):
    """Money handed over for a loan: all of it, or a part."""

    def before_insert(self) -> None:
        vouchers.lock_loan(self)

    def validate(self) -> None:
        disbursement.validate(self)

    def before_submit(self) -> None:
        vouchers.check_submission(self, disbursement.fact(self))
        self.reference_key = vouchers.reference_key(self)

    def on_submit(self) -> None:
        disbursement.post(self)

    def before_cancel(self) -> None:
        vouchers.before_reversal(self)

    def on_cancel(self) -> None:
        vouchers.reverse_entry(self)
        refinancing.undo(self)

    def on_trash(self) -> None:
        vouchers.refuse_deletion(self)
