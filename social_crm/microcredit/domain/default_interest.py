"""Default interest: daily, on overdue principal alone, from the day after the due date, rounded as one sum for each instalment."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal, localcontext

from social_crm.microcredit.domain.entries import Policy
from social_crm.microcredit.domain.rates import equivalent_rate
from social_crm.microcredit.domain.rounding import round_to, working_context

DAYS_A_YEAR = 365
DailyRates = Sequence[tuple[date, Decimal]]


def daily_rates(policy: Policy) -> list[tuple[date, Decimal]]:
    """Return the daily rates that the rules of a loan come to, each from its first day on."""
    with localcontext(working_context()):
        return [(start, equivalent_rate(rate, DAYS_A_YEAR)) for start, rate in sorted(policy.default_rates)]


def days_at(rates: DailyRates, start: date, end: date) -> Iterator[tuple[Decimal, int]]:
    """Give each rate and for how many days it runs, from the day after `start` to `end`."""
    for number, (first, daily) in enumerate(rates):
        following = rates[number + 1][0] if number + 1 < len(rates) else None
        # A rate counts from its first day on: the day before it is the last one of the rate before.
        until = end if following is None else min(end, date.fromordinal(following.toordinal() - 1))
        days = until.toordinal() - max(start.toordinal(), first.toordinal() - 1)
        if days > 0:
            yield daily, days


def since_due(overdue: Decimal, due: date, day: date, rates: DailyRates, decimals: int) -> Decimal:
    """Return what ran until a day on principal of which nothing was paid after its due date."""
    with localcontext(working_context()):
        exact = sum((overdue * daily * days for daily, days in days_at(rates, due, day)), Decimal(0))
        return round_to(exact, decimals)
