"""Dates as they stand in spreadsheets kept by hand in Colombia: day first, in figures or words, or a serial number."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from social_crm.social_crm.domain.census_text import clean, fold
from social_crm.social_crm.domain.census_vocabulary import MONTHS

# Day 0 of the serial numbers of spreadsheets (the 1900 system, with its famous non-existing 29 February 1900).
_SERIAL_ZERO = date(1899, 12, 30)
_SERIAL_FROM, _SERIAL_TO = 367, 73050  # 1 January 1901 to 31 December 2099
OLDEST_YEAR = 1900

_DAY_FIRST = re.compile(r"^(\d{1,2})[\s/.\-]+(\d{1,2})[\s/.\-]+(\d{4}|\d{2})(?:\s+\d{1,2}:\d{2}.*)?$")
_YEAR_FIRST = re.compile(r"^(\d{4})[\s/.\-]+(\d{1,2})[\s/.\-]+(\d{1,2})(?:[T\s]+\d{1,2}:\d{2}.*)?$")
_COMPACT = re.compile(r"^((?:19|20)\d{2})(\d{2})(\d{2})$")
_COMPACT_DAY_FIRST = re.compile(r"^(\d{2})(\d{2})((?:19|20)\d{2})$")
_YEAR_ONLY = re.compile(r"^((?:19|20)\d{2})$")
_NUMBER = re.compile(r"^\d{3,5}(?:\.\d+)?$")
_WORD_DATE = re.compile(r"^(?:\w+ )??(\d{1,2})(?:o|ro)? (?:de )?([a-z]+)(?: del? (?:ano )?| )(\d{4}|\d{2})$")
_MONTH_FIRST = re.compile(r"^([a-z]+) (\d{1,2}) (?:del? )?(?:ano )?(\d{4})$")


@dataclass(frozen=True)
class DateReading:
    """What was understood.

    value: the date, or None when nothing could be understood.
    estimated: only the year was given; the middle of the year stands for it.
    year_assumed: the year had two figures and the century was chosen.
    problem: "" or "unreadable", "impossible" (31 February), "month" (a month above 12, mostly month-first dates),
        "future" or "too_old".
    """

    value: date | None
    estimated: bool = False
    year_assumed: bool = False
    problem: str = ""


def read_date(value: object, latest: date) -> DateReading:
    """Read a date that lies on or before `latest`; an empty cell gives no value and no problem."""
    if isinstance(value, datetime):
        return _within(value.date(), latest)
    if isinstance(value, date):
        return _within(value, latest)
    text = clean(value)
    if not text:
        return DateReading(None)
    if _NUMBER.match(text) and not _YEAR_ONLY.match(text):
        serial = int(float(text))
        if _SERIAL_FROM <= serial <= _SERIAL_TO:
            return _within(_SERIAL_ZERO + timedelta(days=serial), latest)
    return _read_text(text, latest)


def looks_like_date(value: object) -> bool:
    """Whether the value reads as some date, whatever its year."""
    reading = read_date(value, date(2999, 12, 31))
    return reading.value is not None or reading.problem in ("impossible", "month")


def birth_from_age(age_years: int, on: date) -> date:
    """An estimated date of birth of somebody who is `age_years` old on the day `on`: the middle of the possible year."""
    return on - timedelta(days=int(age_years * 365.25) + 182)


def _read_text(text: str, latest: date) -> DateReading:
    if match := _YEAR_ONLY.match(text):
        reading = _within(date(int(match[1]), 7, 1), latest)
        if reading.problem == "future" and int(match[1]) == latest.year:
            return DateReading(date(latest.year, 1, 1), estimated=True)
        return DateReading(reading.value, estimated=reading.value is not None, problem=reading.problem)
    if match := _YEAR_FIRST.match(text) or _COMPACT.match(text):
        return _build(match[3], match[2], match[1], latest)
    if match := _DAY_FIRST.match(text) or _COMPACT_DAY_FIRST.match(text):
        return _build(match[1], match[2], match[3], latest)
    words = fold(text)
    if match := _MONTH_FIRST.match(words):
        day, name, year = match[2], match[1], match[3]
    elif match := _WORD_DATE.match(words):
        day, name, year = match[1], match[2], match[3]
    else:
        return DateReading(None, problem="unreadable")
    month = MONTHS.get(name)
    return _build(day, str(month), year, latest) if month else DateReading(None, problem="unreadable")


def _build(day_text: str, month_text: str, year_text: str, latest: date) -> DateReading:
    day, month, year = int(day_text), int(month_text), int(year_text)
    if month > 12 and day <= 12:
        return DateReading(None, problem="month")
    assumed = len(year_text) == 2
    if assumed:
        year += 2000 if _not_after(2000 + year, month, day, latest) else 1900
    try:
        built = date(year, month, day)
    except ValueError:
        return DateReading(None, problem="impossible")
    reading = _within(built, latest)
    return DateReading(reading.value, year_assumed=assumed, problem=reading.problem)


def _not_after(year: int, month: int, day: int, latest: date) -> bool:
    return (year, month, day) <= (latest.year, latest.month, latest.day)


def _within(value: date, latest: date) -> DateReading:
    if value > latest:
        return DateReading(None, problem="future")
    if value.year < OLDEST_YEAR:
        return DateReading(None, problem="too_old")
    return DateReading(value)
