"""Where an import stands: its status, its figures, its sign of life, and telling the browser about them."""

import json

import frappe
from frappe import _
from frappe.utils import add_to_date, now, now_datetime

from social_crm.social_crm.domain.census_problem import Problem
from social_crm.social_crm.services.census import rows_store
from social_crm.social_crm.services.census.messages import sentence

DRAFT, CHECKING, READY, LOADING = "Draft", "Checking", "Ready", "Loading"
FINISHED, CANCELLED, FAILED = "Finished", "Cancelled", "Failed"
RUNNING = (CHECKING, LOADING)
EVENT = "census_import_progress"
# A run that has given no sign of life for so long has lost its worker.
STALLED_AFTER_SECONDS = 150


def set_values(name: str, **values: object) -> None:
    """Write fields of an import past its form; `modified` stays, so an open form can still be saved."""
    frappe.db.set_value("Census Import", name, values, update_modified=False)


def begin(name: str, status: str, user: str) -> str:
    """Start a run and return its token. Whoever holds an older token stops at its next household."""
    token = frappe.generate_hash(length=16)
    set_values(name, status=status, run_token=token, heartbeat=now(), run_by=user, file_problem=None)
    return token


def holds(name: str, token: str, status: str) -> bool:
    """Lock the import and say whether the run with this token may go on."""
    table = frappe.qb.DocType("Census Import")
    found = (
        frappe.qb.from_(table)
        .select(table.run_token, table.status)
        .where(table.name == name)
        .for_update()
        .run()
    )
    return bool(found) and found[0] == (token, status)


def is_stalled(heartbeat: object) -> bool:
    """Whether a run with this last sign of life has lost its worker."""
    limit = add_to_date(now_datetime(), seconds=-STALLED_AFTER_SECONDS)
    return not heartbeat or frappe.utils.get_datetime(heartbeat) < limit


def refresh_figures(name: str) -> dict[str, int]:
    """Count the rows anew and write the figures; returns result -> rows."""
    found = rows_store.counts(name)
    total = sum(found.values())
    open_rows = found.get("Ready", 0)
    created = found.get("Created", 0)
    set_values(
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
    set_values(
        name,
        status=FAILED,
        file_problem=json.dumps(problem.as_dict(), ensure_ascii=False),
        run_token=None,
        total_rows=0,
        ready_rows=0,
    )


def tell(name: str, **message: object) -> None:
    """Tell the open forms of this import that something moved."""
    frappe.publish_realtime(EVENT, {"census_import": name, **message}, doctype="Census Import", docname=name)


def refuse(problem: Problem) -> None:
    """Throw the finding as a message."""
    frappe.throw(frappe.utils.escape_html(sentence(problem)), title=_("Census Import"))
