from frappe.model.document import Document

from social_crm.microcredit.services.alerts import rules


class MicrocreditAlertSettings(Document):
    """Between which hours alerts go out."""

    def validate(self) -> None:
        rules.validate_settings(self)
