from frappe.model.document import Document

from social_crm.microcredit.services import restructuring, vouchers


class MicrocreditRestructuring(Document):
    """Other terms for what is owed, approved by another person where the workflow says so."""

    def before_insert(self) -> None:
        vouchers.lock_loan(self)

    def validate(self) -> None:
        restructuring.validate(self)

    def before_submit(self) -> None:
        vouchers.lock_loan(self)
        restructuring.check_cap(self)
        vouchers.check_submission(self, restructuring.fact(self))

    def on_submit(self) -> None:
        restructuring.post(self)

    def before_cancel(self) -> None:
        vouchers.before_reversal(self)

    def on_cancel(self) -> None:
        vouchers.reverse_entry(self)

    def on_trash(self) -> None:
        vouchers.refuse_deletion(self)
