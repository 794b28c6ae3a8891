"""When an alert about a due date goes out, to what number, and with which words.

Nobody is disturbed on a day of rest: what would go out on one goes out earlier when it comes before the due date, and on the
next working day when it comes after it. The hours are those of Ley 2300 de 2023 (Colombia), art. 3, unless the fund
keeps narrower ones: Monday to Friday from 7 to 19, Saturdays from 8 to 15, never on Sundays and public holidays.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

BEFORE, ON, AFTER = "before", "on", "after"
MOMENTS = (BEFORE, ON, AFTER)
SUNDAY = 6
_SATURDAY = 5
# Longer than any run of Sundays and holidays in Colombia.
_LONGEST_REST = 10
MAX_DAYS = 365
MAX_LATE = 30

# What a text may say of a loan, by the name that it has between braces.
PLACES = (
    "nombre",
    "deudor",
    "valor",
    "fecha",
    "dias",
    "cuota",
    "credito",
    "vencido",
    "oficial",
    "organizacion",
)
_PLACE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Timing:
    """When a rule speaks. days: working days are not counted, calendar days are; late_by: sent so many days later at most."""

    moment: str
    days: int = 0
    late_by: int = 3

    def __post_init__(self) -> None:
        if self.moment not in MOMENTS:
            raise ValueError(f"no such moment: {self.moment}")
        if not 0 <= self.days <= MAX_DAYS or not 0 <= self.late_by <= MAX_LATE:
            raise ValueError("days out of range")


@dataclass(frozen=True)
class Hours:
    """Between which hours people are written to; the end is not included."""

    weekdays_from: time = time(7)
    weekdays_until: time = time(19)
    saturdays_from: time = time(8)
    saturdays_until: time = time(15)


def is_rest(day: date, holidays: Collection[date]) -> bool:
    """Say whether a day is a Sunday or a public holiday."""
    return day.weekday() == SUNDAY or day in holidays


def sending_day(due: date, timing: Timing, holidays: Collection[date]) -> date:
    """Return the working day on which the alert of a due date goes out."""
    shift = {BEFORE: -timing.days, ON: 0, AFTER: timing.days}[timing.moment]
    day = due + timedelta(days=shift)
    step = timedelta(days=1 if timing.moment == AFTER else -1)
    for _ in range(_LONGEST_REST):
        if not is_rest(day, holidays):
            return day
        day += step
    raise ValueError("no working day within ten days")


def last_day(due: date, timing: Timing, holidays: Collection[date]) -> date:
    """Return the last day on which the alert still makes sense: what comes before a due date is true until that day."""
    last = sending_day(due, timing, holidays) + timedelta(days=timing.late_by)
    return last if timing.moment == AFTER else min(last, due)


def dues_on(day: date, timing: Timing, holidays: Collection[date]) -> dict[date, tuple[date, date]]:
    """Return the due dates whose alert may go out on a day, each with the first and the last day of its sending."""
    found = {}
    reach = timing.late_by + _LONGEST_REST
    centre = day + timedelta(days={BEFORE: timing.days, ON: 0, AFTER: -timing.days}[timing.moment])
    for shift in range(-reach, reach + 1):
        due = centre + timedelta(days=shift)
        first, last = sending_day(due, timing, holidays), last_day(due, timing, holidays)
        if first <= day <= last:
            found[due] = (first, last)
    return found


def may_write_at(moment: datetime, hours: Hours, holidays: Collection[date]) -> bool:
    """Say whether people may be written to at a moment."""
    if is_rest(moment.date(), holidays):
        return False
    if moment.weekday() == _SATURDAY:
        return hours.saturdays_from <= moment.time() < hours.saturdays_until
    return hours.weekdays_from <= moment.time() < hours.weekdays_until


def unknown_places(text: str) -> list[str]:
    """Return what a text has between braces and no alert can fill in, in order."""
    return [place for place in _PLACE.findall(text) if place not in PLACES]


def render(text: str, values: Mapping[str, str]) -> str:
    """Return a text with its places filled in. Raises ValueError for a place that is unknown."""
    if wrong := unknown_places(text):
        raise ValueError(f"unknown places: {', '.join(wrong)}")
    return _PLACE.sub(lambda found: values[found.group(1)], text)


def mobile_number(text: str | None, country_code: str) -> str:
    """Return a mobile number with its country code and digits alone, or "" when it is none.

    A Colombian mobile number has ten digits and begins with 3 (Resolución CRT 2028 de 2008): a landline receives no message.
    """
    digits = re.sub(r"\D", "", text or "")
    if digits.startswith("00"):
        digits = digits[2:]
    if country_code != "57":
        return digits if 8 <= len(digits) <= 15 else ""
    if len(digits) == 10 and digits.startswith("3"):
        return country_code + digits
    if len(digits) == 12 and digits.startswith("573"):
        return digits
    # A number of another country, written with its code.
    return (
        digits
        if (text or "").strip().startswith("+") and 8 <= len(digits) <= 15 and digits[:2] != "57"
        else ""
    )


def masked(destination: str) -> str:
    """Return a number or an e-mail address so that its owner recognises it and nobody else can use it."""
    if "@" in destination:
        name, _, domain = destination.partition("@")
        return f"{name[:1]}···@{domain}"
    return f"···{destination[-3:]}" if len(destination) > 5 else "···"
