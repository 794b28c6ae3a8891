from frappe.model.document import Document

from social_crm.microcredit.services import provisions


class MicrocreditProvisionTable(Document):
    """Which part of a balance is set aside for loss, by days late, from a date on."""

    def validate(self) -> None:
        provisions.validate(self)
