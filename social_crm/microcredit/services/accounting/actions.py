"""The doors of accounting for people: each checks the right and hands on."""

import frappe
from frappe import _

from social_crm import permissions
from social_crm.microcredit.services.accounting import export, journal, outbox, settings

_TYPES = ("xlsx", "csv")


@frappe.whitelist()
def export_journal(
    from_date: str,
    to_date: str,
    file_type: str = "xlsx",
    programme: str | None = None,
    product: str | None = None,
    currency: str | None = None,
    community: str | None = None,
    microcredit: str | None = None,
) -> None:
    """Download the journal of a period as "xlsx" or "csv": of the loans that the user may see, for who may export the ledger."""
    permissions.require("Microcredit Ledger Entry", "export")
    if file_type not in _TYPES:
        frappe.throw(_("Choose xlsx or csv."), title=_("Choice Missing"))
    asked = journal.period(
        {
            "from_date": from_date,
            "to_date": to_date,
            "programme": programme,
            "product": product,
            "currency": currency,
            "community": community,
            "microcredit": microcredit,
        }
    )
    content = export.workbook(asked) if file_type == "xlsx" else export.text(asked)
    frappe.response["filename"] = f"{_('journal')}-{asked.first}-{asked.last}.{file_type}"
    frappe.response["filecontent"] = content
    frappe.response["type"] = "binary"


@frappe.whitelist()
def status() -> dict:
    """Return where the sending to ERPNext stands, for whoever may read the settings."""
    permissions.require(settings.NAME, "read")
    permissions.require("Microcredit Journal Posting", "read")
    return settings.status()


@frappe.whitelist(methods=["POST"])
def send_now() -> None:
    """Send what is due to ERPNext in the background, for whoever may change the settings."""
    permissions.require(settings.NAME, "write")
    if not settings.is_on():
        frappe.throw(_("Nothing is sent to ERPNext from this site."), title=_("ERPNext"))
    frappe.enqueue(
        "social_crm.microcredit.services.accounting.outbox.run",
        queue="long",
        timeout=3600,
        enqueue_after_commit=True,
    )


@frappe.whitelist(methods=["POST"])
def take_back(posting: str, reason: str) -> None:
    """Cancel the Journal Entry of a posting, with a reason, for whoever may change the settings."""
    _may_change(posting)
    outbox.take_back(posting, reason)


@frappe.whitelist(methods=["POST"])
def send_again(posting: str) -> None:
    """Put what was taken back, or failed, in the line again, for whoever may change the settings."""
    _may_change(posting)
    outbox.send_again(posting)


def _may_change(posting: str) -> None:
    permissions.require(settings.NAME, "write")
    permissions.require("Microcredit Journal Posting", "read", posting)
