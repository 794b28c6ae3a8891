"""What becomes of a loan that the borrower does not take.

An application is declined, before or after it was approved; a loan whose money came back is annulled, and its application is
declined with it.
"""

from typing import Any

import frappe
from frappe import _
from frappe.utils import today

from social_crm import permissions
from social_crm.microcredit.services import ledger, loans, refusals, vouchers
from social_crm.workflow_status import require_status, state_for_status

DECLINED = "Declined by Borrower"
ANNULLED = "Annulled"


@frappe.whitelist(methods=["POST"])
def decline(application: str, reason: str) -> str:
    """Note that the borrower does not want what was asked for or approved, with the reason; return the application.

    Errors: no reason; it was decided or paid out otherwise; the site's workflow offers the user no such step.
    """
    permissions.require("Microcredit Application", "write", application)
    doc = frappe.get_doc("Microcredit Application", application, for_update=True)
    state = require_status(doc, DECLINED)
    if state:
        doc.workflow_state = state
    doc.decline_reason = _reason(reason)
    doc.flags.declined = True
    doc.save()
    return doc.name


@frappe.whitelist(methods=["POST"])
def annul(microcredit: str, reason: str) -> str:
    """Annul a loan of which no money is out, with the reason; return it. Its application is declined.

    For whoever may take disbursements back. Errors: no reason; money is out; it is annulled already.
    """
    permissions.require("Microcredit", "read", microcredit)
    permissions.require("Microcredit Disbursement", "cancel")
    text = _reason(reason)
    loan = ledger.lock(microcredit)
    refusals.check_not_annulled(loan)
    if ledger.in_force(loans.read_one(microcredit, latest=True).entries):
        frappe.throw(
            _("Money of {0} is out: reverse its disbursement first.").format(microcredit),
            title=_("Not Possible"),
        )
    doc = frappe.get_doc("Microcredit", microcredit)
    values = {"status": ANNULLED, "closed_on": today(), "annulment_reason": text}
    vouchers.write(doc, values)
    # A loan is never saved again, so this is where its history says who did it.
    doc.add_comment("Info", _("annulled this microcredit: {0}").format(frappe.utils.escape_html(text)))
    _decline_with(doc, text)
    return doc.name


def check(doc: Any) -> None:
    """Check an application that has just been declined: with a reason, and dated."""
    doc.decline_reason = _reason(doc.decline_reason)
    doc.declined_on = today()


def _decline_with(loan: Any, text: str) -> None:
    """What the application of an annulled loan says. No way leads there in a workflow: it follows from the loan."""
    application = frappe.get_doc("Microcredit Application", loan.application)
    values = {"status": DECLINED, "decline_reason": text, "declined_on": today()}
    state = state_for_status("Microcredit Application", DECLINED)
    vouchers.write(application, {**values, "workflow_state": state} if state else values)
    application.add_comment(
        "Info", _("declined: {0} was annulled. {1}").format(loan.name, frappe.utils.escape_html(text))
    )


def _reason(text: str | None) -> str:
    reason = (text or "").strip()
    if not reason:
        frappe.throw(_("Write the reason why the borrower declines."), title=_("Reason Missing"))
    return reason
