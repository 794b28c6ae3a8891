"""What a payment pays: the oldest instalment first and, within it, an order of components.

Which claims there are, and in which order payments come to them, is the ledger's to say (replay.py).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

DEFAULT_ORDER: tuple[str, ...] = ("fees", "insurance", "default_interest", "interest", "principal")
Claim = tuple[int, str, Decimal]


@dataclass(frozen=True)
class Share:
    """The part of one payment that went to one component of one instalment.

    It is negative where a prepayment took back what an earlier payment had paid in advance.
    """

    payment: str
    number: int
    component: str
    amount: Decimal


@dataclass(frozen=True)
class Allocation:
    """All shares in order, and what was left over in all (zero while every payment was accepted on time)."""

    shares: tuple[Share, ...]
    unplaced: Decimal

    def paid(self, number: int, component: str) -> Decimal:
        """Return what has been paid of a component of an instalment."""
        return sum(
            (s.amount for s in self.shares if s.number == number and s.component == component), Decimal(0)
        )

    def of_payment(self, key: str, component: str) -> Decimal:
        """Return what a payment paid of a component, over all instalments."""
        return sum(
            (s.amount for s in self.shares if s.payment == key and s.component == component), Decimal(0)
        )


def check_order(order: Sequence[str]) -> None:
    """Refuse an order of components that does not name each of them once.

    Raises:
        ValueError: naming the components.
    """
    if sorted(order) != sorted(DEFAULT_ORDER):
        raise ValueError(f"The order must name each component once: {', '.join(DEFAULT_ORDER)}")


def place(key: str, amount: Decimal, claims: Iterable[Claim]) -> tuple[list[Share], Decimal]:
    """Return the shares of an amount over claims, in their order, and what is left of it.

    claims: (number of the instalment, component, what is open of it).
    """
    shares: list[Share] = []
    left = amount
    for number, component, open_amount in claims:
        if left <= 0:
            break
        part = min(left, open_amount)
        if part > 0:
            shares.append(Share(key, number, component, part))
            left -= part
    return shares, left
