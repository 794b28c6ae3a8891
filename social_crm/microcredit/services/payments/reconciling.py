"""What did not match: a person names the microcredits and the amounts, or sets the payment aside with a reason."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import frappe
from frappe import _
from frappe.utils import getdate, now_datetime

from social_crm import permissions
from social_crm.file_runs import problems_of
from social_crm.microcredit.domain import bank_rows
from social_crm.microcredit.domain import ledger as domain
from social_crm.microcredit.domain.bank_matching import Claim, loan_key, propose
from social_crm.microcredit.services import groups, ledger, loans
from social_crm.microcredit.services.ledger import Fact
from social_crm.microcredit.services.money import positive_amount, to_decimal
from social_crm.microcredit.services.payments import store
from social_crm.microcredit.services.payments.messages import DOUBTS
from social_crm.search import find_people

_OPEN = ("Active", "In Arrears", "Written Off")
_OFFERED = 25
_TO_DECIDE = (
    bank_rows.READY,
    bank_rows.CONFIRM,
    bank_rows.RECONCILE,
    bank_rows.REJECTED,
    bank_rows.DUPLICATE,
)
_PENDING = (bank_rows.READY, bank_rows.CONFIRM, bank_rows.RECONCILE, bank_rows.REJECTED)


def offer(row: Any, text: str = "", group: str = "") -> dict[str, Any]:
    """Return what a payment could be for: open microcredits that the user sees, what each asks for, and a proposed share.

    text: a number of a microcredit or of a document, or a name. group: a solidarity group, whose members' loans are offered.
    """
    day = getdate(row.paid_on)
    rest = to_decimal(row.amount) - to_decimal(row.posted_amount)
    names = _names(row, text.strip(), group)
    # As the user: only what they may read.
    found = frappe.get_list(
        "Microcredit",
        filters={"name": ["in", names or [""]], "status": ["in", _OPEN], "currency": row.currency},
        fields=["name", "beneficiary_name", "status", "balance"],
        order_by="name asc",
        limit_page_length=_OFFERED,
    )
    books = loans.read([loan.name for loan in found])
    claims = [_claim(loan, books[loan.name], day) for loan in found]
    chosen = _chosen(row, {loan.name for loan in found}) if not (text or group) else {}
    shares = chosen or propose(rest, claims)
    return {
        "rest": float(rest),
        "paid_on": str(row.paid_on or ""),
        "loans": [
            {
                "name": loan.name,
                "beneficiary_name": loan.beneficiary_name,
                "status": loan.status,
                "overdue": float(claim.overdue),
                "due": float(claim.due),
                "coming": float(claim.coming),
                "owed": float(claim.limit),
                "share": float(shares.get(loan.name, 0)),
            }
            for loan, claim in zip(found, claims, strict=True)
        ],
    }


def _names(row: Any, text: str, group: str) -> list[str]:
    if group:
        permissions.require("Solidarity Group", "read", group)
        return [loan.name for loan in groups.loans_of(group)]
    if not text:
        shared = [share.microcredit for share in store.shares_of(row.name) if not share.repayment]
        return list(dict.fromkeys([*shared, *json.loads(row.candidates or "[]")]))
    people = [person["name"] for person in find_people(text, _OFFERED)]
    by_person = frappe.get_list(
        "Microcredit", filters={"beneficiary": ["in", people or [""]]}, pluck="name", limit_page_length=100
    )
    key = loan_key(text)
    figures = key.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    numbered = frappe.get_list(
        "Microcredit", filters={"name": ["like", f"%{figures}"]}, pluck="name", limit_page_length=100
    )
    return [*by_person, *(name for name in numbered if figures and loan_key(name).endswith(figures))]


def _chosen(row: Any, offered: set[str]) -> dict[str, Decimal]:
    """What a person chose before, or the one loan that the row was found to be for."""
    return {
        share.microcredit: to_decimal(share.amount)
        for share in store.shares_of(row.name)
        if not share.repayment and share.microcredit in offered
    }


def _claim(loan: Any, book: domain.Loan, day: date) -> Claim:
    found = domain.state(book, day)
    if loan.status == "Written Off":
        left = sum(found.written_off.values(), Decimal(0)) - found.recovered
        return Claim(loan.name, Decimal(0), Decimal(0), Decimal(0), left)
    position = found.position
    due = sum((item.unpaid for item in position.instalments if item.row.due == day), Decimal(0))
    coming = next(
        (item.unpaid for item in position.instalments if item.row.due > day and item.unpaid), Decimal(0)
    )
    return Claim(loan.name, position.overdue, due, coming, position.unpaid)


def assign(row: Any, shares: Sequence[Mapping[str, Any]], paid_on: str | None = None) -> None:
    """Say for which microcredits a payment is, and how much for each; it is posted with the next run.

    shares: microcredit and amount of each; together at most what is left of the payment. paid_on: where the file has no day.
    Errors: another state, an impossible amount or day, a loan that the user may not see, what the ledger would refuse.
    """
    if row.result not in _TO_DECIDE:
        _refuse(_("This payment is {0}; open it again first.").format(_(row.result)))
    day = _day(row, paid_on)
    rest = to_decimal(row.amount) - to_decimal(row.posted_amount)
    named = [str(share.get("microcredit") or "") for share in shares]
    if not named or len(set(named)) != len(named):
        _refuse(_("Name each microcredit once."))
    chosen = [_share(row, share, day) for share in shares]
    given = sum((to_decimal(share["amount"]) for share in chosen), Decimal(0))
    if given > rest:
        _refuse(_("More is shared out than the payment has left."))
    store.add_shares(row.name, chosen)
    in_doubt = any(problem.code in DOUBTS for problem in problems_of(row.reasons))
    store.write(
        row.name,
        [],
        result=bank_rows.READY,
        paid_on=day,
        microcredit=named[0] if len(named) == 1 else None,
        matched_by="person",
        is_other_payment=int(in_doubt or bool(row.is_other_payment)),
        dismiss_reason=None,
        **_decided(),
    )


def _day(row: Any, paid_on: str | None) -> date:
    """What the file says counts; a person says the day only where it cannot be read there."""
    day = row.paid_on or paid_on
    if not day:
        _refuse(_("Write the date of the payment."))
    if getdate(day) > getdate():
        _refuse(_("{0} lies in the future.").format(frappe.format(getdate(day), "Date")))
    return getdate(day)


def _share(row: Any, share: Mapping[str, Any], day: date) -> dict[str, Any]:
    loan = str(share.get("microcredit") or "")
    permissions.require("Microcredit", "read", loan)
    values = frappe.db.get_value(
        "Microcredit", loan, ["beneficiary_name", "status", "currency"], as_dict=True
    )
    if not values or values.currency != row.currency:
        _refuse(_("{0} is lent in another currency.").format(loan))
    amount = positive_amount(share.get("amount"), "Amount", row.currency)
    kind = "Recovery" if values.status == "Written Off" else "Payment"
    ledger.prepare(loans.read_one(loan), Fact(kind.lower(), day, amount), row.currency)
    return {
        "microcredit": loan,
        "beneficiary_name": values.beneficiary_name,
        "amount": amount,
        "kind": kind,
    }


def dismiss(row: Any, reason: str) -> None:
    """Set what is left of a payment aside, with a reason. Errors: no reason; it is posted or set aside already."""
    if not (reason or "").strip():
        _refuse(_("Write the reason."))
    if row.result not in _PENDING:
        _refuse(_("This payment is {0}; open it again first.").format(_(row.result)))
    store.add_shares(row.name, [])
    store.write(row.name, result=bank_rows.DISMISSED, dismiss_reason=reason.strip()[:500], **_decided())


def reopen(row: Any) -> None:
    """Put a payment that was set aside back among those to reconcile. Errors: it was not set aside."""
    if row.result not in (bank_rows.DISMISSED, bank_rows.DUPLICATE):
        _refuse(_("Only what was set aside can be opened again."))
    store.write(row.name, result=bank_rows.RECONCILE, dismiss_reason=None, **_decided())


def _decided() -> dict[str, Any]:
    return {"decided_by": frappe.session.user, "decided_at": now_datetime()}


def _refuse(text: str) -> None:
    frappe.throw(text, title=_("Payment Batch"))
