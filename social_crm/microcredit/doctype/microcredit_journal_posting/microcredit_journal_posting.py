from social_crm.microcredit.append_only import AppendOnly


class MicrocreditJournalPosting(AppendOnly):
    """One entry of the journal on its way to ERPNext."""
