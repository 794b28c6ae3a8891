from social_crm.rows import RowOfDocument


class MicrocreditAccountingCompany(RowOfDocument):
    pass
