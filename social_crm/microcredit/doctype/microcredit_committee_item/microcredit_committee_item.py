from social_crm.rows import RowOfDocument


class MicrocreditCommitteeItem(RowOfDocument):
    pass
