"""What expressions of templates work with: text, numbers, truth values and lists, and how XPath takes one for another.

A day and a moment are ISO texts as a clock on the wall shows them, without a zone. As numbers they are days since 1970.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

Value = str | Decimal | bool | list["Value"]

NAN = Decimal("NaN")
_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)?", re.ASCII
)
_FIRST_DAY = datetime(1970, 1, 1)
_SECONDS = 86_400


@dataclass(frozen=True)
class Context:
    """What an expression may see: answers by field name, the value of the field itself (`.`) and the date of today.

    columns: of the choice that a filter is asked about, by name. now: the moment of the acta. row: the number of the row of a
    repeat that it stands in, 0 outside. rows: what all rows of a repeat answered, by field. labels: of the choices of each
    field. kept: what was calculated here before, for once().
    """

    answers: Mapping[str, Value]
    today: date
    own: Value = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    now: datetime | None = None
    row: int = 0
    rows: Mapping[str, Value] = field(default_factory=dict)
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    kept: str = ""


def as_bool(value: Value) -> bool:
    """Return XPath's truth of a value: a number other than 0, a text or list that is not empty."""
    if isinstance(value, Decimal):
        return not value.is_nan() and value != 0
    return bool(value)


def as_number(value: Value) -> Decimal:
    """Return a value as a number, NaN where it is none."""
    if isinstance(value, bool):
        return Decimal(int(value))
    if isinstance(value, Decimal):
        return value
    text = as_text(value).strip()
    if moment := as_moment(text):
        return days_of(moment)
    try:
        return Decimal(text) if re.fullmatch(r"-?(\d+\.?\d*|\.\d+)", text) else NAN
    except InvalidOperation:
        return NAN


def as_moment(text: str) -> datetime | None:
    """Return the moment that an ISO text names, as its own clock shows it; midnight for a day, None for any other text."""
    match = _MOMENT.fullmatch(text)
    try:
        return datetime.fromisoformat(f"{match[1]}T{match[2] or '00:00'}{match[3] or ''}") if match else None
    except ValueError:
        return None


def days_of(moment: datetime) -> Decimal:
    """Return how many days a moment lies after the beginning of 1970, with the part of its day."""
    passed = moment - _FIRST_DAY
    return Decimal(passed.days) + Decimal(passed.seconds) / _SECONDS


def moment_after(days: Decimal) -> datetime | None:
    """Return the moment that lies so many days after the beginning of 1970; None where no calendar has it."""
    try:
        return _FIRST_DAY + timedelta(seconds=round(days * _SECONDS))
    except (OverflowError, ValueError):
        return None


def moment_text(moment: datetime) -> str:
    """Return a moment as an ISO text; one at midnight as its day."""
    is_day = (moment.hour, moment.minute, moment.second) == (0, 0, 0)
    return moment.date().isoformat() if is_day else moment.isoformat(timespec="seconds")


def as_text(value: Value) -> str:
    """Return a value as text; of a list its first value, as XPath does."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return "NaN" if value.is_nan() else format(value.normalize(), "f")
    if isinstance(value, list):
        return as_text(value[0]) if value else ""
    return value
