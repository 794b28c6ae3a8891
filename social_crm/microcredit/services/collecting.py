"""What the loans that the reader may see are to bring: in a week, loan by loan, and month by month.

As of today it stands in the table of instalments; of another day, or as known before, every loan that owed something is replayed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Any

from frappe.query_builder import DocType
from pypika import Case
from pypika.functions import Min

from social_crm.microcredit.domain import portfolio as domain
from social_crm.microcredit.domain.arrears import InstalmentState
from social_crm.microcredit.domain.portfolio import Expected
from social_crm.microcredit.domain.schedule import Row
from social_crm.microcredit.services import snapshots
from social_crm.microcredit.services.money import exact_sum, to_decimal
from social_crm.microcredit.services.snapshots import Question, Snapshot


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
    found = [_due(snapshot, asked, last) for snapshot in _replayed(asked)]
    if snapshots.is_current(asked):
        found += _kept_due(asked, last)
    return sorted((due for due in found if due.total), key=_place)


def expected(asked: Question, by: str) -> dict[str, Expected]:
    """Return what is still to be paid, by month, quarter or year of its due date, with what is overdue first."""
    replayed = (item for snapshot in _replayed(asked) for item in snapshot.state.position.instalments)
    kept = _kept_instalments(asked) if snapshots.is_current(asked) else []
    return domain.expected_by_month(chain(replayed, kept), asked.as_of, by)


def _replayed(asked: Question) -> Iterator[Snapshot]:
    """The loans that have to be replayed: of the past all that owed something, of today those whose figures are older."""
    only = snapshots.is_stale(asked) if snapshots.is_current(asked) else snapshots.owing(asked)
    for snapshot in snapshots.read(asked, only):
        if snapshot.state.position.status != "Written Off":
            yield snapshot


def _due(snapshot: Snapshot, asked: Question, last: date) -> Due:
    position = snapshot.state.position
    coming, overdue = domain.due_between(position.instalments, asked.as_of, last)
    return Due(
        snapshot.loan,
        min((item.row.due for item in coming), default=None),
        sum((item.unpaid for item in coming), Decimal(0)),
        sum((item.unpaid for item in overdue), Decimal(0)),
        position.days_late,
    )


def _kept_due(asked: Question, last: date) -> list[Due]:
    """What the table of instalments says that is to be collected, loan by loan."""
    loan, row, person = DocType("Microcredit"), DocType("Microcredit Instalment"), DocType("Beneficiary")
    coming = row.due_date >= asked.as_of
    query = (
        _unpaid(snapshots.rows(asked), asked)
        .where(row.due_date <= last)
        .select(
            loan.days_late,
            Min(Case().when(coming, row.due_date)).as_("due_on"),
            exact_sum(Case().when(coming, row.unpaid).else_(0)).as_("due"),
            exact_sum(Case().when(coming, 0).else_(row.unpaid)).as_("overdue"),
        )
        .groupby(loan.name, person.community)
    )
    found = []
    for values in query.run(as_dict=True):
        late, due_on, due, overdue = (values.pop(key) for key in ("days_late", "due_on", "due", "overdue"))
        found.append(Due(values, due_on, to_decimal(due), to_decimal(overdue), late))
    return found


def _kept_instalments(asked: Question) -> list[InstalmentState]:
    """What the table of instalments says that is still to be paid, as one instalment for each due date."""
    row = DocType("Microcredit Instalment")
    query = (
        _unpaid(snapshots.selected(asked), asked)
        .select(
            row.due_date,
            exact_sum(row.principal - row.paid_principal),
            exact_sum(row.interest - row.paid_interest),
            exact_sum(row.unpaid),
        )
        .groupby(row.due_date)
    )
    return [_together(due, *(to_decimal(amount) for amount in amounts)) for due, *amounts in query.run()]


def _together(due: date, principal: Decimal, interest: Decimal, unpaid: Decimal) -> InstalmentState:
    zero = Decimal(0)
    return InstalmentState(
        Row(1, due, principal, interest, unpaid - principal - interest, unpaid, zero), zero, zero, zero, 0
    )


def _unpaid(query: Any, asked: Question) -> Any:
    """Limit a query over loans to their unpaid instalments, as the site keeps them as of today."""
    loan, row = DocType("Microcredit"), DocType("Microcredit Instalment")
    return (
        query.join(row)
        .on((row.parent == loan.name) & (row.parenttype == "Microcredit"))
        .where(loan.status.isin(snapshots.UNPAID) & (loan.position_as_of == asked.as_of) & (row.unpaid > 0))
    )


def _place(due: Due) -> tuple[str, ...]:
    loan = due.loan
    return tuple(loan[key] or "" for key in ("community", "credit_officer", "beneficiary_name", "name"))
