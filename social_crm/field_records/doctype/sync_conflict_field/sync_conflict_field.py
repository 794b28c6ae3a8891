from frappe.model.document import Document


class SyncConflictField(Document):
    """A field by which two versions differ, and what was chosen."""
