"""Schedules for the screen and for paper: the signed one, every version since, and the ledger beside them."""

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import frappe
from frappe.utils import getdate

from social_crm import permissions
from social_crm.microcredit.domain import ledger as domain
from social_crm.microcredit.domain import stored
from social_crm.microcredit.domain.schedule import Row
from social_crm.microcredit.services import figures, ledger, loans, vouchers
from social_crm.microcredit.services.money import positive_amount


def table_of(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Return rows as a form shows them."""
    return [
        {
            "number": row.number,
            "due_date": row.due.isoformat(),
            "principal": float(row.principal),
            "interest": float(row.interest),
            "fees": float(row.fees + row.insurance),
            "total": float(row.total),
            "balance": float(row.balance),
        }
        for row in rows
    ]


def signed(loan: Any) -> list[Any]:
    """Return the schedule that was signed, row by row as the table of instalments has them, for the contract."""
    rows = stored.rows_from_json(json.loads(loan.signed_rows or "[]"))
    return [frappe._dict(row, due_date=getdate(row["due_date"])) for row in table_of(rows)]


@frappe.whitelist()
def life_of_loan(microcredit: str) -> dict:
    """Return what the form of a loan shows of its ledger: entries, schedule versions, balance curve, payoff of today.

    For whoever may read the loan.
    """
    permissions.require("Microcredit", "read", microcredit)
    book = loans.read_one(microcredit)
    today = getdate()
    state = domain.state(book, today)
    return {
        "entries": _entries(microcredit),
        "versions": [
            {
                "number": version.number,
                "from_date": version.from_date.isoformat(),
                "reason": loans.KIND_LABELS[version.reason],
                "rows": table_of(version.rows),
                "first_new": version.first_new,
            }
            for version in state.versions
        ],
        "curve": _curve(book),
        "payoff": float(domain.payoff(book, today)),
        "undrawn": float(max(book.terms.principal - state.disbursed, Decimal(0))),
    }


@frappe.whitelist()
def payoff_on(microcredit: str, day: str | None = None) -> float:
    """Return what would close a loan on a day: what is overdue, the interest run to the day, and the principal."""
    permissions.require("Microcredit", "read", microcredit)
    return float(domain.payoff(loans.read_one(microcredit), getdate(day)))


@frappe.whitelist()
def preview_payment(
    microcredit: str, amount: float, paid_on: str, kind: str = "Payment", prepayment_mode: str | None = None
) -> dict:
    """Return what a payment would pay, the balance after it, and the schedule in force then.

    For whoever may read the loan. Errors: those of posting it.
    """
    permissions.require("Microcredit", "read", microcredit)
    currency = frappe.db.get_value("Microcredit", microcredit, "currency")
    book = loans.read_one(microcredit)
    fact = ledger.Fact(
        kind=kind.lower(),
        value_date=getdate(paid_on),
        amount=positive_amount(amount, "Amount", currency),
        mode=vouchers.mode_of(prepayment_mode),
    )
    entry = ledger.prepare(book, fact, currency)
    state = ledger.state_with(book, entry)
    paid = figures.shares_of(state)[entry.key]
    return {
        "paid": {component: float(amount) for component, amount in paid.items()},
        "balance": float(state.position.balance),
        "unpaid": float(state.position.unpaid),
        "status": state.position.status,
        "rows": table_of(item.row for item in state.position.instalments if item.unpaid),
    }


def _entries(microcredit: str) -> list[dict]:
    found = frappe.get_list(
        "Microcredit Ledger Entry",
        filters={"microcredit": microcredit},
        fields=[
            "name",
            "kind",
            "value_date",
            "posting_day",
            "is_adjustment",
            "amount",
            "mode",
            "reverses",
            "voucher_doctype",
            "voucher_name",
            "user",
            "reason",
        ],
        order_by="posted_at asc, name asc",
        limit_page_length=0,
    )
    reversed_by = {row.reverses: row.name for row in found if row.reverses}
    return [{**row, "reversed_by": reversed_by.get(row.name)} for row in found]


def _curve(book: domain.Loan) -> list[dict]:
    """The principal owed after each day on which something counted, and today."""
    days = sorted({entry.value_date for entry in ledger.in_force(book.entries)} | {getdate()})
    return [
        {"day": day.isoformat(), "balance": float(domain.state(book, day).position.balance)} for day in days
    ]
