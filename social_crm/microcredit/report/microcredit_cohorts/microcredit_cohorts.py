"""Cohorts of loans by when they were disbursed: what was at risk of each, day by day or as the loans grew older."""

from decimal import Decimal
from typing import Any

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

    filters: as_of, known_at, cohort (Month, Quarter, Year), days_late (1, 30, 60, 90), over (Calendar Days, Months on Book), months
        (how far back, or up to which age), and which loans.
    """
    given = filters or {}
    asked = snapshots.question(filters)
    by = str(given.get("cohort") or "Month").lower()
    late = cint(given.get("days_late") or 30)
    if by not in COHORTS or late not in PAR_DAYS:
        frappe.throw(_("Choose the cohorts and the days late."), title=_("Choice Missing"))
    months = min(max(cint(given.get("months") or _MONTHS), 1), 24)
    if given.get("over") == "Months on Book":
        found = risk.cohorts_on_book(asked, months, late, by)
        # As far as any cohort has come.
        last = max((max(shares) for shares in found.shares.values()), default=0)
        times = {age: (f"age_{age}", _("Month {0}").format(age)) for age in range(last + 1)}
        message = _(
            "Percentage of the outstanding principal more than {0} days late, so many months after the disbursement; a cohort is"
            " judged at an age that all of its loans have reached."
        ).format(late)
    else:
        days = risk.month_ends(asked.as_of, months)
        found = risk.cohorts(asked, days, late, by)
        times = {day: (f"on_{day:%Y_%m_%d}", frappe.format(day, "Date")) for day in days}
        message = _("Percentage of the outstanding principal more than {0} days late on each day.").format(
            late
        )
    currency = asked.filters["currency"]
    rows = [
        _row(cohort, shares, found.given[cohort], currency, times) for cohort, shares in found.shares.items()
    ]
    return _columns(times), rows, message, _chart(found.shares, times)


def _row(
    cohort: str,
    shares: dict[Any, Decimal],
    given: tuple[int, Decimal],
    currency: str,
    times: dict[Any, tuple[str, str]],
) -> dict:
    return {
        "cohort": cohort,
        "loans": given[0],
        "disbursed": float(given[1]),
        "currency": currency,
        **{times[time][0]: as_percent(share) for time, share in shares.items()},
    }


def _columns(times: dict[Any, tuple[str, str]]) -> list[dict]:
    return [
        column("cohort", _("Disbursed in"), "Data", 120),
        column("loans", _("Loans"), "Int", 90),
        money("disbursed", _("Disbursed Amount"), 150),
        *(percent(field, label, 110) for field, label in times.values()),
    ]


def _chart(table: dict[str, dict[Any, Decimal]], times: dict[Any, tuple[str, str]]) -> dict | None:
    if not table:
        return None
    # The chart knows zero alone: a cohort that was not there yet begins with it, and a curve by age is drawn once it is complete.
    last = next(reversed(times))
    complete = [(cohort, found) for cohort, found in table.items() if last in found]
    lines = [
        {"name": cohort, "values": [as_percent(found.get(time, Decimal(0))) for time in times]}
        for cohort, found in complete[-_LINES:]
    ]
    return {
        "data": {"labels": [label for _field, label in times.values()], "datasets": lines},
        "type": "line",
        # A redraw while the bars still grow is an error of the chart library.
        "animate": 0,
        "disableEntryAnimation": 1,
        "colors": list(COLOURS[: len(lines)]),
        "fieldtype": "Percent",
    }
