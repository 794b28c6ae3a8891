"""The value of delivered goods, exact to the cent."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def line_value(quantity: Decimal, unit_value: Decimal) -> Decimal:
    """Return quantity times unit value in currency units, half-up to the cent.

    Raises ValueError when the quantity is not positive or the value is negative.
    """
    if quantity <= 0:
        raise ValueError("quantity")
    if unit_value < 0:
        raise ValueError("value")
    return (quantity * unit_value).quantize(CENT, rounding=ROUND_HALF_UP)


def total_value(lines: Iterable[Decimal]) -> Decimal:
    """Return the sum of line values."""
    return sum(lines, start=Decimal(0))
