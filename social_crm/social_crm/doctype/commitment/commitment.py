"""Something that staff or a family promised to do by a date."""

from frappe.model.document import Document

from social_crm.social_crm.services import commitments


class Commitment(Document):
    def validate(self) -> None:
        commitments.check(self)

    def on_update(self) -> None:
        commitments.assign(self)
