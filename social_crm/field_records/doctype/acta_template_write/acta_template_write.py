from social_crm.rows import RowOfDocument


class ActaTemplateWrite(RowOfDocument):
    """One answer and the field that it is written to when the acta is closed."""
