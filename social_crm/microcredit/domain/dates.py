"""Days of a loan: steps from one due date to the next, days between dates, days on which nobody can pay."""

import calendar
from collections.abc import Callable, Mapping, Set
from datetime import date, timedelta

# Periods in a year. A seasonal calendar has none; its effective rates are converted by the month.
PERIODS_A_YEAR: Mapping[str, int] = {
    "weekly": 52,
    "fortnightly": 26,
    "monthly": 12,
    "quarterly": 4,
    "seasonal": 12,
}
DAY_COUNTS = ("30/360", "actual/365", "actual/360")
HOLIDAY_RULES = ("none", "next", "previous")
# No run of days without business is longer; a caller that names more makes a mistake.
LONGEST_REST = 31


def add_months(day: date, months: int) -> date:
    """Return the same day of a later (or earlier) month, clamped to its end: 31 January + 1 is 28 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def add_days(day: date, days: int) -> date:
    """Return the day so many days later."""
    return day + timedelta(days=days)


STEPS: Mapping[str, Callable[[date, int], date]] = {
    "weekly": lambda day, count: add_days(day, 7 * count),
    "fortnightly": lambda day, count: add_days(day, 14 * count),
    "monthly": add_months,
    "quarterly": lambda day, count: add_months(day, 3 * count),
}


def step(frequency: str, day: date, count: int) -> date | None:
    """Return the date `count` steps after a day, or None past the year 9999."""
    try:
        return STEPS[frequency](day, count)
    except (ValueError, OverflowError):
        return None


def days_30e_360(start: date, end: date) -> int:
    """Return the days between two dates where every month has 30 (30E/360, the Eurobond basis)."""
    return (
        (end.year - start.year) * 360 + (end.month - start.month) * 30 + min(end.day, 30) - min(start.day, 30)
    )


def year_fraction(day_count: str, start: date, end: date) -> tuple[int, int]:
    """Return the time between two dates as (days, days a year) of a day count."""
    if day_count == "30/360":
        return days_30e_360(start, end), 360
    return (end - start).days, 365 if day_count == "actual/365" else 360


def business_day(day: date, rule: str, holidays: Set[date], rest_weekdays: Set[int], earliest: date) -> date:
    """Return the day on which an instalment can be paid that falls due on `day`.

    rule: "none" leaves the day, "next" and "previous" move it to the nearest business day after or before it; a move
    to `earliest` or before goes forward instead.
    holidays, rest_weekdays: dates and weekdays (0 is Monday) without business.
    """
    if rule == "none":
        return day
    moves = range(0, -LONGEST_REST, -1) if rule == "previous" else range(LONGEST_REST)
    for move in (*moves, *range(LONGEST_REST)):
        try:
            found = day + timedelta(days=move)
        except OverflowError:
            continue
        if found > earliest and found not in holidays and found.weekday() not in rest_weekdays:
            return found
    return day
