"""Where a batch stands: its status, its figures, its sign of life, and telling the browser about them."""

import json
from decimal import Decimal
from typing import Any

import frappe
from frappe.query_builder.functions import Count, Sum
from frappe.utils import now

from social_crm.microcredit.domain import bank_rows
from social_crm.microcredit.domain.bank_rows import Figures
from social_crm.microcredit.services.money import to_decimal
from social_crm.social_crm.domain.census_problem import Problem
from social_crm.social_crm.services.census.state import is_stalled

__all__ = ["is_stalled"]

DRAFT, CHECKING, READY, POSTING = "Draft", "Checking", "Ready", "Being Posted"
FINISHED, CANCELLED, FAILED = "Finished", "Cancelled", "Failed"
RUNNING = (CHECKING, POSTING)
CHECKED = (READY, FINISHED, CANCELLED)
EVENT = "microcredit_payment_progress"


def set_values(name: str, **values: Any) -> None:
    """Write fields of a batch past its form; `modified` stays, so an open form can still be saved."""
    frappe.db.set_value("Microcredit Payment Batch", name, values, update_modified=False)


def begin(name: str, status: str, user: str) -> str:
    """Start a run and return its token. Whoever holds an older token stops at its next payment."""
    token = frappe.generate_hash(length=16)
    set_values(name, status=status, run_token=token, heartbeat=now(), run_by=user, file_problem=None)
    return token


def holds(name: str, token: str, status: str) -> bool:
    """Lock the batch and say whether the run with this token may go on."""
    table = frappe.qb.DocType("Microcredit Payment Batch")
    query = frappe.qb.from_(table).select(table.run_token, table.status).where(table.name == name)
    found = query.for_update().run()
    return bool(found) and tuple(found[0]) == (token, status)


def figures(name: str) -> Figures:
    """Count the rows of a batch and their money."""
    row = frappe.qb.DocType("Microcredit Payment Row")
    found = (
        frappe.qb.from_(row)
        .select(row.result, Count(row.name), Sum(row.amount), Sum(row.posted_amount))
        .where(row.batch == name)
        .groupby(row.result)
        .run()
    )
    return bank_rows.figures(
        (result, many, to_decimal(amount), to_decimal(done)) for result, many, amount, done in found
    )


def refresh_figures(name: str) -> Figures:
    """Write the figures of a batch anew."""
    found = figures(name)
    open_rows = found.by_result.get(bank_rows.READY, (0, Decimal(0)))[0]
    done = found.by_result.get(bank_rows.POSTED, (0, Decimal(0)))[0]
    set_values(
        name,
        total_rows=found.rows,
        total_amount=float(found.total),
        posted_amount=float(found.posted),
        pending_amount=float(found.pending),
        dismissed_amount=float(found.dismissed),
        progress=100.0 * done / (done + open_rows) if done + open_rows else 100.0,
        heartbeat=now(),
    )
    return found


def fail(name: str, problem: Problem) -> None:
    """Note why the file cannot be read; nothing of it is kept."""
    set_values(
        name,
        status=FAILED,
        file_problem=json.dumps(problem.as_dict(), ensure_ascii=False),
        run_token=None,
    )


def tell(name: str, **message: Any) -> None:
    """Tell the open forms of this batch that something moved."""
    message = {"batch": name, **message}
    frappe.publish_realtime(EVENT, message, doctype="Microcredit Payment Batch", docname=name)


def commit() -> None:
    """Keep what is done. Tests of the package roll everything back; a commit there would leave their rows."""
    if not frappe.flags.in_test:
        frappe.db.commit()
