from frappe.model.document import Document


class FieldSubmission(Document):
    """The receipt of a record of a device: written by services/sync/receipts.py alone."""
