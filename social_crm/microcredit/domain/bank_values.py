"""Amounts and dates of a bank file or a spreadsheet, as they are written in Colombia: exactly, or not at all.

A point or a comma between groups of three figures separates thousands: "250.000" is two hundred and fifty thousand. One or two
figures after the last separator are cents. Whatever could be read in two ways is refused and left to a person.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from social_crm.social_crm.domain.census_dates import read_date as read_any_date
from social_crm.social_crm.domain.census_text import clean

_CURRENCY = re.compile(
    r"^(?:cop|col)?\s*\$?\s*|\s*(?:cop|pesos?(?:\s+m/?cte\.?)?|m/cte\.?|\$)$", re.IGNORECASE
)
# "1'250.000": the apostrophe marks the millions.
_APOSTROPHE = re.compile(r"(?<=\d)['’‘´`](?=\d{3})")
# "50.000,oo": two letters o stand for two zeros.
_LETTERS = re.compile(r"(?<=\d)([.,])[oO]{2}$")
_PLAIN = re.compile(r"^\d{1,15}$")
_DECIMALS = re.compile(r"^(\d{1,15})[.,](\d{1,2})$")
_GROUPS = re.compile(r"^[1-9]\d{0,2}([.,])\d{3}(?:\1\d{3}){0,4}(?:(?!\1)[.,](\d{1,2}))?$")
# Of a number that came as a float; more figures than a double holds are not what somebody wrote.
_EXACT_BELOW = 10**15
# A bank file is of this century; a two-figure year that would be older was meant for the future.
_FIRST_YEAR = 2000


@dataclass(frozen=True)
class AmountReading:
    """value: the amount, None when there is none or it is not understood. problem: "", "missing" or "unreadable"."""

    value: Decimal | None
    problem: str = ""


@dataclass(frozen=True)
class DayReading:
    """value: the day, or None. problem: "", "missing", "unreadable", "impossible", "month", "future" or "too_old"."""

    value: date | None
    problem: str = ""


def read_amount(value: object) -> AmountReading:
    """Read an amount: a number of the spreadsheet or a text; below zero with a minus sign or in brackets."""
    if isinstance(value, bool):
        return AmountReading(None, "unreadable")
    if isinstance(value, int | float):
        return _of_number(value)
    text = clean(value)
    if not text or text in ("-", "$", "$ -", "$-"):
        return AmountReading(None, "missing")
    negative = False
    if text.startswith("(") and text.endswith(")"):
        negative, text = True, text[1:-1].strip()
    # The sign stands before or after the name of the currency.
    for _turn in range(2):
        if text[:1] in "-−" and text[:1]:
            if negative:
                return AmountReading(None, "unreadable")
            negative, text = True, text[1:].strip()
        elif text.startswith("+"):
            text = text[1:].strip()
        text = _CURRENCY.sub("", text).strip()
    if text.endswith("-") and not negative:
        negative, text = True, text[:-1].strip()
    amount = _of_text(text)
    if amount is None:
        return AmountReading(None, "unreadable")
    return AmountReading(-amount if negative else amount)


def _of_number(value: float) -> AmountReading:
    if not -_EXACT_BELOW < value < _EXACT_BELOW:
        return AmountReading(None, "unreadable")
    if float(value).is_integer():
        return AmountReading(Decimal(int(value)))
    # The shortest text that is this float is what the cell shows.
    return AmountReading(Decimal(repr(float(value))))


def _of_text(text: str) -> Decimal | None:
    text = _LETTERS.sub(r"\g<1>00", _APOSTROPHE.sub(".", text))
    text = re.sub(r"(?<=\d)[\s\u00a0](?=\d{3}(?:\D|$))", ".", text)
    if _PLAIN.match(text):
        return Decimal(text)
    if found := _DECIMALS.match(text):
        return Decimal(f"{found[1]}.{found[2]}")
    if found := _GROUPS.match(text):
        cents = found[2] or ""
        whole = text[: -len(cents) - 1] if cents else text
        figures = re.sub(r"\D", "", whole)
        return Decimal(f"{figures}.{cents}" if cents else figures)
    return None


def read_day(value: object, today: date) -> DayReading:
    """Read the day of a payment, on or before `today`; a year alone or another century is not a day."""
    if not clean(value):
        return DayReading(None, "missing")
    reading = read_any_date(value, today)
    if reading.value is None:
        return DayReading(None, reading.problem or "unreadable")
    if reading.estimated:
        return DayReading(None, "unreadable")
    if reading.value.year < _FIRST_YEAR:
        return DayReading(None, "future" if reading.year_assumed else "too_old")
    return DayReading(reading.value)
