"""Tells the administrators, once a version, that a newer shipped item awaits their decision."""

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
        language = frappe.db.get_value("User", user, "language") or frappe.local.lang
        for entry in waiting:
            _tell(user, entry, language)
    for entry in waiting:
        ledger.change(entry, notified_version=entry.available_version)


def _tell(user: str, entry, language: str) -> None:
    text = _(
        "A newer version of {0} is shipped. This site edited its copy: see the difference and decide.",
        language,
    )
    log = frappe.new_doc("Notification Log")
    log.update(
        {
            "for_user": user,
            "type": "Alert",
            "subject": text.format(frappe.bold(_(entry.item_name, language))),
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
