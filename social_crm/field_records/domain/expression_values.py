"""What expressions of templates work with: text, numbers, truth values and lists, and how XPath takes one for another."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

Value = str | Decimal | bool | list["Value"]

NAN = Decimal("NaN")


@dataclass(frozen=True)
class Context:
    """What an expression may see: answers by field name, the value of the field itself (`.`) and the date of today.

    columns: of the choice that a filter is asked about, by name.
    """

    answers: Mapping[str, Value]
    today: date
    own: Value = ""
    columns: Mapping[str, str] = field(default_factory=dict)


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
    try:
        return Decimal(text) if re.fullmatch(r"-?(\d+\.?\d*|\.\d+)", text) else NAN
    except InvalidOperation:
        return NAN


def as_text(value: Value) -> str:
    """Return a value as text; of a list its first value, as XPath does."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return "NaN" if value.is_nan() else format(value.normalize(), "f")
    if isinstance(value, list):
        return as_text(value[0]) if value else ""
    return value
