from social_crm.rows import RowOfDocument


class MicrocreditAllocationStep(RowOfDocument):
    pass
