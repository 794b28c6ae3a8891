from frappe.model.document import Document

from social_crm.field_records.services import fingerprints


class Fingerprint(Document):
    """A fingerprint taken instead of a signature: encrypted, with an authorisation of its own, shown to nobody by the way."""

    def onload(self) -> None:
        self.set_onload("may_open", fingerprints.may_open())

    def validate(self) -> None:
        fingerprints.refuse_by_hand(self)

    def on_trash(self) -> None:
        fingerprints.refuse_deletion(self)
