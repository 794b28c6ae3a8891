"""What people do with alerts: send again what failed, and see which channels the site has."""

import frappe
from frappe import _
from frappe.utils import getdate

from social_crm import permissions
from social_crm.microcredit.services.alerts import channels, finding, rules


@frappe.whitelist(methods=["POST"])
def send_again(alert: str) -> str:
    """Let an alert wait again that failed or of which nobody knows whether it arrived; return its status.

    For whoever may record repayments of the loan. The next hour sends it, while it still makes sense. Errors: it went out, or
    its day has passed.
    """
    permissions.require("Microcredit Alert", "read", alert)
    permissions.require("Microcredit Repayment", "create")
    row = frappe.db.get_value(finding.ALERT, alert, ["status", "send_until"], as_dict=True, for_update=True)
    if row.status not in ("Unconfirmed", "To Try again", "Not Sent"):
        frappe.throw(_("This alert went out, or waits already."), title=_("Microcredit Alert"))
    if getdate(row.send_until) < getdate():
        frappe.throw(_("The day of this alert has passed."), title=_("Microcredit Alert"))
    values = {"status": "Waiting", "reason": None, "detail": None, "tries": 0, "sent_at": None}
    frappe.db.set_value(finding.ALERT, alert, values)
    return "Waiting"


@frappe.whitelist()
def status() -> dict:
    """Return which channels the rules in use need and the site lacks, for whoever may read alerts."""
    permissions.require("Microcredit Alert", "read")
    wanted = {rule.channel for rule in rules.in_use()}
    return {
        "rules": len(rules.in_use()),
        "sms_missing": rules.SMS in wanted and not channels.sms_is_set_up(),
        "email_missing": rules.EMAIL in wanted and not channels.email_is_set_up(),
        "places": list(_places()),
    }


def _places() -> tuple[tuple[str, str], ...]:
    return (
        ("nombre", _("First name of who reads it")),
        ("deudor", _("Full name of the borrower")),
        ("valor", _("What is unpaid of the instalment")),
        ("fecha", _("Due date of the instalment")),
        ("dias", _("Days until or since the due date")),
        ("cuota", _("Number of the instalment")),
        ("credito", _("Number of the microcredit")),
        ("vencido", _("All that is overdue in the microcredit")),
        ("oficial", _("Name of the credit officer")),
        ("organizacion", _("Name of the organisation")),
    )
