from social_crm.rows import RowOfDocument


class ProgrammeTarget(RowOfDocument):
    pass
