"""A confidential note of a psychosocial case: written once, encrypted, read through a logged door."""

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from social_crm.psychosocial import notes, sealing, team


class ConfidentialNote(Document):
    def has_permission(self, permtype: str = "read", *args: Any, **kwargs: Any) -> bool:
        """Frappe asks no hook for the account Administrator; the rule of the readers holds for it all the same."""
        user = kwargs.get("user") or frappe.session.user
        if not notes.is_professional(user):
            return False
        if not self.is_new() and not notes.may_read_note(self.name, user):
            return False
        return super().has_permission(permtype, *args, **kwargs)

    def before_insert(self) -> None:
        user = frappe.session.user
        if not notes.is_professional(user) or not team.is_on_team(self.psychosocial_case, user):
            frappe.throw(
                _("Only the professionals of the case write notes on it."),
                frappe.PermissionError,
                title=_("Confidential Note"),
            )
        self.author = user
        self.written_on = now_datetime()

    def validate(self) -> None:
        if not self.is_new():
            frappe.throw(
                _("A confidential note is not changed. Write another one that corrects it."),
                title=_("Confidential Note"),
            )
        content = (self.__dict__.pop("content", None) or "").strip()
        # A request that is being recorded for analysis keeps its form; the text does not stay in it.
        (getattr(frappe.local, "form_dict", None) or {}).pop("content", None)
        if not content:
            frappe.throw(_("The note is empty."), frappe.MandatoryError, title=_("Confidential Note"))
        self.sealed_content = sealing.seal(content, self.name, self.psychosocial_case)

    def on_trash(self) -> None:
        frappe.throw(_("A confidential note is not deleted."), title=_("Confidential Note"))


def on_doctype_update() -> None:
    """Index what the list of a case's notes is read by."""
    frappe.db.add_index("Confidential Note", ["psychosocial_case", "written_on"])
