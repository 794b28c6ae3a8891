"""What a payment pays: the oldest instalment first and, within it, an order of components.

State is never stored as a running balance: it is worked out anew from the payments in order of value date, so a
backdated payment gives what entering it on time would have given, and taking one away restores the state exactly.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from social_crm.microcredit.domain.schedule import Row

DEFAULT_ORDER: tuple[str, ...] = ("fees", "insurance", "default_interest", "interest", "principal")
Claim = tuple[int, str, Decimal]


class AllocationError(ValueError):
    """A payment that cannot be placed; `reason` is "amount", "before_disbursement" or "above_debt"."""

    def __init__(self, reason: str, message: str, limit: Decimal | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.limit = limit


@dataclass(frozen=True)
class Payment:
    """Money received.

    key: the payment's own name, unique within the loan.
    value_date: the day on which it counts.
    amount: above zero.
    posted_at: when it was entered; orders payments of one day.
    """

    key: str
    value_date: date
    amount: Decimal
    posted_at: datetime


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


def allocate(
    rows: Sequence[Row], payments: Sequence[Payment], order: tuple[str, ...] = DEFAULT_ORDER
) -> Allocation:
    """Place payments, in order of value date and then of posting, on the instalments of a schedule.

    Raises:
        AllocationError: a payment is not above zero.
    """
    claims = _claims(rows, order)
    shares: list[Share] = []
    unplaced = Decimal(0)
    # Claims before `at` are paid; of the one at `at`, `paid` is.
    at, paid = 0, Decimal(0)
    for payment in sorted(payments, key=lambda p: (p.value_date, p.posted_at, p.key)):
        if payment.amount <= 0:
            raise AllocationError("amount", "A payment must be above zero.")
        left = payment.amount
        # `at` only moves forward: all payments together take one step for each claim, and one more each.
        for number, component, amount in claims[at:]:
            part = min(left, amount - paid)
            if part > 0:
                shares.append(Share(payment.key, number, component, part))
                paid += part
                left -= part
            if paid < amount:
                break
            at, paid = at + 1, Decimal(0)
        unplaced += left
    return Allocation(tuple(shares), unplaced)


def check_payment(rows: Sequence[Row], earlier: Sequence[Payment], new: Payment, disbursed: date) -> None:
    """Refuse a payment that the loan cannot take.

    Raises:
        AllocationError: it is not above zero, its value date lies before the disbursement, or it is above the debt.
    """
    if not new.amount.is_finite() or new.amount <= 0:
        raise AllocationError("amount", "A payment must be above zero.")
    if new.value_date < disbursed:
        raise AllocationError("before_disbursement", "A payment cannot precede the disbursement.")
    debt = outstanding(rows, earlier)
    if new.amount > debt:
        raise AllocationError("above_debt", "A payment cannot exceed the debt.", debt)


def outstanding(rows: Sequence[Row], payments: Sequence[Payment]) -> Decimal:
    """Return all that is still to be paid over the life of the loan: principal, interest, fees and insurance."""
    total = sum((row.total for row in rows), Decimal(0))
    return total - sum((payment.amount for payment in payments), Decimal(0))


def _claims(rows: Sequence[Row], order: tuple[str, ...]) -> list[Claim]:
    check_order(order)
    return [
        (row.number, component, getattr(row, component))
        for row in sorted(rows, key=lambda r: r.number)
        for component in order
        # A schedule knows no default interest: that comes with time, in the ledger.
        if component != "default_interest"
    ]
