from frappe.model.document import Document

from social_crm.microcredit.services import closing


class MicrocreditClosedDay(Document):
    """A day of the accounts into which nothing is posted any more."""

    def validate(self) -> None:
        closing.validate(self)

    def on_trash(self) -> None:
        closing.refuse_deletion()
