"""The portfolio as of a day, over the loans that the reader may see."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import frappe
from frappe.query_builder import DocType
from frappe.query_builder.functions import Count, Sum
from frappe.utils import add_days, getdate, nowdate
from pypika import Case

from social_crm import permissions
from social_crm.microcredit.domain.portfolio import portfolio_at_risk
from social_crm.microcredit.domain.rounding import as_percentage
from social_crm.microcredit.services import snapshots
from social_crm.microcredit.services.money import exact_sum, to_decimal

# Upper bounds of days late, and the label of each range.
AGEING = (
    (0, "Up to date"),
    (30, "1 to 30 days"),
    (60, "31 to 60 days"),
    (90, "61 to 90 days"),
    (180, "91 to 180 days"),
)
OLDEST = "More than 180 days"
# The last day of a week that begins today.
_WEEK = 6


def portfolio(
    filters: Mapping[str, Any] | None = None, as_of: date | None = None, known_at: datetime | None = None
) -> list[dict[str, Any]]:
    """Return one row a loan disbursed by a day (today), with its figures of that day, the latest loan first.

    filters: programme, community, credit_officer, product, currency (equality); community is where the person lives today.
    known_at: count only what had been posted by then.
    Raises PermissionError for who may not read microcredits.
    """
    asked = snapshots.Question(filters or {}, getdate(as_of), known_at)
    if not snapshots.is_current(asked):
        return [_shown(snapshot) for snapshot in snapshots.read(asked)]
    stale = [_shown(snapshot) for snapshot in snapshots.read(asked, snapshots.is_stale(asked))]
    found = _kept(asked)
    if stale:
        found = sorted(found + stale, key=lambda row: (row["disbursed_on"], row["name"]), reverse=True)
    return found


def _kept(asked: snapshots.Question) -> list[dict[str, Any]]:
    """The loans whose figures are kept as of today, or do not move with time any more."""
    loan = DocType("Microcredit")
    query = (
        snapshots.rows(asked)
        .select(
            loan.status,
            loan.is_restructured,
            loan.balance,
            loan.overdue_amount.as_("overdue"),
            loan.days_late,
            loan.paid_amount.as_("paid"),
            loan.next_due_date.as_("next_due"),
            loan.next_amount,
        )
        .where(loan.status.notin(("Pending", "Annulled")))
        .where(loan.status.notin(snapshots.UNPAID) | (loan.position_as_of == asked.as_of))
    )
    found = query.run(as_dict=True)
    for row in found:
        row.update({field: to_decimal(row[field]) for field in ("balance", "overdue", "paid", "next_amount")})
        row["ageing"] = ageing_of(row["days_late"])
    return found


def _shown(snapshot: snapshots.Snapshot) -> dict[str, Any]:
    state = snapshot.state.position
    return {
        **snapshot.loan,
        "status": state.status,
        "is_restructured": int(snapshot.state.is_restructured),
        "balance": state.balance,
        "overdue": state.overdue,
        "days_late": state.days_late,
        "paid": state.paid,
        "next_due": state.next_due,
        "next_amount": state.next_amount,
        "ageing": ageing_of(state.days_late),
    }


def ageing_of(days_late: int) -> str:
    """Return the (English) range of days late."""
    return next((label for bound, label in AGEING if days_late <= bound), OLDEST)


def at_risk(rows: list[dict[str, Any]], days: int) -> float:
    """Return PAR as a percentage with two decimals."""
    share = portfolio_at_risk([(row["balance"], row["days_late"]) for row in rows], days)
    return float(as_percentage(share))


@frappe.whitelist()
def balance_card(filters: str | None = None) -> dict:
    """Return the outstanding principal of the loans that the user may see."""
    return {
        "value": float(_total("balance")),
        "fieldtype": "Currency",
        "route": ["query-report", "Portfolio"],
    }


@frappe.whitelist()
def overdue_card(filters: str | None = None) -> dict:
    """Return what is overdue in the loans that the user may see."""
    return {
        "value": float(_total("overdue_amount")),
        "fieldtype": "Currency",
        "route": ["query-report", "Portfolio"],
    }


@frappe.whitelist()
def at_risk_card(filters: str | None = None) -> dict:
    """Return PAR 30 as a percentage, over the loans that the user may see."""
    permissions.require("Microcredit", "read")
    loan = DocType("Microcredit")
    late = Case().when(loan.days_late > 30, loan.balance).else_(0)
    balance, risky = _money(frappe.qb.from_(loan).select(exact_sum(loan.balance), exact_sum(late))).run()[0]
    pairs = [{"balance": to_decimal(balance) - to_decimal(risky), "days_late": 0}]
    pairs.append({"balance": to_decimal(risky), "days_late": 31})
    return {"value": at_risk(pairs, 30), "fieldtype": "Percent", "route": ["query-report", "Portfolio"]}


@frappe.whitelist()
def in_arrears_card(filters: str | None = None) -> dict:
    """Return how many of the loans that the user may see are in arrears."""
    permissions.require("Microcredit", "read")
    loan = DocType("Microcredit")
    query = frappe.qb.from_(loan).select(Count(loan.name)).where(loan.status == "In Arrears")
    return {
        "value": _seen(query).run()[0][0],
        "fieldtype": "Int",
        "route": ["List", "Microcredit"],
        "route_options": {"status": "In Arrears"},
    }


@frappe.whitelist()
def restructured_card(filters: str | None = None) -> dict:
    """Return the outstanding principal of restructured loans, over those that the user may see."""
    permissions.require("Microcredit", "read")
    loan = DocType("Microcredit")
    query = frappe.qb.from_(loan).select(Sum(loan.balance)).where(loan.is_restructured == 1)
    return {
        "value": float(to_decimal(_money(query).run()[0][0])),
        "fieldtype": "Currency",
        "route": ["query-report", "Microcredit Portfolio at Risk"],
    }


@frappe.whitelist()
def due_card(filters: str | None = None) -> dict:
    """Return what falls due from today on within seven days, over the loans that the user may see."""
    permissions.require("Microcredit", "read")
    loan, row = DocType("Microcredit"), DocType("Microcredit Instalment")
    query = (
        frappe.qb.from_(loan)
        .join(row)
        .on((row.parent == loan.name) & (row.parenttype == "Microcredit"))
        .select(Sum(row.unpaid))
        .where(loan.status.isin(("Active", "In Arrears")))
        .where(row.due_date[getdate() : getdate(add_days(nowdate(), _WEEK))])
    )
    return {
        "value": float(to_decimal(_money(query).run()[0][0])),
        "fieldtype": "Currency",
        "route": ["query-report", "Microcredit Collections Due"],
    }


def _total(field: str) -> Decimal:
    permissions.require("Microcredit", "read")
    loan = DocType("Microcredit")
    return to_decimal(_money(frappe.qb.from_(loan).select(Sum(loan[field]))).run()[0][0])


def _seen(query: Any) -> Any:
    limit = permissions.visible("Microcredit")
    return query if limit is None else query.where(limit)


def _money(query: Any) -> Any:
    """Amounts are added up in the currency of the site, as in the reports that the cards lead to."""
    return _seen(query.where(DocType("Microcredit").currency == snapshots.default_currency()))
