"""Entering and reversing money received for a loan: both are postings, and neither is ever edited."""

from typing import Any

import frappe
from frappe import _
from frappe.utils import getdate

from social_crm import permissions
from social_crm.microcredit.services import figures, vouchers
from social_crm.microcredit.services.ledger import Fact
from social_crm.microcredit.services.money import positive_amount

_FIGURES = (
    "fees_paid",
    "insurance_paid",
    "default_interest_paid",
    "interest_paid",
    "principal_paid",
    "recovered",
    "balance_after",
)


@frappe.whitelist(methods=["POST"])
def record_repayment(
    microcredit: str,
    amount: float,
    paid_on: str | None = None,
    channel: str = "Cash",
    reference: str | None = None,
    notes: str | None = None,
    kind: str = "Payment",
    prepayment_mode: str | None = None,
    posting_day: str | None = None,
) -> str:
    """Enter and post a repayment in one step; return its name.

    kind: "Payment", "Prepayment" or "Recovery". prepayment_mode: "Shorten the Term" or "Lower the Instalment".
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
            "kind": kind,
            "prepayment_mode": prepayment_mode,
            "posting_day": posting_day,
        }
    )
    doc.submit()
    return doc.name


@frappe.whitelist(methods=["POST"])
def reverse_repayment(repayment: str, reason: str) -> str:
    """Reverse a posted repayment with a reason; the loan is again as if it had never been entered."""
    return vouchers.reverse("Microcredit Repayment", repayment, reason)


def validate(doc: Any) -> None:
    """Check what can be checked on a draft; what a posting adds is put back if it arrived from outside."""
    loan = vouchers.check_draft(doc, doc.paid_on, _FIGURES)
    positive_amount(doc.amount, "Amount", loan.currency)
    if doc.kind != "Prepayment":
        doc.prepayment_mode = None
    elif not doc.prepayment_mode:
        frappe.throw(
            _("Choose whether the prepayment shortens the term or lowers the instalment."),
            title=_("Choice Missing"),
        )
    if getdate(doc.paid_on) < getdate(loan.disbursed_on):
        frappe.throw(
            _("The repayment of {0} precedes the disbursement of {1}.").format(
                frappe.format(doc.paid_on, "Date"), frappe.format(loan.disbursed_on, "Date")
            ),
            title=_("Before the Disbursement"),
        )
    before = doc.get_doc_before_save()
    doc.refinanced_by = doc.flags.refinanced_by or (before.refinanced_by if before else None)
    vouchers.refuse_known_reference(doc)


def before_post(doc: Any) -> None:
    """Keep the reference for this repayment alone."""
    doc.reference_key = vouchers.reference_key(doc)


def refuse_refinanced(doc: Any) -> None:
    """A payment that a newer loan made is taken back with that loan's money alone."""
    if doc.refinanced_by and not doc.flags.with_disbursement:
        frappe.throw(
            _("{0} made this payment: reverse its disbursement.").format(doc.refinanced_by),
            title=_("Refinanced"),
        )


def fact(doc: Any) -> Fact:
    """Return what a repayment says to the ledger."""
    return Fact(
        kind=doc.kind.lower(),
        value_date=getdate(doc.paid_on),
        amount=positive_amount(doc.amount, "Amount", doc.currency),
        mode=vouchers.mode_of(doc.prepayment_mode),
        posting_day=getdate(doc.posting_day) if doc.posting_day else None,
        voucher=doc,
    )


def post(doc: Any) -> None:
    """Post a repayment: under the loan's lock, it must fit what is still owed.

    Errors: above the debt, before the disbursement, in the future, not above zero, in a closed day, a written-off loan.
    """
    posted = vouchers.post(doc, fact(doc))
    paid = figures.shares_of(posted.state)[posted.name]
    doc.update({f"{component}_paid": float(amount) for component, amount in paid.items()})
    vouchers.write(
        doc,
        {
            "balance_after": float(posted.state.position.balance),
            "recovered": float(posted.entry.amount) if posted.entry.kind == "recovery" else 0,
        },
    )
