"""The schedule of a loan: from its terms to dated instalments, exact to the last peso.

Money is `Decimal`. Sources of the rules: the French (equal-instalment) method of financial mathematics; the last
instalment takes the residue of rounding; the sum of principal equals the loan, always.
"""

import calendar
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext

MAX_PERIODS = 1200
# The largest amount that the money columns of a site hold.
MAX_PRINCIPAL = Decimal("999999999999")
_PRECISION = 50


class ScheduleError(ValueError):
    """Terms from which no schedule can be made; `field` names the term at fault."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Terms:
    """What was agreed.

    principal: amount lent, above zero, with at most `decimals` decimals.
    monthly_rate: interest a month as a fraction (0.02 is 2 %), zero or more.
    periods: number of instalments, 1 to 1200.
    disbursed, first_due: dates; the first instalment falls due after the money is handed over.
    method, frequency: names from METHODS and STEPS.
    decimals: of the currency; the peso has none.
    """

    principal: Decimal
    monthly_rate: Decimal
    periods: int
    disbursed: date
    first_due: date
    method: str = "equal_instalment"
    frequency: str = "monthly"
    decimals: int = 0


@dataclass(frozen=True)
class Row:
    """One instalment; balance is the principal still owed after it."""

    number: int
    due: date
    principal: Decimal
    interest: Decimal
    fees: Decimal
    total: Decimal
    balance: Decimal


@dataclass(frozen=True)
class Schedule:
    """The instalments of a loan and their totals."""

    terms: Terms
    rows: tuple[Row, ...]
    total_interest: Decimal
    total: Decimal


def build(terms: Terms) -> Schedule:
    """Return the schedule of a loan.

    Raises:
        ScheduleError: the terms are outside their bounds, or an instalment would repay nothing.
    """
    _check(terms)
    with localcontext() as context:
        context.prec = _PRECISION
        shares = METHODS[terms.method](terms)
        rows: list[Row] = []
        balance = terms.principal
        for number, (principal, interest) in enumerate(shares, start=1):
            balance -= principal
            rows.append(
                Row(
                    number=number,
                    due=due_date(terms, number),
                    principal=principal,
                    interest=interest,
                    fees=Decimal(0),
                    total=principal + interest,
                    balance=balance,
                )
            )
        interest_sum = sum((row.interest for row in rows), Decimal(0))
        return Schedule(terms, tuple(rows), interest_sum, terms.principal + interest_sum)


def due_date(terms: Terms, number: int) -> date:
    """Return the due date of instalment `number`: on the day of the first one, clamped to the month's end."""
    return STEPS[terms.frequency](terms.first_due, number - 1)


def add_months(day: date, months: int) -> date:
    """Return the same day of a later (or earlier) month, clamped to its end: 31 January + 1 is 28 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def effective_annual_rate(monthly_rate: Decimal) -> Decimal:
    """Return (1 + i)^12 - 1, half up to six decimals: 0.02 a month is 0.268242 a year."""
    with localcontext() as context:
        context.prec = _PRECISION
        return ((1 + monthly_rate) ** 12 - 1).quantize(Decimal("0.000001"), rounding=ROUND_HALF_UP)


def round_money(amount: Decimal, decimals: int) -> Decimal:
    """Return an amount rounded half up to the decimals of its currency."""
    return amount.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def _first_period_interest(terms: Terms) -> Decimal:
    """Interest of the first period before rounding: a regular month, or the 30E/360 days that it really has."""
    if STEPS[terms.frequency](terms.disbursed, 1) == terms.first_due:
        return terms.principal * terms.monthly_rate
    days = _days_30e_360(terms.disbursed, terms.first_due)
    return terms.principal * terms.monthly_rate * days / 30


def _days_30e_360(start: date, end: date) -> int:
    return (
        (end.year - start.year) * 360 + (end.month - start.month) * 30 + min(end.day, 30) - min(start.day, 30)
    )


def _equal_instalment(terms: Terms) -> list[tuple[Decimal, Decimal]]:
    """The French method. Broken days of an irregular first period are charged once, in the first row."""
    rate, periods = terms.monthly_rate, terms.periods
    if rate == 0:
        instalment = round_money(terms.principal / periods, terms.decimals)
    else:
        instalment = round_money(
            terms.principal * rate / (1 - (1 + rate) ** -periods),
            terms.decimals,
        )
    shares: list[tuple[Decimal, Decimal]] = []
    balance = terms.principal
    for number in range(1, periods + 1):
        regular = round_money(balance * rate, terms.decimals)
        interest = round_money(_first_period_interest(terms), terms.decimals) if number == 1 else regular
        principal = balance if number == periods else min(instalment - regular, balance)
        if principal <= 0:
            raise ScheduleError(
                "periods",
                f"Instalment {number} would repay nothing: the amount is too small for so many periods.",
            )
        shares.append((principal, interest))
        balance -= principal
        if balance == 0:
            break
    return shares


# Further methods and frequencies are further entries here: each method gives the (principal, interest) pairs in order.
METHODS: Mapping[str, Callable[[Terms], list[tuple[Decimal, Decimal]]]] = {
    "equal_instalment": _equal_instalment,
}
STEPS: Mapping[str, Callable[[date, int], date]] = {
    "monthly": add_months,
}


def _check(terms: Terms) -> None:
    if terms.method not in METHODS:
        raise ScheduleError("method", f"Unknown method: {terms.method}")
    if terms.frequency not in STEPS:
        raise ScheduleError("frequency", f"Unknown frequency: {terms.frequency}")
    if not 0 <= terms.decimals <= 4:
        raise ScheduleError("decimals", "A currency has 0 to 4 decimals.")
    if not terms.principal.is_finite() or not 0 < terms.principal <= MAX_PRINCIPAL:
        raise ScheduleError("principal", f"The amount must be above zero and at most {MAX_PRINCIPAL:,}.")
    if round_money(terms.principal, terms.decimals) != terms.principal:
        raise ScheduleError("principal", f"The amount may have at most {terms.decimals} decimals.")
    if not terms.monthly_rate.is_finite() or not 0 <= terms.monthly_rate < 1:
        raise ScheduleError("monthly_rate", "The monthly rate must be at least 0 % and below 100 %.")
    if not 1 <= terms.periods <= MAX_PERIODS:
        raise ScheduleError("periods", f"The number of instalments must be from 1 to {MAX_PERIODS}.")
    if terms.first_due <= terms.disbursed:
        raise ScheduleError("first_due", "The first instalment must fall due after the disbursement.")
    if terms.first_due.year + terms.periods // 12 + 1 > date.max.year:
        raise ScheduleError("first_due", "The last instalment would fall due after the year 9999.")
