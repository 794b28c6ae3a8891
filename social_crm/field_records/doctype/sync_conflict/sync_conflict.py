from frappe.model.document import Document


class SyncConflict(Document):
    """Two versions of one record: written by services/sync/conflicts.py alone."""
