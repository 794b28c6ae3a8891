from frappe.model.document import Document

from social_crm.microcredit.services import committee


class MicrocreditCommittee(Document):
    """A session of the credit committee: agenda, votes, minutes; closing it decides the applications."""

    def validate(self) -> None:
        committee.validate(self)

    def on_trash(self) -> None:
        committee.refuse_deletion(self)
