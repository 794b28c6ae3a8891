"""The portfolio: at risk, by age, by cohort, and what moves between two days.

A loan is at risk with its whole outstanding balance; nothing is ever divided by what was released.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

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


def ageing_of(days_late: int) -> str:
    """Return the range of days late."""
    return next(label for label, last in AGEING if last is None or days_late <= last)


def ageing(loans: Iterable[tuple[Decimal, int]]) -> dict[str, Decimal]:
    """Return the balances of (balance, days late) pairs by range, every range of AGEING in order."""
    sums = {label: Decimal(0) for label, _ in AGEING}
    for balance, days_late in loans:
        sums[ageing_of(days_late)] += balance
    return sums


def portfolio_at_risk(loans: Sequence[tuple[Decimal, int]], days: int) -> Decimal:
    """Return PAR: the balance of loans more than `days` late over the whole balance, as a fraction of six decimals.

    loans: (outstanding principal, days late) pairs. Without any balance it is zero.
    """
    gross = sum((balance for balance, _ in loans), Decimal(0))
    if gross == 0:
        return Decimal("0.000000")
    return round_to(sum((balance for balance, late in loans if late > days), Decimal(0)) / gross, 6)
