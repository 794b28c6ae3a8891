from frappe.model.document import Document

from social_crm.microcredit.services.accounting import settings


class MicrocreditAccountingSettings(Document):
    """How the journal of microcredit reaches the general ledger."""

    def validate(self) -> None:
        settings.validate(self)
