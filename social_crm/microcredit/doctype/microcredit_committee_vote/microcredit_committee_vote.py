import frappe
from frappe import _
from frappe.model.document import Document

from social_crm.microcredit.services import committee


class MicrocreditCommitteeVote(Document):
    """One member's vote on one application: cast once, by its member, and never changed."""

    def validate(self) -> None:
        committee.validate_vote(self)

    def on_trash(self) -> None:
        if not frappe.flags.in_uninstall:
            frappe.throw(_("A vote stays on record."), frappe.PermissionError, title=_("Credit Committee"))


def on_doctype_update() -> None:
    """Index what a session and an application ask for: their votes in order."""
    frappe.db.add_index("Microcredit Committee Vote", ["committee", "application"])
