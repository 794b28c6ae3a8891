from social_crm.rows import RowOfDocument


class ActaWrittenRecord(RowOfDocument):
    """A record that the closing of an acta changed or made."""
