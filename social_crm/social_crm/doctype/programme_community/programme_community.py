from social_crm.rows import RowOfDocument


class ProgrammeCommunity(RowOfDocument):
    pass
