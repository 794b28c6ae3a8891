from social_crm.rows import RowOfDocument


class ActaTemplateField(RowOfDocument):
    pass
