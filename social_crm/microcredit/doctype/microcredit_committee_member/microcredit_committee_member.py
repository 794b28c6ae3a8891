from social_crm.rows import RowOfDocument


class MicrocreditCommitteeMember(RowOfDocument):
    pass
