from social_crm.rows import RowOfDocument


class MicrocreditHouseholdItem(RowOfDocument):
    pass
