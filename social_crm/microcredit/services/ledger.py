"""Where a loan stands: reckoned from its schedule and its posted repayments, never carried forward by hand."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import frappe
from frappe.utils import get_datetime, getdate

from social_crm.microcredit.domain.allocation import Payment
from social_crm.microcredit.domain.arrears import Position, Posting, live_payments, position
from social_crm.microcredit.domain.schedule import Row
from social_crm.microcredit.services.money import to_decimal

_BATCH = 200


def lock(loan: str) -> Any:
    """Lock the row of a loan until the transaction ends, and return what was agreed, as last committed."""
    return frappe.db.get_value(
        "Microcredit",
        loan,
        ["name", "beneficiary", "currency", "disbursed_on", "status"],
        as_dict=True,
        for_update=True,
    )


def rows_of(loan: str) -> tuple[Row, ...]:
    """Return the instalments of a loan as the domain knows them. They never change once the loan exists."""
    instalment = frappe.qb.DocType("Microcredit Instalment")
    query = (
        frappe.qb.from_(instalment)
        .select(
            instalment.number,
            instalment.due_date,
            instalment.principal,
            instalment.interest,
            instalment.fees,
            instalment.total,
            instalment.balance,
        )
        .where((instalment.parent == loan) & (instalment.parenttype == "Microcredit"))
        .orderby(instalment.number)
    )
    return tuple(
        Row(number, getdate(due), *(to_decimal(amount) for amount in amounts))
        for number, due, *amounts in query.run()
    )


def payments_of(loan: str, latest: bool = False) -> tuple[Payment, ...]:
    """Return the repayments in force of a loan.

    latest: read what is committed now and not the snapshot of this transaction; only for who holds the loan's lock.
    """
    repayment = frappe.qb.DocType("Microcredit Repayment")
    query = (
        frappe.qb.from_(repayment)
        .select(repayment.name, repayment.paid_on, repayment.amount, repayment.posted_at)
        .where((repayment.microcredit == loan) & (repayment.docstatus == 1))
    )
    if latest:
        query = query.for_update()
    return tuple(_payment(*row) for row in query.run())


def postings_of(loan: str) -> tuple[Posting, ...]:
    """Return every repayment that was ever posted, reversed ones included, to answer "as known at"."""
    repayment = frappe.qb.DocType("Microcredit Repayment")
    query = (
        frappe.qb.from_(repayment)
        .select(
            repayment.name, repayment.paid_on, repayment.amount, repayment.posted_at, repayment.reversed_at
        )
        .where((repayment.microcredit == loan) & (repayment.docstatus > 0))
    )
    return tuple(Posting(_payment(*row[:4]), get_datetime(row[4]) if row[4] else None) for row in query.run())


def position_of(loan: str, as_of: date | None = None, known_at: datetime | None = None) -> Position:
    """Return where a loan stands on a day (today), as known at a moment (now)."""
    day = getdate(as_of)
    return position(rows_of(loan), live_payments(postings_of(loan), day, known_at), day)


def refresh(loan: str, as_of: date | None = None) -> Position:
    """Write today's figures of a loan and of its repayments, under the loan's lock; write only what changed."""
    lock(loan)
    state = position(rows_of(loan), payments_of(loan, latest=True), getdate(as_of))
    _write_instalments(loan, state)
    _write_repayments(loan, state)
    _write_changes(
        "Microcredit",
        loan,
        {
            "status": state.status,
            "balance": state.balance,
            "unpaid_amount": state.unpaid,
            "paid_amount": state.paid,
            "overdue_amount": state.overdue,
            "overdue_principal": state.overdue_principal,
            "days_late": state.days_late,
            "next_due_date": state.next_due,
            "next_amount": state.next_amount,
            "position_as_of": state.as_of,
        },
    )
    return state


def refresh_all() -> None:
    """Bring every loan that is not paid to today's date (nightly)."""
    # The scheduler works for everybody: no user's row permissions apply.
    loans = frappe.get_all("Microcredit", filters={"status": ["!=", "Paid"]}, pluck="name", order_by="name")
    for number, loan in enumerate(loans, start=1):
        refresh(loan)
        if number % _BATCH == 0:
            # Each loan stands on its own: a long night keeps what is done and frees its locks.
            frappe.db.commit()


def _payment(name: str, paid_on: Any, amount: Any, posted_at: Any) -> Payment:
    return Payment(name, getdate(paid_on), to_decimal(amount), get_datetime(posted_at))


def _write_instalments(loan: str, state: Position) -> None:
    # Row names alone; the caller has locked the loan and answers for its permission.
    names: Sequence[Any] = frappe.get_all(
        "Microcredit Instalment",
        filters={"parent": loan, "parenttype": "Microcredit"},
        fields=["name", "number"],
    )
    name_of = {row.number: row.name for row in names}
    for item in state.instalments:
        _write_changes(
            "Microcredit Instalment",
            name_of[item.row.number],
            {
                "paid_principal": item.paid_principal,
                "paid_interest": item.paid_interest,
                "paid_fees": item.paid_fees,
                "unpaid": item.unpaid,
                "days_late": item.days_late,
            },
        )


def _write_repayments(loan: str, state: Position) -> None:
    """What each payment paid follows from all of them: a backdated one moves those of later days."""
    for payment in payments_of(loan, latest=True):
        if payment.value_date > state.as_of:
            continue
        _write_changes(
            "Microcredit Repayment",
            payment.key,
            {
                f"{component}_paid": state.allocation.of_payment(payment.key, component)
                for component in ("fees", "interest", "principal")
            },
        )


def _write_changes(doctype: str, name: str, values: dict[str, Any]) -> None:
    stored = frappe.db.get_value(doctype, name, list(values), as_dict=True)
    changed = {}
    for field, value in values.items():
        is_number = field not in ("status", "next_due_date", "position_as_of")
        same = to_decimal(stored[field]) == to_decimal(value) if is_number else stored[field] == value
        if not same:
            changed[field] = float(value) if is_number else value
    if changed:
        frappe.db.set_value(doctype, name, changed, update_modified=False)
