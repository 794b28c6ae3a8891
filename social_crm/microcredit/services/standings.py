"""Where every loan stood on every day, as known at every moment: the table from which portfolios are counted.

Derived from the ledger and written under the loan's lock in the transaction of the posting. What is known of a loan is never
changed: a stretch that no longer holds is closed at the moment of the posting, and the new one begins to be known then.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import frappe
from frappe.query_builder import DocType
from frappe.utils import get_datetime, getdate
from pypika.terms import Criterion

from social_crm.microcredit.domain import standing as domain
from social_crm.microcredit.domain.ledger import Loan
from social_crm.microcredit.domain.standing import STILL, Known, Segment
from social_crm.microcredit.services.money import to_decimal

STANDING = "Microcredit Standing"
# Rows in one statement.
_AT_ONCE = 500
_COLUMNS = (
    "from_date",
    "to_date",
    "balance",
    "late_since",
    "is_open",
    "is_restructured",
    "is_written_off",
    "disbursed_amount",
    "disbursed_on",
)


def write(books: Mapping[str, Loan], moment: datetime) -> None:
    """Bring what is known of loans to their books, as known from a moment on. The caller holds the loans' locks.

    moment: when the newest entry was posted; now, where something else changed what follows from the books.
    """
    if not books:
        return
    closed: list[str] = []
    never: list[str] = []
    new: dict[str, list[Known]] = {}
    anew: dict[str, Loan] = {}
    # Of a loan without another entry nothing can be there: two new loans would lock the same gap of the index.
    older = {name for name, book in books.items() if any(e.posted_at != moment for e in book.entries)}
    stored = _known_now(older)
    for name, book in books.items():
        rows = stored[name]
        if (not rows and name in older) or any(since > moment for _row, since in rows.values()):
            # Nothing was written of it yet, or the clock of the server went back.
            anew[name] = book
            continue
        gone, added = domain.difference(rows, domain.segments(book))
        for segment in gone:
            row, since = rows[segment]
            (never if since == moment else closed).append(row)
        new[name] = [Known(segment, moment, STILL) for segment in added]
    table = DocType(STANDING)
    if never:
        frappe.qb.from_(table).delete().where(table.name.isin(never)).run()
    if closed:
        frappe.qb.update(table).set(table.known_to, moment).where(table.name.isin(closed)).run()
    _insert(new)
    rebuild(anew)


def rebuild(books: Mapping[str, Loan]) -> None:
    """Write all that was ever known of loans, from their entries alone."""
    if not books:
        return
    table = DocType(STANDING)
    frappe.qb.from_(table).delete().where(table.microcredit.isin(list(books))).run()
    _insert({name: domain.history(book) for name, book in books.items()})


def holding(table: Any, as_of: date, known_at: datetime | None = None) -> Criterion:
    """Return the criterion of the one row of each loan that says where it stood on a day, as known at a moment (None: now)."""
    return known(table, known_at) & (table.to_date >= as_of) & (table.from_date <= as_of)


def known(table: Any, known_at: datetime | None = None) -> Criterion:
    """Return the criterion of what is known of loans at a moment (None: now)."""
    if known_at is None:
        return table.known_to == STILL
    return (table.known_from <= known_at) & (table.known_to > known_at)


def _known_now(names: Iterable[str]) -> dict[str, dict[Segment, tuple[str, datetime]]]:
    """What is known now of loans, by loan: each stretch with its row and since when it is known."""
    wanted = list(names)
    if not wanted:
        return defaultdict(dict)
    table = DocType(STANDING)
    query = (
        frappe.qb.from_(table)
        .select(table.microcredit, table.name, table.known_from, *(table[field] for field in _COLUMNS))
        .where(table.microcredit.isin(wanted) & (table.known_to == STILL))
        .for_update()
    )
    found: dict[str, dict[Segment, tuple[str, datetime]]] = defaultdict(dict)
    for loan, row, since, *values in query.run():
        found[loan][_segment(values)] = (row, get_datetime(since))
    return found


def _segment(values: Sequence[Any]) -> Segment:
    start, end, balance, late, is_open, restructured, written_off, disbursed, disbursed_on = values
    return Segment(
        getdate(start),
        getdate(end),
        to_decimal(balance),
        getdate(late) if late else None,
        bool(is_open),
        bool(restructured),
        bool(written_off),
        to_decimal(disbursed),
        getdate(disbursed_on),
    )


def _insert(rows: Mapping[str, Iterable[Known]]) -> None:
    values = [(name, row) for name, known in rows.items() for row in known]
    if not values:
        return
    loan, table = DocType("Microcredit"), DocType(STANDING)
    currencies = dict(
        frappe.qb.from_(loan).select(loan.name, loan.currency).where(loan.name.isin(list(rows))).run()
    )
    now, user = frappe.utils.now(), frappe.session.user
    kept = ("name", "owner", "modified_by", "creation", "modified", "microcredit", "currency")
    for start in range(0, len(values), _AT_ONCE):
        query = frappe.qb.into(table).columns(*kept, "known_from", "known_to", *_COLUMNS)
        for name, row in values[start : start + _AT_ONCE]:
            query = query.insert(
                _name(name, row),
                user,
                user,
                now,
                now,
                name,
                currencies[name],
                row.known_from,
                row.known_to,
                *_stored(row.segment),
            )
        query.run()


def _name(loan: str, row: Known) -> str:
    """A loan has one stretch that begins on a day and is known from a moment."""
    return f"{loan}-{row.known_from:%y%m%d%H%M%S%f}-{row.segment.from_date:%y%m%d}"


def _stored(segment: Segment) -> tuple[Any, ...]:
    return (
        segment.from_date,
        segment.to_date,
        format(segment.balance, "f"),
        segment.late_since,
        int(segment.is_open),
        int(segment.is_restructured),
        int(segment.is_written_off),
        format(segment.disbursed, "f"),
        segment.disbursed_on,
    )
