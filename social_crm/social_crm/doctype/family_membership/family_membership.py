"""One person's stay in one family; written by the family services alone."""

import frappe
from frappe.model.document import Document

from social_crm.social_crm.services.store import refuse_hand_edits


class FamilyMembership(Document):
    def validate(self) -> None:
        refuse_hand_edits(self)

    def on_trash(self) -> None:
        refuse_hand_edits(self)


def on_doctype_update() -> None:
    frappe.db.add_index("Family Membership", ["family", "to_date"])
    frappe.db.add_index("Family Membership", ["beneficiary", "to_date"])
