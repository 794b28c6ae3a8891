from social_crm.rows import RowOfDocument


class MicrocreditProductSeason(RowOfDocument):
    pass
