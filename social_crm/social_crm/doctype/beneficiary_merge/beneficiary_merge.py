"""One duplicate record that was merged into another; written by the merge itself."""

from frappe.model.document import Document

from social_crm.social_crm.services.store import refuse_hand_edits


class BeneficiaryMerge(Document):
    def validate(self) -> None:
        refuse_hand_edits(self)

    def on_trash(self) -> None:
        refuse_hand_edits(self)
