from social_crm.rows import RowOfDocument


class PsychosocialCaseProfessional(RowOfDocument):
    pass
