import frappe

from social_crm.microcredit.append_only import AppendOnly


class MicrocreditAlert(AppendOnly):
    """One alert about one due date, written down by the nightly job; its name is its key."""


def on_doctype_update() -> None:
    frappe.db.add_index("Microcredit Alert", ["status", "send_until"])
