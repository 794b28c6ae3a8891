"""What a payment pays: the oldest instalment first and, within it, an order of components.

State is never stored as a running balance: it is worked out anew from the payments in order of value date, so a
backdated payment gives what entering it on time would have given, and taking one away restores the state exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from social_crm.microcredit.domain.schedule import Row

DEFAULT_ORDER: tuple[str, ...] = ("fees", "interest", "principal")


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
    """The part of one payment that went to one component of one instalment."""

    payment: str
    number: int
    component: str
    amount: Decimal


@dataclass(frozen=True)
class Allocation:
    """All shares in order, and what each payment left over (zero for every accepted payment)."""

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


def allocate(
    rows: Sequence[Row], payments: Sequence[Payment], order: tuple[str, ...] = DEFAULT_ORDER
) -> Allocation:
    """Place payments, in order of value date and then of posting, on the instalments.

    Raises:
        AllocationError: a payment is not above zero.
    """
    claims = _claims(rows, order)
    shares: list[Share] = []
    at = 0
    open_amount = claims[0][2] if claims else Decimal(0)
    unplaced = Decimal(0)
    for payment in sorted(payments, key=lambda p: (p.value_date, p.posted_at, p.key)):
        if payment.amount <= 0:
            raise AllocationError("amount", "A payment must be above zero.")
        left = payment.amount
        # `at` only moves forward: all payments together take one step for each claim, and one more each.
        for number, component, _ in claims[at:]:
            part = min(left, open_amount)
            if part > 0:
                shares.append(Share(payment.key, number, component, part))
                open_amount -= part
                left -= part
            if open_amount > 0:
                break
            at += 1
            open_amount = claims[at][2] if at < len(claims) else Decimal(0)
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
    """Return all that is still to be paid over the life of the loan: principal, interest and fees."""
    total = sum((row.total for row in rows), Decimal(0))
    return total - sum((payment.amount for payment in payments), Decimal(0))


def _claims(rows: Sequence[Row], order: tuple[str, ...]) -> list[tuple[int, str, Decimal]]:
    amounts = {
        "fees": lambda row: row.fees,
        "interest": lambda row: row.interest,
        "principal": lambda row: row.principal,
    }
    if sorted(order) != sorted(amounts):
        raise ValueError(f"The order must name each component once: {', '.join(sorted(amounts))}")
    return [
        (row.number, component, amounts[component](row))
        for row in sorted(rows, key=lambda r: r.number)
        for component in order
    ]
