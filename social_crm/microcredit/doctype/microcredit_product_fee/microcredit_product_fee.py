from social_crm.rows import RowOfDocument


class MicrocreditProductFee(RowOfDocument):
    pass
