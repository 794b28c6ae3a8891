from social_crm.rows import RowOfDocument


class MicrocreditInstalment(RowOfDocument):
    pass
