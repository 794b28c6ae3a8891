"""A second schedule, written from the description of the auditor's door alone, in fractions: to check the first one.

It shares no code with the application. Rates that are roots (annual_effective) are taken to 200 digits.
"""

from calendar import monthrange
from datetime import date, timedelta
from decimal import Context, Decimal
from fractions import Fraction
from math import floor

PERIODS = {"monthly": 12, "quarterly": 4, "weekly": 52, "fortnightly": 26}
_FINE = Context(prec=200)


class RepaysNothing(Exception):
    """Some row would repay nothing."""


def rounded(value: Fraction, decimals: int, mode: str) -> Fraction:
    scaled = value * 10**decimals
    whole = floor(scaled)
    rest = scaled - whole
    # A root carries noise beyond the 100th digit; what is that near to a whole number or a half is one.
    for exact in (Fraction(0), Fraction(1, 2), Fraction(1)):
        if abs(rest - exact) < Fraction(1, 10**60):
            rest = exact
    up = {
        "half_up": rest >= Fraction(1, 2),
        "half_even": rest > Fraction(1, 2) or (rest == Fraction(1, 2) and whole % 2 == 1),
        "up": rest > 0,
    }[mode]
    return Fraction(whole + (1 if up else 0), 10**decimals)


def stepped(day: date, frequency: str, count: int) -> date:
    if frequency in ("weekly", "fortnightly"):
        return day + timedelta(days=(7 if frequency == "weekly" else 14) * count)
    month = day.month - 1 + count * (1 if frequency == "monthly" else 3)
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def nominal(rate: Fraction, rate_period: str, m: int) -> Fraction:
    if rate_period == "monthly":
        return 12 * rate
    if rate_period == "annual_nominal":
        return rate
    base = _FINE.divide(Decimal(rate.numerator + rate.denominator), Decimal(rate.denominator))
    root = _FINE.power(base, _FINE.divide(Decimal(1), Decimal(m)))
    return m * (Fraction(root) - 1)


def time_between(day_count: str, start: date, end: date) -> Fraction:
    if day_count == "30/360":
        first, last = min(start.day, 30), min(end.day, 30)
        months = (end.year - start.year) * 12 + end.month - start.month
        return Fraction(months * 30 + last - first, 360)
    return Fraction((end - start).days, 365 if day_count == "actual/365" else 360)


def rows_of(loan: dict) -> list[tuple[date, Fraction, Fraction, Fraction]]:
    """(due, principal, interest, balance after) of each row of a loan as the door takes it."""
    principal, decimals, method = Fraction(loan["principal"]), loan["decimals"], loan["method"]
    frequency, count = loan["frequency"], loan["day_count"]
    m, grace = PERIODS[frequency], loan.get("principal_grace", 0)
    yearly = nominal(Fraction(loan["rate"]), loan["rate_period"], m)
    first_due, start = date.fromisoformat(loan["first_due"]), date.fromisoformat(loan["disbursed"])
    regular_first = stepped(start, frequency, 1) == first_due
    agreed = Fraction(loan["instalment"]) if loan.get("instalment") else None
    last = loan["periods"] or 10**9
    interest_mode = loan.get("interest_rounding", "half_up")
    level = agreed or level_of(loan, principal, yearly / m, last - grace)
    rows, balance = [], principal
    for number in range(1, min(last, 1200) + 1):
        due = stepped(first_due, frequency, number - 1)
        regular = number > 1 or regular_first
        time = Fraction(1, m) if regular and count == "30/360" else time_between(count, start, due)
        base = principal if method == "flat" else balance
        interest = rounded(base * yearly * time, decimals, interest_mode)
        covered = interest
        if not regular and grace == 0:
            covered = rounded(base * yearly / m, decimals, interest_mode)
        if agreed is not None and (agreed <= interest or agreed <= covered):
            raise RepaysNothing
        if number == last:
            part = balance
        elif number <= grace or method == "bullet":
            part = Fraction(0)
        else:
            part = min(balance, level - covered if method == "equal_instalment" else level)
            if part <= 0 and method == "equal_instalment":
                raise RepaysNothing
        balance -= part
        rows.append((due, part, interest, balance))
        if balance == 0:
            return rows
        start = due
    raise RepaysNothing


def level_of(loan: dict, principal: Fraction, i: Fraction, rows: int) -> Fraction:
    if loan["method"] == "equal_instalment" and i:
        growth = (1 + i) ** rows
        exact = principal * i * growth / (growth - 1)
    else:
        exact = principal / rows
    return rounded(exact, loan["decimals"], loan["rounding"])


def first_time(loan: dict) -> Fraction:
    """When the first row is paid, in periods."""
    start, due = date.fromisoformat(loan["disbursed"]), date.fromisoformat(loan["first_due"])
    if stepped(start, loan["frequency"], 1) == due:
        return Fraction(1)
    return time_between(loan["day_count"], start, due) * PERIODS[loan["frequency"]]


def worth_at(loan: dict, totals: list[Decimal], annual: Decimal) -> Decimal:
    """What the flows of a loan are worth at an effective annual rate: 0 at its own, negative above it."""
    m = PERIODS[loan["frequency"]]
    growth = _FINE.power(1 + annual, _FINE.divide(Decimal(1), Decimal(m)))
    first = first_time(loan)
    time = _FINE.divide(Decimal(first.numerator), Decimal(first.denominator))
    worth = -Decimal(loan["principal"])
    for number, total in enumerate(totals):
        power = _FINE.power(growth, _FINE.add(time, Decimal(number)))
        worth = _FINE.add(worth, _FINE.divide(total, power))
    return worth
