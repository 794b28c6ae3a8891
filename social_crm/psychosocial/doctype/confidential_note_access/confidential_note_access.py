"""One reading of a confidential note: who, when, by which door. Written by the app, changed by nobody."""

import frappe
from frappe import _
from frappe.model.document import Document


class ConfidentialNoteAccess(Document):
    def validate(self) -> None:
        if not self.is_new():
            frappe.throw(_("The log of readings is not changed."), title=_("Confidential Note Access"))

    def on_trash(self) -> None:
        frappe.throw(_("The log of readings is not changed."), title=_("Confidential Note Access"))
