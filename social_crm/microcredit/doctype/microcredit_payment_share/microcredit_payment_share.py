from social_crm.rows import RowOfDocument


class MicrocreditPaymentShare(RowOfDocument):
    pass
