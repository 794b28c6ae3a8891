"""The auditor's door, without the reading and printing: plain data in, plain data out.

Everything is refused that is not exactly as described: the name of the field at fault comes with the refusal.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, localcontext

from social_crm.microcredit.domain.portfolio import AGEING, PAR_DAYS, ageing, portfolio_at_risk
from social_crm.microcredit.domain.rounding import round_to, working_context
from social_crm.microcredit.domain.schedule import Row, ScheduleError, Terms, build, true_annual_rate
from social_crm.microcredit.domain.terms import MAX_DIGITS
from social_crm.microcredit.domain.usury import usury_cap

# Plain ASCII digits: `Decimal` alone would also read "1_000", " 5 ", "1e9", "NaN" and digits of other scripts.
_NUMBER = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
# An integer of more digits is out of every range; it is cut, so that nobody can make us compute with it.
_LONGEST_INTEGER = 18
_SHOWN = 40

Data = Mapping[str, object]
_METHODS = ("equal_instalment", "equal_principal", "flat", "bullet")
_FREQUENCIES = ("weekly", "fortnightly", "monthly", "quarterly")
_RATE_PERIODS = ("monthly", "annual_nominal", "annual_effective")
_DAY_COUNTS = ("30/360", "actual/365", "actual/360")
_ROUNDINGS = ("half_up", "half_even", "up")
_SCHEDULE_NEEDS = (
    "principal", "rate", "rate_period", "method", "periods", "frequency", "disbursed", "first_due", "day_count", "decimals",
    "rounding",
)  # fmt: skip
_SCHEDULE_MAY = ("interest_rounding", "principal_grace", "instalment")


class DoorError(ValueError):
    """A refusal: one line that begins with the field."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{_printable(field)}: {message}")
        self.field = field


def answer(command: str, text: str) -> dict[str, object]:
    """Return the answer of a command ("schedule", "portfolio" or "cap") to a JSON text.

    Raises:
        DoorError: the command, the text or one of its fields is not as described.
    """
    if command not in COMMANDS:
        raise DoorError("command", f"must be one of {', '.join(COMMANDS)}")
    data = read(text)
    if not isinstance(data, dict):
        raise DoorError("input", "must be one JSON object")
    with localcontext(working_context()):
        return COMMANDS[command](data)


def read(text: str) -> object:
    """Return what a JSON text says. Numbers other than integers, which no field takes, come back as `float`."""
    try:
        return json.loads(text, object_pairs_hook=_object, parse_int=_integer, parse_constant=float)
    except RecursionError:
        raise DoorError("input", "is nested too deeply") from None
    except DoorError:
        raise
    except ValueError as error:
        raise DoorError("input", f"is not JSON ({error})") from None


def schedule(data: Data) -> dict[str, object]:
    """Return the rows, the total interest and the effective annual rate of a loan."""
    _keys(data, _SCHEDULE_NEEDS, _SCHEDULE_MAY, optional=("periods",) if data.get("instalment") else ())
    decimals = _whole(data, "decimals")
    # Before the amounts: how many decimals they may have depends on it.
    if not 0 <= decimals <= 4:
        raise DoorError("decimals", "must be from 0 to 4")
    instalment = None if data.get("instalment") is None else _amount(data, "instalment")
    periods = None if data.get("periods") is None and instalment is not None else _whole(data, "periods")
    terms = Terms(
        principal=_amount(data, "principal"),
        rate=_amount(data, "rate"),
        rate_period=_choice(data, "rate_period", _RATE_PERIODS),
        method=_choice(data, "method", _METHODS),
        periods=periods,
        frequency=_choice(data, "frequency", _FREQUENCIES),
        disbursed=_day(data, "disbursed"),
        first_due=_day(data, "first_due"),
        day_count=_choice(data, "day_count", _DAY_COUNTS),
        decimals=decimals,
        rounding=_choice(data, "rounding", _ROUNDINGS),
        interest_rounding=_choice(data, "interest_rounding", _ROUNDINGS, "half_up"),
        principal_grace=_whole(data, "principal_grace", 0),
        instalment=instalment,
    )
    if instalment is not None and terms.method != "equal_instalment":
        raise DoorError("instalment", "goes with equal_instalment alone")
    try:
        made = build(terms)
        rate = true_annual_rate(made)
    except ScheduleError as error:
        raise DoorError(error.field, str(error)) from None
    return {
        "rows": [_row(row, decimals) for row in made.rows],
        "total_interest": _money(made.total_interest, decimals),
        "effective_annual_rate": format(rate, "f"),
    }


def portfolio(data: Data) -> dict[str, object]:
    """Return PAR 1, 30, 60 and 90 and the balances by days late."""
    _keys(data, ("as_of", "loans"))
    _day(data, "as_of")
    loans = data["loans"]
    if not isinstance(loans, list):
        raise DoorError("loans", "must be a list")
    pairs: list[tuple[Decimal, int]] = []
    for number, loan in enumerate(loans, start=1):
        if not isinstance(loan, dict):
            raise DoorError("loans", f"number {number} must be an object")
        _keys(loan, ("balance", "days_late"))
        days = _whole(loan, "days_late")
        if days < 0:
            raise DoorError("days_late", f"of loan {number} must not be negative")
        pairs.append((_amount(loan, "balance"), days))
    sums = ageing(pairs)
    return {
        "par": {str(days): format(portfolio_at_risk(pairs, days), "f") for days in PAR_DAYS},
        "ageing": {label: format(sums[label], "f") for label, _ in AGEING},
    }


def cap(data: Data) -> dict[str, object]:
    """Return the usury cap of a certified current bank interest."""
    _keys(data, ("ibc",))
    return {"cap": format(usury_cap(_amount(data, "ibc")), "f")}


COMMANDS: Mapping[str, Callable[[Data], dict[str, object]]] = {
    "schedule": schedule,
    "portfolio": portfolio,
    "cap": cap,
}


def _row(row: Row, decimals: int) -> dict[str, object]:
    return {
        "number": row.number,
        "due": row.due.isoformat(),
        "principal": _money(row.principal, decimals),
        "interest": _money(row.interest, decimals),
        "fees": _money(row.fees, decimals),
        "total": _money(row.total, decimals),
        "balance": _money(row.balance, decimals),
    }


def _money(amount: Decimal, decimals: int) -> str:
    return format(round_to(amount, decimals), "f")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise DoorError(key, "is given twice")
        found[key] = value
    return found


def _integer(digits: str) -> int:
    sign = "-" if digits.startswith("-") else ""
    return int(digits if len(digits) <= _LONGEST_INTEGER else f"{sign}1{'0' * _LONGEST_INTEGER}")


def _keys(
    data: Data, needed: tuple[str, ...], known: tuple[str, ...] = (), optional: tuple[str, ...] = ()
) -> None:
    for key in data:
        if key not in needed and key not in known:
            raise DoorError(key, "is not a field")
    for key in needed:
        if key not in data and key not in optional:
            raise DoorError(key, "is missing")


def _amount(data: Data, field: str) -> Decimal:
    """An amount or a rate: a string of digits, not negative."""
    value = data[field]
    if not isinstance(value, str):
        raise DoorError(field, 'must be a string such as "0.02"')
    found = _NUMBER.fullmatch(value)
    if not found:
        raise DoorError(field, "must be digits, with a point before decimals")
    if found[1]:
        raise DoorError(field, "must not be negative")
    if len(found[2].lstrip("0")) > MAX_DIGITS or len(found[3] or "") > MAX_DIGITS:
        raise DoorError(field, f"must have at most {MAX_DIGITS} digits on each side of the point")
    return Decimal(value)


def _whole(data: Data, field: str, default: int | None = None) -> int:
    value = data.get(field, default)
    # A truth value is an integer to Python.
    if isinstance(value, bool) or not isinstance(value, int):
        raise DoorError(field, "must be a whole number")
    return value


def _choice(data: Data, field: str, allowed: tuple[str, ...], default: str | None = None) -> str:
    value = data.get(field, default)
    if not isinstance(value, str) or value not in allowed:
        raise DoorError(field, f"must be one of {', '.join(allowed)}")
    return value


def _day(data: Data, field: str) -> date:
    value = data[field]
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise DoorError(field, "must be a date such as 2026-01-15")


def _printable(field: str) -> str:
    """A key as it may be printed on one line, whatever it holds."""
    plain = field if field.isascii() and field.isprintable() and field else ascii(field)
    return plain if len(plain) <= _SHOWN else f"{plain[:_SHOWN]}..."
