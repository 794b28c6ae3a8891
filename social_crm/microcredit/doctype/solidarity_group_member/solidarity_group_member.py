from social_crm.rows import RowOfDocument


class SolidarityGroupMember(RowOfDocument):
    pass
