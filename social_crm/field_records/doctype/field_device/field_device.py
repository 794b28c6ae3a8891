import frappe
from frappe.model.document import Document


class FieldDevice(Document):
    """A phone or tablet of one of its users: what it last said of itself, and whether it was revoked."""


def on_doctype_update() -> None:
    """One row for each user of a device."""
    frappe.db.add_unique("Field Device", ["device_id", "user"])
