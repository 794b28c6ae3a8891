import frappe
from frappe import _
from frappe.model.document import Document


class SyncConflict(Document):
    """Two versions of one record: written by services/sync/conflicts.py alone, which asks who may."""

    def validate(self) -> None:
        # The right to write conflicts is that to decide them, not to write what somebody else is said to have sent.
        if not self.flags.ignore_permissions:
            frappe.throw(
                _("A conflict is decided with the buttons of its form; nobody writes it by hand."),
                frappe.PermissionError,
                title=_("Not Possible"),
            )
