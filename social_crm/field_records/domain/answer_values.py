"""One answer at a time: as it is kept, what is wrong with it, and as expressions see it."""

import re
from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import Any

from social_crm.field_records.domain.expression_values import Value, as_moment
from social_crm.field_records.domain.templates import FILES, Item, Template

MAX_TEXT = 10_000
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def clean(item: Item, value: Any, template: Template) -> tuple[Any, str]:
    """Return a value as it is kept and the code of what is wrong with it (empty when nothing is)."""
    if value is None or value == "" or value == []:
        return None, ""
    kind = item.row.field_type
    if kind in ("integer", "decimal"):
        return _clean_number(kind, value)
    if kind == "datetime":
        moment = as_moment(str(value).strip())
        return (moment.isoformat(timespec="seconds"), "") if moment else (None, kind)
    if kind in ("date", "time"):
        return _clean_moment(kind, value)
    if kind == "select_one":
        known = isinstance(value, str) and value in template.labels(item.row.choice_list)
        return (value, "") if known else (None, "choice")
    if kind == "select_multiple":
        chosen = value.split() if isinstance(value, str) else value
        labels = template.labels(item.row.choice_list)
        if not isinstance(chosen, list) or not all(isinstance(one, str) and one in labels for one in chosen):
            return None, "choice"
        # In the order of the list, once each: the same answer always looks the same.
        return [one for one in labels if one in chosen], ""
    if kind == "geopoint":
        return _clean_point(value)
    if not isinstance(value, str):
        return None, "text"
    if len(value) > MAX_TEXT:
        return None, "too_long"
    if kind in FILES and not re.fullmatch(r"/(private/)?files/[^\s<>\"']{1,300}", value):
        return None, kind
    return value.strip() or None, ""


def expression_value(value: Any) -> Value:
    """Return a kept answer as expressions see it: several choices are a text of values with spaces between."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, Mapping):
        return f"{value.get('latitude', '')} {value.get('longitude', '')}".strip()
    if isinstance(value, list):
        return " ".join(str(one) for one in value if not isinstance(one, Mapping))
    return str(value)


def _clean_number(kind: str, value: Any) -> tuple[Any, str]:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None, "number"
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None, "number"
    if not number.is_finite() or abs(number) >= Decimal(10) ** 15:
        return None, "number"
    if kind == "integer":
        return (int(number), "") if number == number.to_integral_value() else (None, "integer")
    return format(number.normalize(), "f"), ""


def _clean_moment(kind: str, value: Any) -> tuple[Any, str]:
    try:
        if kind == "date":
            day, rest = str(value)[:10], str(value)[10:]
            if not _DAY.fullmatch(day) or (rest and rest[0] not in "T "):
                return None, kind
            return date.fromisoformat(day).isoformat(), ""
        hours, minutes = (int(part) for part in str(value).split(":")[:2])
        return time(hours, minutes).strftime("%H:%M"), ""
    except ValueError:
        return None, kind


def _clean_point(value: Any) -> tuple[Any, str]:
    """A point is a mapping, or XLSForm's "latitude longitude [altitude accuracy]"."""
    if isinstance(value, str):
        parts = value.replace(",", " ").split()
        value = dict(zip(("latitude", "longitude", "altitude", "accuracy"), parts, strict=False))
    if not isinstance(value, Mapping) or not {"latitude", "longitude"} <= set(value):
        return None, "geopoint"
    point: dict[str, str] = {}
    for name, bound in (("latitude", 90), ("longitude", 180), ("accuracy", 10**6)):
        if value.get(name) in (None, ""):
            continue
        number, code = _clean_number("decimal", value[name])
        if code or abs(Decimal(number)) > bound:
            return None, "geopoint"
        point[name] = number
    return (point, "") if {"latitude", "longitude"} <= set(point) else (None, "geopoint")
