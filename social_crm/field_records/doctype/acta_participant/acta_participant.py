from social_crm.rows import RowOfDocument


class ActaParticipant(RowOfDocument):
    pass
