from frappe.model.document import Document

from social_crm.microcredit.services.accounting import chart


class MicrocreditAccountRule(Document):
    """Which account of the chart of accounts a neutral account is, from a day on."""

    def validate(self) -> None:
        chart.validate(self)
