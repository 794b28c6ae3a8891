from social_crm.rows import RowOfDocument


class MicrocreditProvisionRange(RowOfDocument):
    pass
