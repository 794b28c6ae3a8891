"""Exact arithmetic with money: how many digits are kept, and how an amount is rounded.

Everything is worked out with 120 digits and cut to 80 just before an amount is rounded, so that a tie or a whole number
which a division only approaches (4.4999... for 4.5) is rounded as what it is. Nothing else is rounded on the way.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Context, Decimal

WORK_DIGITS = 120
KEPT_DIGITS = 80
_KEPT = Context(prec=KEPT_DIGITS)
_WORK = Context(prec=WORK_DIGITS)

# How an amount between two steps is rounded; "up" is away from zero.
MODES: Mapping[str, str] = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "up": ROUND_UP}


def working_context(digits: int = WORK_DIGITS) -> Context:
    """Return a context for `decimal.localcontext` that keeps so many digits."""
    return Context(prec=digits)


def settle(amount: Decimal) -> Decimal:
    """Return an amount cut to 80 digits."""
    return _KEPT.plus(amount)


def round_to(amount: Decimal, decimals: int, mode: str = "half_up", unit: Decimal | None = None) -> Decimal:
    """Return an amount rounded to a multiple of `unit`, by default the smallest step of `decimals` decimals.

    mode: one of MODES. The result has exactly `decimals` decimals.
    """
    step = Decimal(1).scaleb(-decimals)
    if unit is None:
        return _KEPT.plus(amount).quantize(step, rounding=MODES[mode], context=_WORK)
    count = _KEPT.divide(amount, unit).quantize(Decimal(1), rounding=MODES[mode], context=_WORK)
    return _WORK.multiply(count, unit).quantize(step, context=_WORK)


def round_money(amount: Decimal, decimals: int) -> Decimal:
    """Return an amount rounded half up to the decimals of its currency."""
    return round_to(amount, decimals)


def as_percentage(fraction: Decimal) -> Decimal:
    """Return a rate as a percentage, half up to two decimals: 0.268242 gives 26.82. Rates are compared like this."""
    return round_to(_WORK.multiply(fraction, Decimal(100)), 2)
