"""The portfolio: at risk, by age, provisions, cohorts, what moves between two days, and what is expected.

A loan is at risk with its whole outstanding balance, over the gross outstanding portfolio; nothing is ever divided by what was
released. Sources: the definitions of CGAP's "Microfinance Consensus Guidelines" (PAR, restructured loans apart).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from social_crm.microcredit.domain.arrears import InstalmentState
from social_crm.microcredit.domain.dates import add_months
from social_crm.microcredit.domain.rounding import round_to

PAR_DAYS = (1, 30, 60, 90)
# Ranges of days late, with the last day of each; the last range has no end.
AGEING: tuple[tuple[str, int | None], ...] = (
    ("0", 0),
    ("1-30", 30),
    ("31-60", 60),
    ("61-90", 90),
    ("91-180", 180),
    ("181+", None),
)
COHORTS = ("month", "quarter", "year")
# Where a loan may end besides a range of days late.
PAID, WRITTEN_OFF = "paid", "written_off"
_ZERO = Decimal(0)


@dataclass(frozen=True)
class Standing:
    """A loan on a day, as a portfolio counts it. balance: outstanding principal, 0 once paid or written off."""

    key: str
    balance: Decimal
    days_late: int
    is_restructured: bool = False
    is_written_off: bool = False
    disbursed_on: date | None = None


@dataclass(frozen=True)
class Risk:
    """A portfolio on a day. par: by days late; restructured: the balance of restructured loans, apart and as a share."""

    gross: Decimal
    par: Mapping[int, Decimal]
    ageing: Mapping[str, Decimal]
    restructured: Decimal
    restructured_share: Decimal


@dataclass(frozen=True)
class ProvisionRange:
    """Up to how many days late (None: without end) which fraction of the balance is provided for."""

    last_day: int | None
    rate: Decimal


@dataclass(frozen=True)
class Expected:
    """What is to be paid within a time, by component."""

    principal: Decimal = _ZERO
    interest: Decimal = _ZERO
    other: Decimal = _ZERO

    @property
    def total(self) -> Decimal:
        """All of it."""
        return self.principal + self.interest + self.other


def ageing_of(days_late: int) -> str:
    """Return the range of days late."""
    return next(label for label, last in AGEING if last is None or days_late <= last)


def ageing(loans: Iterable[tuple[Decimal, int]]) -> dict[str, Decimal]:
    """Return the balances of (balance, days late) pairs by range, every range of AGEING in order."""
    sums = {label: _ZERO for label, _ in AGEING}
    for balance, days_late in loans:
        sums[ageing_of(days_late)] += balance
    return sums


def portfolio_at_risk(loans: Sequence[tuple[Decimal, int]], days: int) -> Decimal:
    """Return PAR: the balance of loans more than `days` late over the whole balance, as a fraction of six decimals.

    loans: (outstanding principal, days late) pairs. Without any balance it is zero.
    """
    gross = sum((balance for balance, _ in loans), _ZERO)
    return _share(sum((balance for balance, late in loans if late > days), _ZERO), gross)


def risk(loans: Sequence[Standing]) -> Risk:
    """Return what is at risk in a portfolio."""
    pairs = [(loan.balance, loan.days_late) for loan in loans]
    gross = sum((loan.balance for loan in loans), _ZERO)
    restructured = sum((loan.balance for loan in loans if loan.is_restructured), _ZERO)
    return Risk(
        gross=gross,
        par={days: portfolio_at_risk(pairs, days) for days in PAR_DAYS},
        ageing=ageing(pairs),
        restructured=restructured,
        restructured_share=_share(restructured, gross),
    )


def provision(loan: Standing, ranges: Sequence[ProvisionRange], decimals: int = 0) -> Decimal:
    """Return what is to be provided for a loan, half up.

    ranges: in order of their last days; the last one without end.

    Raises:
        ValueError: the ranges are not in order, or none has no end.
    """
    ends = [item.last_day for item in ranges]
    bounded = [end for end in ends[:-1] if end is not None]
    if not ends or ends[-1] is not None or len(bounded) != len(ends) - 1 or bounded != sorted(set(bounded)):
        raise ValueError("Provision ranges go up in days, and the last one has no end.")
    rate = next(item.rate for item in ranges if item.last_day is None or loan.days_late <= item.last_day)
    return round_to(loan.balance * rate, decimals)


def cohort_of(day: date, by: str = "month") -> str:
    """Return the cohort of a day of disbursement: 2026-01, 2026-Q1 or 2026."""
    if by == "month":
        return f"{day.year:04d}-{day.month:02d}"
    return f"{day.year:04d}-Q{(day.month + 2) // 3}" if by == "quarter" else f"{day.year:04d}"


def months_on_book(disbursed_on: date, day: date) -> int:
    """Return how many whole months a loan is old; never below zero."""
    months = (day.year - disbursed_on.year) * 12 + day.month - disbursed_on.month
    return max(months - (day.day < disbursed_on.day), 0)


def vintages(
    snapshots: Mapping[date, Sequence[Standing]], days: int = 30, by: str = "month"
) -> dict[str, dict[date, Decimal]]:
    """Return for each cohort, and each day that was looked at, what was at risk more than `days` of what was outstanding.

    snapshots: the portfolio by day. A cohort appears from its first disbursement on.
    """
    table: dict[str, dict[date, Decimal]] = {}
    for day in sorted(snapshots):
        found = [
            loan for loan in snapshots[day] if loan.disbursed_on is not None and loan.disbursed_on <= day
        ]
        for cohort, share in _at_risk_by_cohort(found, days, by):
            table.setdefault(cohort, {})[day] = share
    return dict(sorted(table.items()))


def vintages_by_age(
    snapshots: Mapping[int, Sequence[Standing]], as_of: date, days: int = 30, by: str = "month"
) -> dict[str, dict[int, Decimal]]:
    """Return for each cohort, and each age in months, what was at risk more than `days` of what was outstanding then.

    snapshots: by age, each loan as it stood that many months after its disbursement (see `day_of_age`), none after `as_of`. A
    cohort has an age once its youngest loan has reached it; age 0 must be among them.
    """
    table: dict[str, dict[int, Decimal]] = {}
    youngest: dict[str, date] = {}
    for loan in snapshots.get(0, ()):
        if loan.disbursed_on is not None:
            cohort = cohort_of(loan.disbursed_on, by)
            youngest[cohort] = max(loan.disbursed_on, youngest.get(cohort, loan.disbursed_on))
    for age in sorted(snapshots):
        for cohort, share in _at_risk_by_cohort(snapshots[age], days, by):
            if day_of_age(youngest[cohort], age) <= as_of:
                table.setdefault(cohort, {})[age] = share
    return dict(sorted(table.items()))


def day_of_age(disbursed_on: date, months: int) -> date:
    """Return the day on which a loan is so many months old: at the month's end where the month has no such day."""
    return add_months(disbursed_on, months)


def _at_risk_by_cohort(loans: Iterable[Standing], days: int, by: str) -> list[tuple[str, Decimal]]:
    cohorts: dict[str, list[tuple[Decimal, int]]] = {}
    for loan in loans:
        if loan.disbursed_on is not None:
            cohorts.setdefault(cohort_of(loan.disbursed_on, by), []).append((loan.balance, loan.days_late))
    return [(cohort, portfolio_at_risk(cohorts[cohort], days)) for cohort in sorted(cohorts)]


def roll_rates(before: Sequence[Standing], after: Sequence[Standing]) -> dict[str, dict[str, Decimal]]:
    """Return where the balance of each range of days late went between two days, as fractions of it.

    The balance of the first day counts. A loan ends in a range, "paid" or "written_off"; one of which nothing is known any
    more is "paid". Loans that are new on the second day are not in it. Ranges without balance are left out.
    """
    later = {loan.key: loan for loan in after}
    sums: dict[str, dict[str, Decimal]] = {}
    for loan in before:
        if loan.balance > 0:
            row = sums.setdefault(ageing_of(loan.days_late), {})
            end = _end_of(later.get(loan.key))
            row[end] = row.get(end, _ZERO) + loan.balance
    return {
        label: {end: _share(amount, sum(sums[label].values(), _ZERO)) for end, amount in sums[label].items()}
        for label, _ in AGEING
        if label in sums
    }


def expected_by_month(
    instalments: Iterable[InstalmentState], as_of: date, by: str = "month"
) -> dict[str, Expected]:
    """Return what is still to be paid by month of its due date ("2026-02"); what is overdue stands under "overdue"."""
    found: dict[str, Expected] = {}
    for state in instalments:
        if state.unpaid > 0:
            label = "overdue" if state.row.due < as_of else cohort_of(state.row.due, by)
            found[label] = _plus(found.get(label, Expected()), state)
    return dict(sorted(found.items(), key=lambda item: (item[0] != "overdue", item[0])))


def due_between(
    instalments: Iterable[InstalmentState], first: date, last: date
) -> tuple[tuple[InstalmentState, ...], tuple[InstalmentState, ...]]:
    """Return what is to be collected from one day to another: what falls due in it, and what is overdue since before."""
    unpaid = [state for state in instalments if state.unpaid > 0]
    return (
        tuple(state for state in unpaid if first <= state.row.due <= last),
        tuple(state for state in unpaid if state.row.due < first),
    )


def _end_of(loan: Standing | None) -> str:
    if loan is not None and loan.is_written_off:
        return WRITTEN_OFF
    return PAID if loan is None or loan.balance <= 0 else ageing_of(loan.days_late)


def _plus(sums: Expected, state: InstalmentState) -> Expected:
    principal = state.row.principal - state.paid_principal
    interest = state.row.interest - state.paid_interest
    return Expected(
        sums.principal + principal,
        sums.interest + interest,
        sums.other + state.unpaid - principal - interest,
    )


def _share(part: Decimal, whole: Decimal) -> Decimal:
    return round_to(part / whole, 6) if whole else Decimal("0.000000")
