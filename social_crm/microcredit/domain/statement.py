"""The statement of account of a loan: every entry up to a day, what it moved, and where the loan stood after it.

Each line is read from the replay of the entries up to it, so a statement and the ledger cannot disagree.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from social_crm.microcredit.domain.entries import KINDS, Entry, Loan, in_force, total
from social_crm.microcredit.domain.instalments import COMPONENTS
from social_crm.microcredit.domain.ledger import LoanState, after_each, replayed


@dataclass(frozen=True)
class Line:
    """One entry of a statement.

    counts: False for a reversal and for what it took back; such a line moves nothing.
    paid: what the entry paid by component; below zero where a prepayment took back what had been paid in advance.
    balance: principal owed after it. overdue, days_late: on its value date, after it.
    written_off: what of the debt stands outside the books after it, recoveries taken off.
    """

    entry: Entry
    counts: bool
    paid: Mapping[str, Decimal]
    balance: Decimal
    overdue: Decimal
    days_late: int
    written_off: Decimal


@dataclass(frozen=True)
class Statement:
    """The lines up to a day, and where the loan stood at the end of that day (None: no money had been handed over)."""

    lines: tuple[Line, ...]
    state: LoanState | None

    @property
    def paid(self) -> Mapping[str, Decimal]:
        """What was paid of each component over all lines."""
        return {
            component: sum((line.paid[component] for line in self.lines), Decimal(0))
            for component in COMPONENTS
        }


def statement(loan: Loan, as_of: date, known_at: datetime | None = None) -> Statement:
    """Return the statement of a loan as of a value date, as known at a moment (default: everything known).

    Raises:
        LedgerError: the entries do not make a ledger.
    """
    loan = loan.as_known(known_at)
    entries = loan.entries
    counting = in_force(entries, as_of)
    states = dict(zip((entry.key for entry in counting), after_each(loan, counting), strict=True))
    lines: list[Line] = []
    before: LoanState | None = None
    for entry in sorted((entry for entry in entries if entry.value_date <= as_of), key=_order):
        after = states.get(entry.key, before)
        lines.append(_line(entry, before, after))
        before = after
    return Statement(tuple(lines), replayed(loan, counting, as_of) if counting else None)


def _line(entry: Entry, before: LoanState | None, after: LoanState | None) -> Line:
    was, now = _paid(before), _paid(after)
    return Line(
        entry=entry,
        counts=after is not before,
        paid={component: now[component] - was[component] for component in COMPONENTS},
        balance=after.position.balance if after else Decimal(0),
        overdue=after.position.overdue if after else Decimal(0),
        days_late=after.position.days_late if after else 0,
        written_off=total(after.written_off) - after.recovered if after else Decimal(0),
    )


def _paid(state: LoanState | None) -> dict[str, Decimal]:
    paid = dict.fromkeys(COMPONENTS, Decimal(0))
    for share in state.position.allocation.shares if state else ():
        paid[share.component] += share.amount
    return paid


def _order(entry: Entry) -> tuple[date, int, datetime, str]:
    """The order in which entries count; a reversal stands after all other entries of its value date."""
    return entry.value_date, KINDS.index(entry.kind), entry.posted_at, entry.key
