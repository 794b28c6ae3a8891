"""Days on which instalments fall due: the harvests of a product, Colombian holidays, days of rest."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

import holidays
from frappe.utils import cint

from social_crm.microcredit.domain.dates import step
from social_crm.microcredit.domain.schedule import SeasonalDue
from social_crm.microcredit.services.money import to_decimal

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_SATURDAY, _SUNDAY = 5, 6
# A seasonal calendar is looked up this many years ahead at most.
_YEARS_AHEAD = 100
_ANY_YEAR = 2025  # not a leap year: a day of every year


def day_of(row: Mapping[str, Any]) -> tuple[int, int] | None:
    """Return a row (month, day) of a seasonal calendar as numbers, or None when not every year has such a day."""
    month = MONTHS.index(row.get("month") or "") + 1
    try:
        return (month, date(_ANY_YEAR, month, cint(row.get("day"))).day)
    except ValueError:
        return None


def seasonal(
    rows: Iterable[Mapping[str, Any]], start: date, count: int, first_due: date | None
) -> tuple[SeasonalDue, ...]:
    """Return the next `count` due dates of a calendar: from `first_due` on, or the first ones after a day."""
    days = sorted((day, to_decimal(row.get("share"))) for row in rows if (day := day_of(row)))
    found: list[SeasonalDue] = []
    for year in range(start.year, min(start.year + _YEARS_AHEAD, 9999)):
        for (month, day), share in days:
            due = date(year, month, day)
            if due > start and (not first_due or due >= first_due) and len(found) < count:
                found.append(SeasonalDue(due, share))
        if len(found) >= count:
            break
    return tuple(found)


def next_due(frequency: str, start: date) -> date:
    """Return the day one step of a frequency later, or the day itself where there is none."""
    found = None if frequency == "seasonal" else step(frequency, start, 1)
    return found or start


def rest_weekdays(values: Mapping[str, Any]) -> frozenset[int]:
    """Return the weekdays (0 is Monday) on which a product expects no payment."""
    rest = {_SATURDAY: values.get("rest_saturday"), _SUNDAY: values.get("rest_sunday")}
    return frozenset(day for day, is_rest in rest.items() if is_rest)


def holidays_of(
    frequency: str, first: date, count: int, calendar: tuple[SeasonalDue, ...]
) -> frozenset[date]:
    """Return the holidays that the due dates of a loan could meet."""
    last = calendar[-1].due if calendar else step(frequency, first, max(count, 1))
    return colombian_holidays(first.year, min((last or first).year + 1, 9998))


@lru_cache(maxsize=64)
def colombian_holidays(first_year: int, last_year: int) -> frozenset[date]:
    """Return the public holidays of Colombia from one year to another, moved to Monday where the law moves them.

    Source: Ley 51 de 1983 (Ley Emiliani), as the `holidays` package keeps it.
    """
    return frozenset(holidays.country_holidays("CO", years=range(first_year, last_year + 1)))
