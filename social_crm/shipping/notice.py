"""Tells the administrators, once a version, that a newer shipped item awaits their decision or came as a draft."""

import frappe
from frappe import _

from social_crm.shipping import ledger

ADMINISTRATORS = ("Social CRM Administrator", "System Manager")


def tell_administrators() -> None:
    """Put a line into the notifications of every administrator for each item not told about before."""
    waiting = [
        entry
        for entry in ledger.entries(ledger.FILE_KINDS)
        if entry.state == ledger.UPDATE_AVAILABLE and entry.notified_version != entry.available_version
    ]
    if not waiting:
        return
    for user in _administrators():
        language = _language_of(user)
        text = _(
            "A newer version of {0} is shipped. This site's copy stays as it is: see the difference and decide.",
            language,
        )
        for entry in waiting:
            _tell(user, entry, text.format(frappe.bold(_(entry.item_name, language))))
    for entry in waiting:
        ledger.change(entry, notified_version=entry.available_version)


def tell_of_draft(entry, earlier: str) -> None:
    """Tell every administrator that a newer version of a template came as a draft, and what stays: `earlier`."""
    for user in _administrators():
        text = _(
            "{0} came as a draft: this site decided by itself about {1}, which stays as it is. Compare them and publish the draft when it suits you.",
            _language_of(user),
        )
        _tell(user, entry, text.format(frappe.bold(entry.item_name), frappe.bold(earlier)))


def _language_of(user: str) -> str:
    return frappe.db.get_value("User", user, "language") or frappe.local.lang


def _tell(user: str, entry, subject: str) -> None:
    log = frappe.new_doc("Notification Log")
    log.update(
        {
            "for_user": user,
            "type": "Alert",
            "subject": subject,
            "document_type": ledger.LEDGER,
            "document_name": entry.name,
        }
    )
    # Migrate tells people; nobody may write the notifications of others otherwise.
    log.insert(ignore_permissions=True)


def _administrators() -> list[str]:
    # Who holds the role is not for the eyes of the user who migrates: it only chooses whom to tell.
    holders = frappe.get_all(
        "Has Role",
        filters={"role": ["in", ADMINISTRATORS], "parenttype": "User"},
        pluck="parent",
        distinct=True,
    )
    # As above.
    enabled = frappe.get_all(
        "User", filters={"name": ["in", [*holders, "Administrator"]], "enabled": 1}, pluck="name"
    )
    return sorted(enabled)
