import frappe
from frappe.model.document import Document


class FieldUpload(Document):
    """A file that arrives in pieces; its bytes lie outside the folder of files until a record names it."""


def on_doctype_update() -> None:
    """The same content is uploaded once by a user."""
    frappe.db.add_unique("Field Upload", ["user", "sha256"])
