from social_crm.rows import RowOfDocument


class MicrocreditModalityRule(RowOfDocument):
    pass
