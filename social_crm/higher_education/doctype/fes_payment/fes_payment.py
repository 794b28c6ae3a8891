from social_crm.rows import RowOfDocument


class FESPayment(RowOfDocument):
    pass
