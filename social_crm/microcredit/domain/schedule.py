"""The schedule of a loan: from its terms to dated instalments, exact to the last peso.

Money is `Decimal`. The sum of principal equals what is owed, always: what was lent, fees that were financed, and interest that
was capitalised.
"""

from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext

from social_crm.microcredit.domain import dates, methods
from social_crm.microcredit.domain.dates import PERIODS_A_YEAR, add_months
from social_crm.microcredit.domain.methods import Line
from social_crm.microcredit.domain.rates import (
    compound,
    dated_rate,
    effective_annual_rate,
    internal_rate,
    nominal_annual,
)
from social_crm.microcredit.domain.rounding import WORK_DIGITS, round_money, round_to, working_context
from social_crm.microcredit.domain.terms import (
    MAX_PERIODS,
    MAX_PRINCIPAL,
    Fee,
    ScheduleError,
    SeasonalDue,
    Terms,
    Tranche,
    check,
)

__all__ = [
    "MAX_PERIODS",
    "MAX_PRINCIPAL",
    "Fee",
    "Row",
    "Schedule",
    "ScheduleError",
    "SeasonalDue",
    "Terms",
    "Tranche",
    "add_months",
    "build",
    "due_date",
    "effective_annual_rate",
    "exact_annual_rate",
    "round_money",
    "true_annual_rate",
]

# Extra principal in the first row is tried this often before the nearest is taken.
_TRIES = 12


@dataclass(frozen=True)
class Row:
    """One instalment; balance is the principal still owed after it.

    total: principal, interest, fees and insurance. capitalised: interest added to the balance instead of charged.
    """

    number: int
    due: date
    principal: Decimal
    interest: Decimal
    fees: Decimal
    total: Decimal
    balance: Decimal
    insurance: Decimal = Decimal(0)
    capitalised: Decimal = Decimal(0)


@dataclass(frozen=True)
class Schedule:
    """The instalments of a loan and their totals.

    amount: principal owed, with the fees that were financed. net: what the borrower gets in hand.
    """

    terms: Terms
    rows: tuple[Row, ...]
    total_interest: Decimal
    total: Decimal
    amount: Decimal
    net: Decimal

    @property
    def total_fees(self) -> Decimal:
        """All fees: upfront, financed and with the instalments."""
        return self.amount - self.net + sum((row.fees for row in self.rows), Decimal(0))

    @property
    def total_insurance(self) -> Decimal:
        """Insurance of all instalments."""
        return sum((row.insurance for row in self.rows), Decimal(0))


def build(terms: Terms) -> Schedule:
    """Return the schedule of a loan.

    Raises:
        ScheduleError: the terms are outside their bounds, or an instalment would repay nothing.
    """
    with localcontext(working_context()):
        check(terms)
        lines = methods.lines(terms)
        if terms.residue == "first":
            lines = _residue_first(terms, lines)
        amount = terms.principal + methods.fees_at(terms, "financed")
        net = terms.principal - methods.fees_at(terms, "upfront")
        if net <= 0:
            raise ScheduleError("fees", "The fees held back leave nothing to hand over.")
        rows = tuple(_row(terms, line) for line in lines)
        return Schedule(
            terms=terms,
            rows=rows,
            total_interest=sum((row.interest for row in rows), Decimal(0)),
            total=sum((row.total for row in rows), Decimal(0)),
            amount=amount,
            net=net,
        )


def due_date(terms: Terms, number: int) -> date:
    """Return the due date of instalment `number`: on the day of the first one, clamped to the month's end.

    Raises:
        ScheduleError: it lies after the year 9999.
    """
    if terms.frequency == "seasonal":
        day: date | None = terms.calendar[number - 1].due
    else:
        day = dates.step(terms.frequency, terms.first_due, number - 1)
    if day is None:
        raise ScheduleError("first_due", "The last instalment would fall due after the year 9999.")
    return dates.business_day(day, terms.holiday_rule, terms.holidays, terms.rest_weekdays, terms.disbursed)


def true_annual_rate(
    schedule: Schedule, count_fees: bool = True, count_insurance: bool = True, decimals: int = 6
) -> Decimal:
    """Return what a loan costs a year, half up to six decimals: the internal rate of what is handed over and paid."""
    rate = exact_annual_rate(schedule, count_fees, count_insurance)
    with localcontext(working_context(WORK_DIGITS + max(rate.adjusted(), 0))):
        # What the search leaves behind the sixtieth decimal must not decide a tie.
        settled = rate.quantize(Decimal(1).scaleb(-60))
        return settled.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def exact_annual_rate(schedule: Schedule, count_fees: bool = True, count_insurance: bool = True) -> Decimal:
    """Return the effective annual rate of a schedule, unrounded, to compare with a cap.

    A regular loan is reckoned by its periods, the first one as long as its day count says. One with tranches or a
    seasonal calendar is reckoned by its days (actual/365).
    """
    terms = schedule.terms
    received = schedule.net if count_fees else schedule.amount
    paid = [
        row.principal
        + row.interest
        + (row.fees if count_fees else 0)
        + (row.insurance if count_insurance else 0)
        for row in schedule.rows
    ]
    if terms.tranches or terms.frequency == "seasonal":
        return _rate_by_days(schedule, received, paid)
    periods_a_year = PERIODS_A_YEAR[terms.frequency]
    # In units of which a period has a whole number, so that every power is one of whole numbers.
    first, unit = 1, 1
    if not methods.first_period_is_regular(terms):
        part, unit = next(methods.periods(terms)).time
        first = part * periods_a_year
    flows = [(Decimal(0), -received), *((Decimal(first + k * unit), item) for k, item in enumerate(paid))]
    rate = compound(_found(internal_rate(flows)), periods_a_year * unit)
    if rate.adjusted() < WORK_DIGITS // 3:
        return rate
    # So absurd a rate needs more digits to be right to its sixth decimal.
    more = WORK_DIGITS + rate.adjusted()
    return compound(_found(internal_rate(flows, more)), periods_a_year * unit)


def _rate_by_days(schedule: Schedule, received: Decimal, paid: list[Decimal]) -> Decimal:
    terms = schedule.terms
    drawings = terms.tranches or (Tranche(terms.disbursed, terms.principal),)
    flows = [(item.day, -item.amount) for item in drawings]
    flows += [(row.due, amount) for row, amount in zip(schedule.rows, paid, strict=True)]
    # Fees held back or financed are settled when the first money is handed over.
    flows.append((terms.disbursed, terms.principal - received))
    return _found(dated_rate(flows))


def _found(rate: Decimal | None) -> Decimal:
    if rate is None:
        raise ScheduleError("fees", "The charges of the first day are more than what is handed over.")
    return rate


def _row(terms: Terms, line: Line) -> Row:
    return Row(
        number=line.period.number,
        due=due_date(terms, line.period.number),
        principal=line.principal,
        interest=line.interest,
        fees=line.fees,
        total=line.principal + line.interest + line.fees + line.insurance,
        balance=line.balance,
        insurance=line.insurance,
        capitalised=line.capitalised,
    )


def _residue_first(terms: Terms, lines: list[Line]) -> list[Line]:
    """Rows whose first repayment takes the residue, as near as the smallest coin allows.

    With equal instalments the rounding of each row's interest may leave the last one a coin or so apart.
    """
    after = len(lines) - terms.grace - 1
    if after < 1 or terms.method == "bullet":
        return lines
    # A peso repaid in the first row spares the last one that peso and the interest on it.
    growth = Decimal(1)
    if terms.method == "equal_instalment":
        rate = nominal_annual(terms.rate, terms.rate_period, terms.frequency)
        growth = (1 + rate / PERIODS_A_YEAR[terms.frequency]) ** after
    coin = Decimal(1).scaleb(-terms.decimals)
    best, extra = lines, Decimal(0)
    for _ in range(_TRIES):
        miss = _miss(terms, best)
        change = max(round_to(abs(miss) / growth, terms.decimals), coin).copy_sign(miss)
        if best[terms.grace].principal + change <= 0:
            break
        attempt = _attempt(terms, extra + change)
        if miss == 0 or len(attempt) != len(lines) or abs(_miss(terms, attempt)) >= abs(miss):
            break
        best, extra = attempt, extra + change
    return best


def _attempt(terms: Terms, extra: Decimal) -> list[Line]:
    try:
        return methods.lines(terms, extra)
    except ScheduleError:
        return []


def _miss(terms: Terms, lines: list[Line]) -> Decimal:
    """How far the last row is above the level amount."""
    last = lines[-1]
    level = last.level or Decimal(0)
    return last.principal + (last.interest if terms.method == "equal_instalment" else 0) - level


def with_rate(terms: Terms, rate: Decimal) -> Terms:
    """Return the same terms at another rate."""
    return replace(terms, rate=rate)
