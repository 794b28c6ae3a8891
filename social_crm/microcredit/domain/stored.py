"""Terms, rows and rules of a loan as plain JSON values, and back: amounts and rates as text, dates as ISO dates.

What equals its default is left out, so that a term added later reads as its default in loans that were agreed before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

from social_crm.microcredit.domain.entries import Policy
from social_crm.microcredit.domain.schedule import Row
from social_crm.microcredit.domain.terms import Fee, SeasonalDue, Terms, Tranche

_DATES = ("disbursed", "first_due")
_AMOUNTS = ("principal", "rate", "instalment", "rounding_unit", "insurance_per_mil")
_ROW = ("number", "due", "principal", "interest", "fees", "total", "balance", "insurance", "capitalised")
# The last two are mostly zero.
_ALWAYS = 7


def terms_to_json(terms: Terms) -> dict[str, Any]:
    """Return terms as values that `json.dumps` takes."""
    stored: dict[str, Any] = {}
    for item in fields(terms):
        value = getattr(terms, item.name)
        # The first five are what every loan has.
        if item.name in ("principal", "rate", "periods", *_DATES) or value != item.default:
            stored[item.name] = _plain(value)
    return stored


def terms_from_json(stored: Mapping[str, Any]) -> Terms:
    """Return the terms that `terms_to_json` wrote.

    Raises:
        KeyError, ValueError, TypeError: it is something else.
    """
    values = dict(stored)
    for name in _DATES:
        values[name] = date.fromisoformat(values[name])
    for name in _AMOUNTS:
        if values.get(name) is not None:
            values[name] = Decimal(values[name])
    values["fees"] = tuple(
        Fee(name, when, kind, Decimal(value)) for name, when, kind, value in values.get("fees", ())
    )
    values["calendar"] = tuple(
        SeasonalDue(date.fromisoformat(due), Decimal(share)) for due, share in values.get("calendar", ())
    )
    values["tranches"] = tuple(
        Tranche(date.fromisoformat(day), Decimal(amount)) for day, amount in values.get("tranches", ())
    )
    values["holidays"] = frozenset(date.fromisoformat(day) for day in values.get("holidays", ()))
    values["rest_weekdays"] = frozenset(values.get("rest_weekdays", ()))
    return Terms(**values)


def rows_to_json(rows: Sequence[Row]) -> list[list[Any]]:
    """Return rows as lists of values, without what they do not have."""
    stored = []
    for row in rows:
        values = [_plain(getattr(row, name)) for name in _ROW]
        is_plain = not row.insurance and not row.capitalised
        stored.append(values[:_ALWAYS] if is_plain else values)
    return stored


def rows_from_json(stored: Sequence[Sequence[Any]]) -> tuple[Row, ...]:
    """Return the rows that `rows_to_json` wrote."""
    return tuple(
        Row(number, date.fromisoformat(due), *(Decimal(amount) for amount in amounts))
        for number, due, *amounts in stored
    )


def policy_to_json(policy: Policy) -> dict[str, Any]:
    """Return the rules of a product as values that `json.dumps` takes."""
    return {
        "order": list(policy.order),
        "default_rates": [[day.isoformat(), str(rate)] for day, rate in policy.default_rates],
    }


# What the JSON of `policy_to_json` holds where default interest runs at all, and nowhere else.
RUNS_DEFAULT_INTEREST = '"default_rates": [['


def policy_from_json(stored: Mapping[str, Any]) -> Policy:
    """Return the rules that `policy_to_json` wrote."""
    default = Policy()
    return Policy(
        order=tuple(stored.get("order", default.order)),
        default_rates=tuple(
            (date.fromisoformat(day), Decimal(rate)) for day, rate in stored.get("default_rates", ())
        ),
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(_plain(item) for item in value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Fee | SeasonalDue | Tranche):
        return [_plain(getattr(value, item.name)) for item in fields(value)]
    return value
