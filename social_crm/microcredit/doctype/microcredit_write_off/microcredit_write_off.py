from frappe.model.document import Document

from social_crm.microcredit.services import vouchers, write_offs


class MicrocreditWriteoff(Document):
    """A loan that leaves the books, approved by another person where the workflow says so."""

    def before_insert(self) -> None:
        vouchers.lock_loan(self)

    def validate(self) -> None:
        write_offs.validate(self)

    def before_submit(self) -> None:
        vouchers.check_submission(self, write_offs.fact(self))

    def on_submit(self) -> None:
        write_offs.post(self)

    def before_cancel(self) -> None:
        vouchers.before_reversal(self)

    def on_cancel(self) -> None:
        vouchers.reverse_entry(self)

    def on_trash(self) -> None:
        vouchers.refuse_deletion(self)
