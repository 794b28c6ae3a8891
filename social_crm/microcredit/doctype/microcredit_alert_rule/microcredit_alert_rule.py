from frappe.model.document import Document

from social_crm.microcredit.services.alerts import rules


class MicrocreditAlertRule(Document):
    """Who is told about a due date, when, by which channel and with which words."""

    def validate(self) -> None:
        rules.validate(self)
