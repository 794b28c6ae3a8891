from social_crm.rows import RowOfDocument


class MicrocreditGuarantor(RowOfDocument):
    pass
