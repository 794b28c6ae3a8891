from social_crm.rows import RowOfDocument


class ActaTemplateTranslation(RowOfDocument):
    """The texts of a question or a choice in another language."""
