import frappe
from frappe import _
from frappe.model.document import Document


class SealChain(Document):
    """The head of a chain of seals; written when actas are closed, by nobody's hand."""

    def on_trash(self) -> None:
        if not frappe.flags.in_uninstall:
            frappe.throw(
                _("A chain of seals stays: without it nobody could tell whether an acta is missing."),
                frappe.PermissionError,
                title=_("Seal Chain"),
            )
