"""Cohorts of loans by when they were disbursed: what was at risk of each, month after month."""

from datetime import date
from decimal import Decimal

import frappe
from frappe import _
from frappe.utils import cint

from social_crm.microcredit.domain.portfolio import COHORTS, PAR_DAYS
from social_crm.microcredit.report.parts import COLOURS, as_percent, column, money, percent
from social_crm.microcredit.services import risk, snapshots

_MONTHS = 6
# As many lines as one chart can show apart.
_LINES = len(COLOURS)


def execute(filters: dict | None = None) -> tuple:
    """Return columns, rows, message and chart; only loans that the user may see.

    filters: as_of, known_at, cohort (Month, Quarter, Year), days_late (1, 30, 60, 90), months (how far back), and which loans.
    """
    given = filters or {}
    asked = snapshots.question(filters)
    by = str(given.get("cohort") or "Month").lower()
    late = cint(given.get("days_late") or 30)
    if by not in COHORTS or late not in PAR_DAYS:
        frappe.throw(_("Choose the cohorts and the days late."), title=_("Choice Missing"))
    days = risk.month_ends(asked.as_of, min(max(cint(given.get("months") or _MONTHS), 1), 24))
    table, disbursed = risk.cohorts(asked, days, late, by)
    currency = asked.filters["currency"]
    rows = [_row(cohort, found, disbursed[cohort], currency) for cohort, found in table.items()]
    message = _("Percentage of the outstanding principal more than {0} days late on each day.").format(late)
    return _columns(days), rows, message, _chart(table, days)


def _row(cohort: str, found: dict[date, Decimal], disbursed: tuple[int, Decimal], currency: str) -> dict:
    return {
        "cohort": cohort,
        "loans": disbursed[0],
        "disbursed": float(disbursed[1]),
        "currency": currency,
        **{_field(day): as_percent(share) for day, share in found.items()},
    }


def _columns(days: list[date]) -> list[dict]:
    return [
        column("cohort", _("Disbursed in"), "Data", 120),
        column("loans", _("Loans"), "Int", 90),
        money("disbursed", _("Disbursed Amount"), 150),
        *(percent(_field(day), frappe.format(day, "Date"), 110) for day in days),
    ]


def _field(day: date) -> str:
    return f"on_{day:%Y_%m_%d}"


def _chart(table: dict[str, dict[date, Decimal]], days: list[date]) -> dict | None:
    if not table:
        return None
    # A cohort that was not there yet has no line yet; the chart knows zero alone.
    lines = [
        {"name": cohort, "values": [as_percent(found.get(day, Decimal(0))) for day in days]}
        for cohort, found in list(table.items())[-_LINES:]
    ]
    return {
        "data": {"labels": [frappe.format(day, "Date") for day in days], "datasets": lines},
        "type": "line",
        "colors": list(COLOURS[: len(lines)]),
        "fieldtype": "Percent",
    }
