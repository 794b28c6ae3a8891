import frappe
from frappe.model.document import Document

from social_crm.field_records.services.sync import devices


class FieldDevice(Document):
    """A phone or tablet of one of its users: what it last said of itself, and whether it was revoked."""

    def onload(self) -> None:
        self.set_onload("may_manage", devices.may_manage())


def on_doctype_update() -> None:
    """One row for each user of a device."""
    frappe.db.add_unique("Field Device", ["device_id", "user"])
