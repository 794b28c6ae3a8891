"""Rates of interest: nominal, effective, and the internal rate of return of what is paid.

Sources: financial mathematics. A nominal annual rate j convertible m times a year gives (1 + j/m)^m - 1 a year; the internal
rate of return is the rate at which all flows are worth nothing.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, localcontext
from functools import lru_cache

from social_crm.microcredit.domain.dates import PERIODS_A_YEAR
from social_crm.microcredit.domain.rounding import WORK_DIGITS, round_to, settle, working_context

DAYS_A_YEAR = 365
# Newton doubles the right digits at each turn; halving, where it fails, needs some four turns a digit.
_TURNS_A_DIGIT = 4
_DOUBLINGS = 400


def nominal_annual(rate: Decimal, rate_period: str, frequency: str) -> Decimal:
    """Return the nominal rate a year of a rate: 12 times a monthly one, itself, or m((1 + rate)^(1/m) - 1)."""
    with localcontext(working_context()):
        if rate_period == "monthly":
            return 12 * rate
        if rate_period == "annual_nominal":
            return +rate
        periods = PERIODS_A_YEAR[frequency]
        # Settled, so that the root of an exact power is exact: 1.01 for 1.01^12.
        return periods * (settle((1 + rate) ** (Decimal(1) / periods)) - 1)


def effective_annual_rate(
    rate: Decimal, rate_period: str = "monthly", frequency: str = "monthly", decimals: int = 6
) -> Decimal:
    """Return what a rate is a year, half up to six decimals: 0.02 a month is 0.268242 a year."""
    periods = 12 if rate_period == "monthly" else PERIODS_A_YEAR[frequency]
    with localcontext(working_context()):
        period = nominal_annual(rate, rate_period, frequency) / periods
        return round_to((1 + period) ** periods - 1, decimals)


def compound(rate: Decimal, periods: int) -> Decimal:
    """Return (1 + rate)^periods - 1, unrounded: the effective rate a year of a rate a period."""
    with localcontext(working_context()):
        about = (1 + rate) ** periods - 1
    with localcontext(working_context(WORK_DIGITS + max(about.adjusted(), 0))):
        return (1 + rate) ** periods - 1


# A portfolio asks for the few rates in force once a loan.
@lru_cache(maxsize=1024)
def equivalent_rate(annual_effective: Decimal, periods: int) -> Decimal:
    """Return the rate a period, `periods` times a year, that compounds to an effective annual one."""
    with localcontext(working_context()):
        return settle((1 + annual_effective) ** (Decimal(1) / periods)) - 1


def dated_rate(flows: Sequence[tuple[date, Decimal]]) -> Decimal | None:
    """Return the effective annual rate (actual/365, unrounded) of dated flows, or None where there is none."""
    if not flows:
        return None
    start = min(day for day, _ in flows)
    daily = internal_rate([(Decimal((day - start).days), amount) for day, amount in flows])
    return None if daily is None else compound(daily, DAYS_A_YEAR)


def internal_rate(flows: Sequence[tuple[Decimal, Decimal]], digits: int = WORK_DIGITS) -> Decimal | None:
    """Return the rate a unit of time at which (time, amount) flows are worth nothing; unrounded.

    Without a change of sign there is none: None. Flows that cancel out at one time have the rate 0. Where several rates
    exist, it is one of them.
    """
    with localcontext(working_context(digits)):
        merged = _merge(flows)
        if not merged:
            return Decimal(0)
        signs = {amount > 0 for _, amount in merged}
        if len(signs) < 2:
            return None
        bracket = _bracket(merged)
        if bracket is None:
            return None
        low, high = bracket
        factor = high if low == high else _solve(merged, low, high, digits)
        return 1 / factor - 1


def _merge(flows: Sequence[tuple[Decimal, Decimal]]) -> list[tuple[Decimal, Decimal]]:
    """Flows in order as (gap to the one before, amount), one for each time, without those that are zero."""
    sums: dict[Decimal, Decimal] = {}
    for time, amount in flows:
        sums[time] = sums.get(time, Decimal(0)) + amount
    times = sorted(time for time, amount in sums.items() if amount)
    return [
        (time - before, sums[time]) for before, time in zip([*times[:1], *times[:-1]], times, strict=True)
    ]


def _worth(flows: list[tuple[Decimal, Decimal]], factor: Decimal) -> tuple[Decimal, Decimal]:
    """What flows are worth at a discount factor a unit of time, and how fast that grows with the factor."""
    worth = slope = time = Decimal(0)
    power = Decimal(1)
    gap_before, gap_power = Decimal(0), Decimal(1)
    for gap, amount in flows:
        if gap != gap_before:
            gap_before, gap_power = gap, factor**gap
        power *= gap_power if gap else 1
        time += gap
        worth += amount * power
        slope += amount * power * time
    return worth, slope / factor


def _bracket(flows: list[tuple[Decimal, Decimal]]) -> tuple[Decimal, Decimal] | None:
    """Two discount factors between which the worth changes its sign: below 1 for a gain, above 1 for a loss."""
    at_one = _worth(flows, Decimal(1))[0]
    if at_one == 0:
        return Decimal(1), Decimal(1)
    # At the factor 0 only the first flow counts.
    if (flows[0][1] > 0) != (at_one > 0):
        return Decimal(0), Decimal(1)
    low, high = Decimal(1), Decimal("1.0009765625")
    for _ in range(_DOUBLINGS):
        if (_worth(flows, high)[0] > 0) != (at_one > 0):
            return low, high
        low, high = high, high * high
        if high.adjusted() > 3:
            return None
    return None


def _solve(flows: list[tuple[Decimal, Decimal]], low: Decimal, high: Decimal, digits: int) -> Decimal:
    """The discount factor between two: Newton's steps, and a halving where one leaves the bracket."""
    rising = _worth(flows, high)[0] > 0
    near = Decimal(1).scaleb(20 - digits)
    factor = high
    for _ in range(_TURNS_A_DIGIT * digits):
        worth, slope = _worth(flows, factor)
        if worth == 0:
            return factor
        if (worth > 0) == rising:
            high = factor
        else:
            low = factor
        following = factor - worth / slope if slope else low
        if abs(following - factor) <= near * factor:
            return following
        if not low < following < high:
            following = (low + high) / 2
        factor = following
    return factor
