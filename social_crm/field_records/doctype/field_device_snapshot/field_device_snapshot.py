from frappe.model.document import Document


class FieldDeviceSnapshot(Document):
    """What a device holds: written and read by services/sync/holdings.py alone."""
