from social_crm.rows import RowOfDocument


class MicrocreditPaymentColumn(RowOfDocument):
    pass
