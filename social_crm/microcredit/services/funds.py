"""The revolving fund of a programme: its money comes and goes by movements, and it never goes below zero."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import frappe
from frappe import _
from frappe.utils import getdate, now_datetime

from social_crm import permissions
from social_crm.microcredit.services import closing
from social_crm.microcredit.services.money import money_text, positive_amount, to_decimal

_LOCKED = ["name", "fund_name", "currency", "status", "balance", "contributed", "lent"]
# Changed by movements alone.
_OWN = ("balance", "contributed", "lent")


@dataclass(frozen=True)
class Movement:
    """Money that enters (above zero) or leaves a fund."""

    kind: str
    amount: Decimal
    day: date
    ledger_entry: str | None = None
    reference: str | None = None
    reason: str | None = None


def lock(fund: str) -> Any:
    """Lock a fund until the transaction ends and return it as last committed: movements of one fund wait for each other."""
    return frappe.db.get_value("Microcredit Fund", fund, _LOCKED, as_dict=True, for_update=True)


def open_fund(programme: str | None, currency: str) -> str | None:
    """Return the open fund of a programme; None for a programme without one."""
    if not programme:
        return None
    # Whoever hands money over need not be one of those who look after the fund.
    return frappe.db.get_value("Microcredit Fund", {"open_key": _open_key(programme, currency)})


def move(fund: str, movement: Movement) -> None:
    """Move money of a fund.

    Errors: the fund has not as much; it is closed (money may still come back to it).
    """
    if not movement.amount:
        return
    locked = lock(fund)
    balance = to_decimal(locked.balance) + movement.amount
    if balance < 0:
        frappe.throw(
            _("The fund {0} has {1}: that is not enough for {2}.").format(
                frappe.bold(locked.fund_name),
                money_text(locked.balance, locked.currency),
                money_text(-movement.amount, locked.currency),
            ),
            title=_("Not Enough in the Fund"),
        )
    if locked.status == "Closed" and movement.kind in ("Disbursement", "Contribution"):
        frappe.throw(_("The fund {0} is closed.").format(locked.fund_name), title=_("Closed Fund"))
    _insert(locked, movement, balance)
    frappe.db.set_value("Microcredit Fund", fund, _totals(locked, movement, balance), update_modified=False)


@frappe.whitelist(methods=["POST"])
def contribute(fund: str, amount: float, day: str | None = None, reference: str | None = None) -> str:
    """Put money into a fund; return its name. For whoever may change funds. Errors: an impossible amount or date."""
    return _by_hand(fund, amount, day, "Contribution", reference=reference)


@frappe.whitelist(methods=["POST"])
def withdraw(fund: str, amount: float, reason: str, day: str | None = None) -> str:
    """Take money out of a fund, with a reason; return its name. For whoever may change funds. Errors: more than it has."""
    if not (reason or "").strip():
        frappe.throw(_("Write the reason."), title=_("Reason Missing"))
    return _by_hand(fund, amount, day, "Withdrawal", reason=reason.strip())


@frappe.whitelist()
def latest_movements(fund: str) -> list[dict]:
    """Return the last twenty movements of a fund that the user may read, the newest first."""
    permissions.require("Microcredit Fund", "read", fund)
    return frappe.get_list(
        "Microcredit Fund Movement",
        filters={"fund": fund},
        fields=["name", "kind", "day", "amount", "balance_after", "ledger_entry", "user"],
        order_by="name desc",
        limit_page_length=20,
    )


def validate(doc: Any) -> None:
    """Check a fund: one that is open for a programme and a currency; its money moves by movements alone."""
    before = doc.get_doc_before_save()
    for field in _OWN:
        doc.set(field, before.get(field) if before else 0)
    if before and (before.programme, before.currency) != (doc.programme, doc.currency):
        frappe.throw(
            _("The programme and the currency of a fund stay as they are: open another fund."),
            title=_("Not Possible"),
        )
    if getdate(doc.opened_on) > getdate():
        frappe.throw(_("{0} lies in the future.").format(doc.opened_on), title=_("Date not Possible"))
    doc.open_key = _open_key(doc.programme, doc.currency) if doc.status == "Open" else None
    # A look at one key, whoever may see the other fund.
    other = frappe.db.get_value("Microcredit Fund", {"open_key": doc.open_key}) if doc.open_key else None
    if other and other != doc.name:
        frappe.throw(
            _("The programme has an open fund in this currency already: {0}.").format(other),
            frappe.DuplicateEntryError,
            title=_("One Open Fund"),
        )


def _by_hand(fund: str, amount: float, day: str | None, kind: str, **more: Any) -> str:
    permissions.require("Microcredit Fund", "write", fund)
    locked = lock(fund)
    money = positive_amount(amount, "Amount", locked.currency)
    on = getdate(day)
    if on > getdate():
        frappe.throw(_("{0} lies in the future.").format(day), title=_("Date not Possible"))
    if on in closing.closed_from(on):
        frappe.throw(_("The accounts of that day are closed: choose an open day."), title=_("Closed Day"))
    sign = 1 if kind == "Contribution" else -1
    move(fund, Movement(kind, sign * money, on, **more))
    return fund


def _insert(locked: Any, movement: Movement, balance: Decimal) -> None:
    doc = frappe.new_doc("Microcredit Fund Movement")
    doc.update(
        {
            "fund": locked.name,
            "kind": movement.kind,
            "amount": float(movement.amount),
            "balance_after": float(balance),
            "currency": locked.currency,
            "day": movement.day,
            "posted_at": now_datetime(),
            "user": frappe.session.user,
            "ledger_entry": movement.ledger_entry,
            "reference": movement.reference,
            "reason": movement.reason,
        }
    )
    doc.flags.by_ledger = True
    # Nobody may create movements by hand; whoever may post the loan's entry or change the fund comes through here.
    doc.insert(ignore_permissions=True)


def _totals(locked: Any, movement: Movement, balance: Decimal) -> dict[str, float]:
    values = {"balance": balance}
    if movement.kind in ("Contribution", "Withdrawal"):
        values["contributed"] = to_decimal(locked.contributed) + movement.amount
    elif movement.kind == "Disbursement":
        values["lent"] = to_decimal(locked.lent) - movement.amount
    return {field: float(value) for field, value in values.items()}


def _open_key(programme: str, currency: str) -> str:
    return f"{programme}:{currency}"
