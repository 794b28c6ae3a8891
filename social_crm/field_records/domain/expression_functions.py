"""The functions that expressions of templates may call, with how many values each takes. Source: the ODK XForms specification."""

import re
from collections.abc import Callable
from datetime import datetime, time
from decimal import ROUND_HALF_UP, Decimal

from social_crm.field_records.domain.expression_values import (
    NAN,
    Context,
    Value,
    as_bool,
    as_moment,
    as_number,
    as_text,
    moment_after,
    moment_text,
)

_MAX_SUBJECT = 500


def _nodes(values: list[Value]) -> list[Value]:
    """One value for each row, unanswered ones included: XPath counts them, and calls a sum over them no number."""
    return [one for value in values for one in (value if isinstance(value, list) else [value])]


def _selected(values: list[Value], _: Context) -> bool:
    return as_text(values[1]) in as_text(values[0]).split()


def _regex(values: list[Value], _: Context) -> bool:
    subject = as_text(values[0])
    return len(subject) <= _MAX_SUBJECT and re.fullmatch(as_text(values[1]), subject) is not None


def _coalesce(values: list[Value], _: Context) -> Value:
    return values[0] if as_text(values[0]) != "" else values[1]


def _round(values: list[Value], _: Context) -> Decimal:
    number, places = as_number(values[0]), as_number(values[1]) if len(values) > 1 else Decimal(0)
    if number.is_nan() or places.is_nan():
        return NAN
    return number.quantize(Decimal(1).scaleb(-max(0, min(9, int(places)))), rounding=ROUND_HALF_UP)


def _int(values: list[Value], _: Context) -> Decimal:
    number = as_number(values[0])
    return NAN if number.is_nan() else Decimal(int(number))


def _extreme(pick: Callable[[list[Decimal]], Decimal]) -> Callable[[list[Value], Context], Value]:
    def function(values: list[Value], _: Context) -> Value:
        numbers = [as_number(value) for value in _nodes(values)]
        return pick(numbers) if numbers and not any(n.is_nan() for n in numbers) else NAN

    return function


def _moment(value: Value) -> datetime | None:
    if isinstance(value, Decimal):
        return None if value.is_nan() else moment_after(value)
    text = as_text(value).strip()
    number = as_number(text)
    return as_moment(text) or (None if number.is_nan() else moment_after(number))


def _date(values: list[Value], _: Context) -> str:
    moment = _moment(values[0])
    return moment_text(moment) if moment else ""


def _now(_values: list[Value], context: Context) -> str:
    return (context.now or datetime.combine(context.today, time())).isoformat(timespec="seconds")


# What a date looks like, by the letter after the sign. Names of months and days differ from device to device: they are refused.
_PARTS: dict[str, Callable[[datetime], str]] = {
    "Y": lambda moment: f"{moment.year:04}",
    "y": lambda moment: f"{moment.year % 100:02}",
    "m": lambda moment: f"{moment.month:02}",
    "n": lambda moment: str(moment.month),
    "d": lambda moment: f"{moment.day:02}",
    "e": lambda moment: str(moment.day),
    "H": lambda moment: f"{moment.hour:02}",
    "h": lambda moment: str(moment.hour),
    "M": lambda moment: f"{moment.minute:02}",
    "S": lambda moment: f"{moment.second:02}",
    "3": lambda moment: "000",
    "%": lambda moment: "%",
}
_PART = re.compile("%(.?)", re.DOTALL)


def is_date_format(text: str) -> bool:
    """Whether every part that a format of dates asks for looks the same on every device."""
    return all(letter in _PARTS for letter in _PART.findall(text))


def _format_date(values: list[Value], _: Context) -> str:
    moment = _moment(values[0])
    if moment is None:
        return ""
    return _PART.sub(lambda match: _PARTS[match[1]](moment), as_text(values[1]))


def _selected_at(values: list[Value], _: Context) -> str:
    chosen, number = as_text(values[0]).split(), as_number(values[1])
    return chosen[int(number)] if not number.is_nan() and 0 <= number < len(chosen) else ""


def _pow(values: list[Value], _: Context) -> Decimal:
    base, exponent = as_number(values[0]), as_number(values[1])
    try:
        # As devices calculate; so a power never grows beyond what they know.
        number = float(base) ** float(exponent)
    except (OverflowError, ZeroDivisionError):
        return NAN
    is_number = isinstance(number, float) and number - number == 0
    return Decimal(repr(number)) if is_number else NAN


FUNCTIONS: dict[str, Callable[[list[Value], Context], Value]] = {
    "selected": _selected,
    "count-selected": lambda values, _: Decimal(len(as_text(values[0]).split())),
    "string-length": lambda values, _: Decimal(len(as_text(values[0]))),
    "contains": lambda values, _: as_text(values[1]) in as_text(values[0]),
    "starts-with": lambda values, _: as_text(values[0]).startswith(as_text(values[1])),
    "regex": _regex,
    "not": lambda values, _: not as_bool(values[0]),
    "true": lambda values, _: True,
    "false": lambda values, _: False,
    "today": lambda values, context: context.today.isoformat(),
    "now": _now,
    **dict.fromkeys(("date", "date-time"), _date),
    **dict.fromkeys(("format-date", "format-date-time"), _format_date),
    "decimal-date-time": lambda values, _: as_number(values[0]),
    "selected-at": _selected_at,
    "pow": _pow,
    "once": lambda values, context: context.kept or as_text(values[0]),
    "coalesce": _coalesce,
    "concat": lambda values, _: "".join(as_text(value) for value in values),
    "number": lambda values, _: as_number(values[0]),
    "string": lambda values, _: as_text(values[0]),
    "int": _int,
    "round": _round,
    "sum": lambda values, _: sum((as_number(value) for value in _nodes(values)), Decimal(0)),
    "count": lambda values, _: Decimal(len(_nodes(values))),
    "min": _extreme(min),
    "max": _extreme(max),
}
ARGUMENTS: dict[str, tuple[int, int]] = {
    "if": (3, 3),
    "selected": (2, 2),
    "count-selected": (1, 1),
    "string-length": (1, 1),
    "contains": (2, 2),
    "starts-with": (2, 2),
    "regex": (2, 2),
    "not": (1, 1),
    **dict.fromkeys(("true", "false", "today", "now"), (0, 0)),
    **dict.fromkeys(("date", "date-time", "decimal-date-time", "once", "position"), (1, 1)),
    **dict.fromkeys(("format-date", "format-date-time", "selected-at", "pow", "jr:choice-name"), (2, 2)),
    "indexed-repeat": (3, 3),
    "coalesce": (2, 2),
    "concat": (1, 20),
    "number": (1, 1),
    "string": (1, 1),
    "int": (1, 1),
    "round": (1, 2),
    "sum": (1, 20),
    "count": (1, 1),
    "min": (1, 20),
    "max": (1, 20),
}
