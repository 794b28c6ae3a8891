"""Row by row: what each instalment repays and what it costs, for every method of repayment.

Sources: the French method (equal instalments), the German one (equal principal), the flat charge on the amount lent, and
repayment in one piece at the end. The last row takes the balance, so that the sum of principal equals the loan.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from social_crm.microcredit.domain.dates import PERIODS_A_YEAR, step, year_fraction
from social_crm.microcredit.domain.rates import nominal_annual
from social_crm.microcredit.domain.rounding import round_to
from social_crm.microcredit.domain.terms import Fee, ScheduleError, Terms, Tranche


@dataclass(frozen=True)
class Period:
    """The time that a row covers: from a day to its due date (before any holiday rule), and as (part, parts a year)."""

    number: int
    start: date
    due: date
    time: tuple[int, int]
    is_regular: bool


@dataclass(frozen=True)
class PutOff:
    """What ran in rows that pay nothing, and waits for the first one that pays."""

    interest: Decimal = Decimal(0)
    fees: Decimal = Decimal(0)
    insurance: Decimal = Decimal(0)


@dataclass(frozen=True)
class Line:
    """What a row repays and costs.

    capitalised: interest that was added to the balance instead of charged. level: the level amount in force, if any yet.
    put_off: what waits after the row.
    """

    period: Period
    principal: Decimal
    interest: Decimal
    fees: Decimal
    insurance: Decimal
    capitalised: Decimal
    balance: Decimal
    level: Decimal | None
    put_off: PutOff


@dataclass(frozen=True)
class Run:
    """A loan on a day within a period.

    number: of the row to come. due: its date before any holiday rule. interest, fees, insurance: what has run to the day and
    is not charged by an earlier row. level: the level amount in force, if any yet.
    """

    number: int
    due: date
    interest: Decimal
    fees: Decimal
    insurance: Decimal
    level: Decimal | None


@dataclass(frozen=True)
class _Opening:
    """A loan at the beginning of a row: what is owed, what was drawn in all, the level amount and what is put off."""

    balance: Decimal
    drawn: Decimal
    level: Decimal | None = None
    late: PutOff = PutOff()


def fee_amount(fee: Fee, terms: Terms) -> Decimal:
    """Return a fee as money, half up."""
    return round_to(fee.value if fee.kind == "amount" else terms.principal * fee.value, terms.decimals)


def fees_at(terms: Terms, when: str) -> Decimal:
    """Return the sum of the fees of one kind of time."""
    return sum((fee_amount(fee, terms) for fee in terms.fees if fee.when == when), Decimal(0))


def first_period_is_regular(terms: Terms) -> bool:
    """Say whether the first period is one step of the frequency long."""
    return terms.frequency != "seasonal" and step(terms.frequency, terms.disbursed, 1) == terms.first_due


def periods(terms: Terms) -> Iterator[Period]:
    """Give the periods of a loan in order, at most `rows_at_most`.

    Raises:
        ScheduleError: a due date lies after the year 9999.
    """
    start = terms.disbursed
    regular_first = first_period_is_regular(terms)
    for number in range(1, terms.rows_at_most + 1):
        if terms.frequency == "seasonal":
            due: date | None = terms.calendar[number - 1].due
        else:
            due = step(terms.frequency, terms.first_due, number - 1)
        if due is None:
            raise ScheduleError("first_due", "The last instalment would fall due after the year 9999.")
        is_regular = terms.frequency != "seasonal" and (number > 1 or regular_first)
        if is_regular and terms.day_count == "30/360":
            time = (1, PERIODS_A_YEAR[terms.frequency])
        else:
            time = year_fraction(terms.day_count, start, due)
        yield Period(number, start, due, time, is_regular)
        start = due


def lines(terms: Terms, extra: Decimal = Decimal(0)) -> list[Line]:
    """Return the rows of a loan.

    extra: added to the principal of the first row that repays; what is left over then comes off the last one.

    Raises:
        ScheduleError: a row would repay nothing, or the agreed instalment does not repay the loan.
    """
    found: list[Line] = []
    rate = nominal_annual(terms.rate, terms.rate_period, terms.frequency)
    drawings = terms.tranches or (Tranche(terms.disbursed, terms.principal),)
    at = _Opening(fees_at(terms, "financed"), fees_at(terms, "financed"))
    pending = len(drawings)
    for period in periods(terms):
        drawn = [item for item in drawings if period.start <= item.day < period.due]
        pending -= len(drawn)
        new = sum((item.amount for item in drawn if item.day == period.start), Decimal(0))
        if new:
            at = _Opening(at.balance + new, at.drawn + new, None, at.late)
        line, at = _line(terms, rate, period, at, [item for item in drawn if item.day > period.start], extra)
        found.append(line)
        if at.balance == 0 and not pending:
            return found
    if pending:
        raise ScheduleError("tranches", "A tranche would be handed over after the last instalment.")
    raise ScheduleError("instalment", f"The instalment would not repay the loan in {len(found)} rows.")


def run_at(terms: Terms, day: date) -> Run | None:
    """Return what has run to a day, or None when every row has fallen due.

    Interest runs evenly over the days of a period, as its day count counts them.
    """
    late = PutOff()
    for line in lines(terms):
        period = line.period
        if day < period.due:
            own = line.interest + line.capitalised + line.put_off.interest - late.interest
            passed, _ = year_fraction(terms.day_count, period.start, max(day, period.start))
            whole, _ = year_fraction(terms.day_count, period.start, period.due)
            exact = own * passed / whole if whole else own
            interest = round_to(exact, terms.decimals, terms.interest_rounding)
            level = line.level
            return Run(period.number, period.due, late.interest + interest, late.fees, late.insurance, level)
        late = line.put_off
    return None


def level_amount(terms: Terms, rate: Decimal, balance: Decimal, rows: int) -> Decimal:
    """Return the equal instalment, or the equal share of principal, that repays a balance in so many rows.

    rate: nominal a year.
    """
    if terms.instalment is not None:
        return terms.instalment
    i = rate / PERIODS_A_YEAR[terms.frequency]
    if terms.method == "equal_instalment" and i:
        exact = balance * i / (1 - (1 + i) ** -rows)
    else:
        exact = balance / rows
    return round_to(exact, terms.decimals, terms.rounding, terms.rounding_unit)


def _line(
    terms: Terms, rate: Decimal, period: Period, at: _Opening, mid: list[Tranche], extra: Decimal
) -> tuple[Line, _Opening]:
    """One row, and the loan at the beginning of the next one. `mid` is what is handed over within the period."""
    number, grace = period.number, terms.grace
    level = at.level
    if level is None and number > grace:
        level = level_amount(terms, rate, at.balance, terms.rows_at_most - number + 1)
    interest, regular = _interest(terms, rate, period, at, mid)
    fees = at.late.fees + fees_at(terms, "per_instalment")
    insurance = at.late.insurance + _insurance(terms, period, at.balance)
    added = sum((item.amount for item in mid), Decimal(0))
    if number <= terms.total_grace:
        capitalised = interest if terms.capitalise else Decimal(0)
        balance = at.balance + capitalised + added
        zero = Decimal(0)
        late = PutOff(at.late.interest + interest - capitalised, fees, insurance)
        line = Line(period, zero, zero, zero, zero, capitalised, balance, level, late)
        return line, _Opening(balance, at.drawn + added, level, late)
    principal = _principal(terms, number, at.balance, level, interest, regular)
    if number == grace + 1 and number < terms.rows_at_most:
        principal = min(principal + extra, at.balance)
    balance = at.balance - principal + added
    total_interest = at.late.interest + interest
    line = Line(period, principal, total_interest, fees, insurance, Decimal(0), balance, level, PutOff())
    # Money that came within the period changes the level amount of the rows after it.
    return line, _Opening(balance, at.drawn + added, None if mid else level)


def _interest(
    terms: Terms, rate: Decimal, period: Period, at: _Opening, mid: list[Tranche]
) -> tuple[Decimal, Decimal]:
    """Interest of a row, and the part of it that counts for the principal of an equal instalment."""
    base = at.drawn if terms.method == "flat" else at.balance
    part, parts = period.time
    exact = base * rate * part / parts
    own = round_to(exact, terms.decimals, terms.interest_rounding)
    regular = own
    if period.number == 1 and terms.grace == 0 and not period.is_regular and terms.frequency != "seasonal":
        # Broken days are charged once, in the first row: its principal is that of a regular period.
        regular = round_to(
            base * rate / PERIODS_A_YEAR[terms.frequency], terms.decimals, terms.interest_rounding
        )
    for item in mid:
        days, year = year_fraction(terms.day_count, item.day, period.due)
        exact += item.amount * rate * days / year
    return (round_to(exact, terms.decimals, terms.interest_rounding) if mid else own), regular


def _insurance(terms: Terms, period: Period, balance: Decimal) -> Decimal:
    part, parts = period.time
    return round_to(balance * terms.insurance_per_mil * 12 * part / (parts * 1000), terms.decimals)


def _principal(
    terms: Terms, number: int, balance: Decimal, level: Decimal | None, interest: Decimal, regular: Decimal
) -> Decimal:
    """What a row repays.

    Raises:
        ScheduleError: nothing, although it should.
    """
    if number <= terms.grace or level is None:
        return Decimal(0)
    if (
        terms.instalment is not None
        and terms.method == "equal_instalment"
        and terms.instalment <= max(interest, regular)
    ):
        raise ScheduleError(
            "instalment",
            f"The instalment is not above the interest of instalment {number}: it repays nothing.",
        )
    if number == terms.rows_at_most and (terms.periods is not None or terms.frequency == "seasonal"):
        return balance
    if terms.method == "bullet":
        return Decimal(0)
    if terms.frequency == "seasonal":
        return _seasonal_share(terms, number, balance)
    if terms.method != "equal_instalment":
        # A share that rounds to nothing is no fault: the last row takes the balance.
        return min(level, balance)
    principal = min(level - regular, balance)
    if principal <= 0 < balance:
        raise ScheduleError(
            "periods",
            f"Instalment {number} would repay nothing: the amount is too small for so many periods.",
        )
    return principal


def _seasonal_share(terms: Terms, number: int, balance: Decimal) -> Decimal:
    """The part of what is owed that falls on a date of the calendar, by its weight among those still to come."""
    left = sum((item.share for item in terms.calendar[number - 1 :]), Decimal(0))
    share = balance * terms.calendar[number - 1].share / left
    return min(round_to(share, terms.decimals, terms.rounding, terms.rounding_unit), balance)
