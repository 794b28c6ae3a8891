"""Where an import stands: its status and its figures."""

import frappe
from frappe import _
from frappe.utils import now

from social_crm.file_runs import FileRuns
from social_crm.social_crm.domain.census_problem import Problem
from social_crm.social_crm.services.census import rows_store
from social_crm.social_crm.services.census.messages import sentence

DRAFT, CHECKING, READY, LOADING = "Draft", "Checking", "Ready", "Loading"
FINISHED, CANCELLED, FAILED = "Finished", "Cancelled", "Failed"
RUNS = FileRuns("Census Import", "census_import_progress", (CHECKING, LOADING))


def refresh_figures(name: str) -> dict[str, int]:
    """Count the rows anew and write the figures; returns result -> rows."""
    found = rows_store.counts(name)
    total = sum(found.values())
    open_rows = found.get("Ready", 0)
    created = found.get("Created", 0)
    RUNS.set_values(
        name,
        total_rows=total,
        ready_rows=open_rows,
        created_rows=created,
        duplicate_rows=found.get("Repeated", 0),
        undecided_rows=found.get("To Decide", 0),
        waiting_rows=found.get("Waiting", 0),
        rejected_rows=found.get("Rejected", 0),
        skipped_rows=found.get("Skipped", 0),
        progress=100.0 * created / (created + open_rows) if created + open_rows else 100.0,
        heartbeat=now(),
    )
    return found


def fail(name: str, problem: Problem) -> None:
    """Note why the file cannot be loaded; nothing of it is kept."""
    rows_store.delete_rows(name)
    RUNS.stop(name, FAILED, problem, total_rows=0, ready_rows=0)


def refuse(problem: Problem) -> None:
    """Throw the finding as a message."""
    frappe.throw(frappe.utils.escape_html(sentence(problem)), title=_("Census Import"))
