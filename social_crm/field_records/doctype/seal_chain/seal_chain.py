import frappe
from frappe import _
from frappe.model.document import Document

from social_crm.changes import has_changed


class SealChain(Document):
    """The head of a chain of seals; written when actas are closed, by nobody's hand."""

    def validate(self) -> None:
        # Closing writes past the document. Whoever may do everything still moves no end of a chain: no acta could be closed after it.
        if not self.is_new() and has_changed(self, "last_number", "last_hash"):
            frappe.throw(
                _("A chain of seals moves on when an acta is closed; nobody writes it by hand."),
                frappe.PermissionError,
                title=_("Seal Chain"),
            )

    def on_trash(self) -> None:
        if not frappe.flags.in_uninstall:
            frappe.throw(
                _("A chain of seals stays: without it nobody could tell whether an acta is missing."),
                frappe.PermissionError,
                title=_("Seal Chain"),
            )
