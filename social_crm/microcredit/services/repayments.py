"""Entering and reversing a repayment: both are postings, and neither is ever edited."""

from typing import Any

import frappe
from frappe import _
from frappe.utils import getdate, now_datetime

from social_crm import permissions
from social_crm.microcredit.domain.allocation import AllocationError, Payment, check_payment
from social_crm.microcredit.domain.arrears import position
from social_crm.microcredit.services import ledger
from social_crm.microcredit.services.money import positive_amount

_MAY_CHANGE_WHEN_REVERSED = frozenset(
    {"docstatus", "modified", "modified_by", "reversed_at", "reversed_by", "reversal_reason", "reference_key"}
)


@frappe.whitelist(methods=["POST"])
def record_repayment(
    microcredit: str,
    amount: float,
    paid_on: str | None = None,
    channel: str = "Cash",
    reference: str | None = None,
    notes: str | None = None,
) -> str:
    """Enter and post a repayment in one step; return its name.

    Errors: those of `post`; no permission to create or submit repayments, or to read the microcredit.
    """
    permissions.require("Microcredit", "read", microcredit)
    doc = frappe.new_doc("Microcredit Repayment")
    doc.update(
        {
            "microcredit": microcredit,
            "amount": amount,
            "paid_on": paid_on or frappe.utils.today(),
            "channel": channel,
            "reference": reference,
            "notes": notes,
        }
    )
    doc.submit()
    return doc.name


@frappe.whitelist(methods=["POST"])
def reverse_repayment(repayment: str, reason: str) -> str:
    """Reverse a posted repayment with a reason; the loan is again as if it had never been entered."""
    doc = frappe.get_doc("Microcredit Repayment", repayment)
    doc.check_permission("cancel")
    if not (reason or "").strip():
        frappe.throw(_("Write the reason for the reversal."), title=_("Reason Missing"))
    doc.flags.reversal_reason = reason.strip()
    doc.cancel()
    return doc.name


def lock_loan(doc: Any) -> None:
    """Make repayments of one loan wait for each other, before any of them writes a row."""
    if doc.microcredit:
        ledger.lock(doc.microcredit)


def validate(doc: Any) -> None:
    """Check what can be checked on a draft; what a posting adds is put back if it arrived from outside."""
    loan = _loan(doc)
    doc.currency = loan.currency
    positive_amount(doc.amount, "Amount", loan.currency)
    if getdate(doc.paid_on) > getdate():
        frappe.throw(_("A repayment cannot be dated in the future."), title=_("Date not Possible"))
    if getdate(doc.paid_on) < getdate(loan.disbursed_on):
        frappe.throw(
            _("The repayment of {0} precedes the disbursement of {1}.").format(
                frappe.format(doc.paid_on, "Date"), frappe.format(loan.disbursed_on, "Date")
            ),
            title=_("Before the Disbursement"),
        )
    for field in ("fees_paid", "interest_paid", "principal_paid", "balance_after"):
        doc.set(field, 0)
    for field in (
        "posted_at",
        "received_by",
        "reversed_at",
        "reversed_by",
        "reversal_reason",
        "reference_key",
    ):
        doc.set(field, None)
    _refuse_known_reference(doc)


def post(doc: Any) -> None:
    """Accept a repayment: under the loan's lock, it must fit what is still owed.

    Errors: above the debt, before the disbursement, in the future, not above zero, a reference already recorded.
    """
    loan = ledger.lock(doc.microcredit)
    doc.posted_at = now_datetime()
    doc.received_by = frappe.session.user
    doc.reference_key = _reference_key(doc)
    rows, earlier = ledger.rows_of(doc.microcredit), ledger.payments_of(doc.microcredit, latest=True)
    amount = positive_amount(doc.amount, "Amount", loan.currency)
    new = Payment(doc.name, getdate(doc.paid_on), amount, doc.posted_at)
    try:
        check_payment(rows, earlier, new, getdate(loan.disbursed_on))
    except AllocationError as error:
        _throw_allocation_error(error, loan.currency)
    state = position(rows, (*earlier, new), getdate())
    doc.fees_paid = float(state.allocation.of_payment(doc.name, "fees"))
    doc.interest_paid = float(state.allocation.of_payment(doc.name, "interest"))
    doc.principal_paid = float(state.allocation.of_payment(doc.name, "principal"))
    doc.balance_after = float(state.balance)


def reverse(doc: Any) -> None:
    """Note the reversal. Whoever cancels over REST could send other values along: nothing else may change."""
    ledger.lock(doc.microcredit)
    now, then = (row.get_valid_dict(convert_dates_to_str=True) for row in (doc, doc.get_doc_before_save()))
    changed = [
        field
        for field in now
        if field not in _MAY_CHANGE_WHEN_REVERSED and (now[field] or "") != (then.get(field) or "")
    ]
    if changed:
        frappe.throw(
            _("A posted repayment is never edited: reverse it and enter another one."),
            frappe.PermissionError,
            title=_("Posted Repayment"),
        )
    doc.reversed_at = now_datetime()
    doc.reversed_by = frappe.session.user
    doc.reversal_reason = doc.flags.reversal_reason
    # The reference is free again for the right entry.
    doc.reference_key = None


def refuse_deletion(doc: Any) -> None:
    """A posting stays on record, a reversed one too."""
    if doc.posted_at:
        frappe.throw(
            _("A posted repayment stays on record: reverse it instead of deleting it."),
            frappe.PermissionError,
            title=_("Posted Repayment"),
        )


def _loan(doc: Any) -> Any:
    loan = frappe.db.get_value("Microcredit", doc.microcredit, ["currency", "disbursed_on"], as_dict=True)
    if not loan:
        frappe.throw(_("Choose the microcredit that was paid."), title=_("Microcredit Missing"))
    return loan


def _reference_key(doc: Any) -> str | None:
    text = "".join(character for character in (doc.reference or "").upper() if character.isalnum())
    return f"{doc.channel}:{text}" if text else None


def _refuse_known_reference(doc: Any) -> None:
    key = _reference_key(doc)
    # A look at one key, whoever may see the row: a payment must not be recorded twice unknown to its officer.
    known = frappe.db.get_value("Microcredit Repayment", {"reference_key": key}) if key else None
    if known and known != doc.name:
        frappe.throw(
            _("The reference {0} is already recorded in {1}.").format(doc.reference, known),
            frappe.DuplicateEntryError,
            title=_("Reference already Recorded"),
        )


def _throw_allocation_error(error: AllocationError, currency: str) -> None:
    if error.reason == "above_debt" and error.limit == 0:
        frappe.throw(_("This microcredit is already paid."), title=_("Above the Debt"))
    if error.reason == "above_debt":
        frappe.throw(
            _("The repayment is above the debt: {0} is still to be paid in all.").format(
                frappe.utils.fmt_money(
                    error.limit, 0 if error.limit == int(error.limit) else None, currency=currency
                )
            ),
            title=_("Above the Debt"),
        )
    frappe.throw(_("The repayment is not possible."), title=_("Amount not Possible"))
