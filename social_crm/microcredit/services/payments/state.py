"""Where a batch stands: its status and its figures."""

from decimal import Decimal

import frappe
from frappe.query_builder.functions import Count, Sum
from frappe.utils import now

from social_crm.file_runs import FileRuns
from social_crm.microcredit.domain import bank_rows
from social_crm.microcredit.domain.bank_rows import Figures
from social_crm.microcredit.services.money import to_decimal

DRAFT, CHECKING, READY, POSTING = "Draft", "Checking", "Ready", "Being Posted"
FINISHED, CANCELLED, FAILED = "Finished", "Cancelled", "Failed"
CHECKED = (READY, FINISHED, CANCELLED)
RUNS = FileRuns("Microcredit Payment Batch", "microcredit_payment_progress", (CHECKING, POSTING))


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
    RUNS.set_values(
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
