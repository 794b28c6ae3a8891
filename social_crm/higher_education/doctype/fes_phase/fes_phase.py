from social_crm.rows import RowOfDocument


class FESPhase(RowOfDocument):
    pass
