from social_crm.rows import RowOfDocument


class ActaTemplateChoice(RowOfDocument):
    pass
