import frappe
from frappe import _
from frappe.model.document import Document

from social_crm.microcredit.services import funds


class MicrocreditFund(Document):
    """Revolving money of a programme; its balance moves by movements alone."""

    def validate(self) -> None:
        funds.validate(self)

    def on_trash(self) -> None:
        if frappe.db.exists("Microcredit Fund Movement", {"fund": self.name}):
            frappe.throw(
                _("A fund with movements stays on record: close it instead."),
                frappe.PermissionError,
                title=_("Kept on Record"),
            )
