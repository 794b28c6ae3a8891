from social_crm.rows import RowOfDocument


class SyncConflictField(RowOfDocument):
    """A field by which two versions differ, and what was chosen."""
