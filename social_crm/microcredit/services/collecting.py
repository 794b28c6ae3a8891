"""What the loans that the reader may see are to bring: in a week, loan by loan, and month by month."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from social_crm.microcredit.domain import portfolio as domain
from social_crm.microcredit.domain.portfolio import Expected
from social_crm.microcredit.services import snapshots
from social_crm.microcredit.services.snapshots import Question


@dataclass(frozen=True)
class Due:
    """What one loan is to bring. due_on: the first due date of the time; overdue: what fell due before it and is unpaid."""

    loan: Mapping[str, Any]
    due_on: date | None
    due: Decimal
    overdue: Decimal
    days_late: int

    @property
    def total(self) -> Decimal:
        """All that is to be collected."""
        return self.due + self.overdue


def due_until(asked: Question, last: date) -> list[Due]:
    """Return what is to be collected from the day asked for to another, by community, officer and name.

    Loans that were written off are not in it: what they bring is a recovery.
    """
    found = []
    for snapshot in snapshots.read(asked):
        position = snapshot.state.position
        if position.status == "Written Off":
            continue
        coming, overdue = domain.due_between(position.instalments, asked.as_of, last)
        if coming or overdue:
            found.append(
                Due(
                    snapshot.loan,
                    coming[0].row.due if coming else None,
                    sum((item.unpaid for item in coming), Decimal(0)),
                    sum((item.unpaid for item in overdue), Decimal(0)),
                    position.days_late,
                )
            )
    return sorted(found, key=_place)


def expected(asked: Question, by: str) -> dict[str, Expected]:
    """Return what is still to be paid, by month, quarter or year of its due date, with what is overdue first."""
    return domain.expected_by_month(
        (
            item
            for snapshot in snapshots.read(asked)
            if snapshot.state.position.status != "Written Off"
            for item in snapshot.state.position.instalments
        ),
        asked.as_of,
        by,
    )


def _place(due: Due) -> tuple[str, ...]:
    loan = due.loan
    return tuple(loan[key] or "" for key in ("community", "credit_officer", "beneficiary_name", "name"))
