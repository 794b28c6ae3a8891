"""The days late, overdue amounts and default interest of all loans, which move with the calendar alone."""

from datetime import date
from typing import Any

import frappe
from frappe.query_builder import DocType
from frappe.utils import getdate

from social_crm.microcredit.domain import ledger as domain
from social_crm.microcredit.services import figures, loans

# Loans that are locked, reckoned and committed together.
_BATCH = 500
# Where time moves nothing.
_SETTLED = ("Paid", "Pending", "Written Off", "Annulled")


def refresh_all(as_of: Any = None) -> None:
    """Bring every loan to a day (today). The scheduler works for everybody: no user's row permissions apply."""
    day = getdate(as_of)
    _move_unchanged(day)
    last = ""
    while names := _next(last, day):
        refresh(names, day)
        last = names[-1]
        if len(names) == _BATCH:
            # A long night keeps what is done and frees its locks.
            frappe.db.commit()


def refresh(names: list[str], day: date) -> None:
    """Bring some loans to a day, under their locks."""
    loan = DocType("Microcredit")
    locked = frappe.qb.from_(loan).select(loan.name).where(loan.name.isin(names)).orderby(loan.name)
    books = loans.read([row[0] for row in locked.for_update().run()], latest=True)
    figures.write_all({name: domain.state(book, day) for name, book in books.items()})


def _move_unchanged(day: date) -> None:
    """Date the figures of loans that time did not change: nothing is late, and nothing fell due since.

    Interest that is added to the principal moves it without falling due: such loans are reckoned.
    """
    loan, row = DocType("Microcredit"), DocType("Microcredit Instalment")
    capitalising = frappe.qb.from_(row).select(row.parent).where(row.capitalised > 0)
    (
        frappe.qb.update(loan)
        .set(loan.position_as_of, day)
        .where((loan.status == "Active") & (loan.days_late == 0))
        .where((loan.next_due_date >= day) & (loan.position_as_of < day))
        .where(loan.name.notin(capitalising))
        .run()
    )


def _next(after: str, day: date) -> list[str]:
    loan = DocType("Microcredit")
    query = (
        frappe.qb.from_(loan)
        .select(loan.name)
        .where((loan.name > after) & loan.status.notin(_SETTLED))
        .where(loan.position_as_of.isnull() | (loan.position_as_of != day))
        .orderby(loan.name)
        .limit(_BATCH)
    )
    return [row[0] for row in query.run()]
