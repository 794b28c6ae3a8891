"""A new loan that pays off an older one of the same person, out of the first money that is handed over for it."""

from decimal import Decimal
from typing import Any

import frappe
from frappe import _
from frappe.utils import getdate

from social_crm import permissions
from social_crm.microcredit.domain import ledger as domain
from social_crm.microcredit.domain.entries import REFINANCES_ARREARS
from social_crm.microcredit.services import loans
from social_crm.microcredit.services.money import money_text


def check(doc: Any, loan: Any, is_first: bool, net: Decimal) -> None:
    """Refuse a refinancing that cannot be. net: what the disbursement hands over, its fees held back.

    Errors: not the first money of the loan; a loan of another person or in another currency; nothing is owed on it, or more
    than is handed over.
    """
    permissions.require("Microcredit", "read", doc.refinances)
    old = frappe.db.get_value("Microcredit", doc.refinances, ["beneficiary", "currency"], as_dict=True)
    if not is_first or doc.refinances == doc.microcredit or old.beneficiary != loan.beneficiary:
        frappe.throw(
            _("Only the first money of a loan pays off an older one, and only one of the same person."),
            title=_("Refinancing not Possible"),
        )
    if old.currency != loan.currency:
        frappe.throw(_("Both loans must be in one currency."), title=_("Refinancing not Possible"))
    owed = domain.payoff(loans.read_one(doc.refinances), getdate(doc.disbursed_on))
    if not 0 < owed <= net:
        frappe.throw(
            _("To pay off {0} takes {1}, and {2} are handed over: the new loan must be large enough.").format(
                doc.refinances, money_text(owed, loan.currency), money_text(net, loan.currency)
            ),
            title=_("Refinancing not Possible"),
        )


def mode_of(doc: Any) -> str:
    """Return the mode of the entry of the money: whether it carries on a loan that was in arrears or restructured.

    Asked before that loan is paid off. What the portfolio shows apart would otherwise be as good as new.
    """
    day = getdate(doc.disbursed_on)
    state = domain.state(loans.read_one(doc.refinances, latest=True), day)
    return REFINANCES_ARREARS if state.position.days_late > 0 or state.is_restructured else ""


def pay_off(doc: Any) -> None:
    """Pay what closes the older loan on the day; it comes out of what the person gets in hand."""
    owed = domain.payoff(loans.read_one(doc.refinances, latest=True), getdate(doc.disbursed_on))
    paid = frappe.new_doc("Microcredit Repayment")
    paid.update(
        {
            "microcredit": doc.refinances,
            "paid_on": doc.disbursed_on,
            "amount": float(owed),
            "kind": "Prepayment",
            "prepayment_mode": "Shorten the Term",
            "channel": "Other",
        }
    )
    paid.flags.refinanced_by = doc.microcredit
    paid.submit()


def undo(doc: Any) -> None:
    """Take back, with the money that was handed over, the payment that it made on an older loan."""
    if not doc.refinances:
        return
    # Names alone: whoever may cancel the disbursement takes back what it did.
    paid = frappe.get_all(
        "Microcredit Repayment", filters={"refinanced_by": doc.microcredit, "docstatus": 1}, pluck="name"
    )
    for name in paid:
        repayment = frappe.get_doc("Microcredit Repayment", name)
        repayment.flags.reversal_reason = doc.reversal_reason
        repayment.flags.with_disbursement = True
        repayment.cancel()
