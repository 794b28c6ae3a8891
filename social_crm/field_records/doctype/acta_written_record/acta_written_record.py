from frappe.model.document import Document


class ActaWrittenRecord(Document):
    """A record that the closing of an acta changed or made."""
