"""What happened to a family on a day; written by the family services alone."""

import frappe
from frappe.model.document import Document

from social_crm.social_crm.services.store import refuse_hand_edits


class FamilyEvent(Document):
    def validate(self) -> None:
        refuse_hand_edits(self)

    def on_trash(self) -> None:
        refuse_hand_edits(self)


def on_doctype_update() -> None:
    frappe.db.add_index("Family Event", ["family", "event_date"])
    frappe.db.add_index("Family Event", ["beneficiary", "event_date"])
