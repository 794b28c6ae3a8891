"""Where a loan stands on a day: balance, overdue amount, days late."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from social_crm.microcredit.domain.allocation import Allocation
from social_crm.microcredit.domain.schedule import Row


@dataclass(frozen=True)
class InstalmentState:
    """One instalment on a day.

    default_interest: what ran on its overdue principal, not part of `row`. days_late: 0 when nothing but default interest
    is unpaid.
    """

    row: Row
    paid_principal: Decimal
    paid_interest: Decimal
    paid_fees: Decimal
    days_late: int
    paid_insurance: Decimal = Decimal(0)
    default_interest: Decimal = Decimal(0)
    paid_default_interest: Decimal = Decimal(0)

    @property
    def paid(self) -> Decimal:
        """All that was paid of it."""
        return (
            self.paid_principal
            + self.paid_interest
            + self.paid_fees
            + self.paid_insurance
            + self.paid_default_interest
        )

    @property
    def unpaid(self) -> Decimal:
        """What is still to be paid of it, default interest included."""
        return self.row.total + self.default_interest - self.paid


@dataclass(frozen=True)
class Position:
    """A loan on a day.

    balance: principal not yet repaid, due or not. unpaid: everything still to be paid over the loan's life.
    overdue: what fell due before the day and is unpaid; overdue_principal is its principal.
    days_late: from the oldest unpaid due date; 0 on the due date itself.
    status: "Active", "In Arrears" or "Paid".
    """

    as_of: date
    balance: Decimal
    unpaid: Decimal
    overdue: Decimal
    overdue_principal: Decimal
    days_late: int
    paid: Decimal
    status: str
    next_due: date | None
    next_amount: Decimal
    instalments: tuple[InstalmentState, ...]
    allocation: Allocation


def summarise(instalments: tuple[InstalmentState, ...], as_of: date, allocation: Allocation) -> Position:
    """Return the position that instalments in order of their due dates add up to."""
    due = [state for state in instalments if state.row.due < as_of and state.unpaid > 0]
    unpaid = sum((state.unpaid for state in instalments), Decimal(0))
    upcoming = next((state for state in instalments if state.unpaid > 0 and state.row.due >= as_of), None)
    days_late = max((state.days_late for state in instalments), default=0)
    return Position(
        as_of=as_of,
        balance=sum((state.row.principal - state.paid_principal for state in instalments), Decimal(0)),
        unpaid=unpaid,
        overdue=sum((state.unpaid for state in due), Decimal(0)),
        overdue_principal=sum((state.row.principal - state.paid_principal for state in due), Decimal(0)),
        days_late=days_late,
        paid=sum((state.paid for state in instalments), Decimal(0)),
        status="Paid" if unpaid == 0 else "In Arrears" if days_late else "Active",
        next_due=upcoming.row.due if upcoming else None,
        next_amount=upcoming.unpaid if upcoming else Decimal(0),
        instalments=instalments,
        allocation=allocation,
    )


def days_late(row: Row, paid: Decimal, as_of: date) -> int:
    """Return for how many days an instalment is late of which so much was paid, default interest apart."""
    return (as_of - row.due).days if row.due < as_of and paid < row.total else 0
