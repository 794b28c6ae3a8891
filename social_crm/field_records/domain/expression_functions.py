"""The functions that expressions of templates may call, with how many values each takes. Source: the ODK XForms specification."""

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

from social_crm.field_records.domain.expression_values import (
    NAN,
    Context,
    Value,
    as_bool,
    as_number,
    as_text,
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
    **dict.fromkeys(("true", "false", "today"), (0, 0)),
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
