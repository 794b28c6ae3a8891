"""Long work on an uploaded file, in the background: how a run says that it lives, is stopped, lost and continued.

A document of such a DocType (a census, a file of payments) has the fields `status`, `run_token`, `run_by`, `heartbeat` and
`file_problem`. A run holds a token; a newer one (Continue, or the scheduler after a lost worker) takes the token over, and the
older one stops before its next step, so that two runs never do the same.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import frappe
from frappe.translate import get_user_lang
from frappe.utils import add_to_date, get_datetime, now, now_datetime, strip_html

from social_crm.social_crm.domain.census_problem import Problem

# A run that has given no sign of life for so long has lost its worker.
STALLED_AFTER_SECONDS = 150
# A run hands over to a fresh job after so long; no job comes near the time limit of its queue, however large the file.
RUN_SECONDS = 600
_TRIES = 4


@dataclass(frozen=True)
class FileRuns:
    """The runs of a DocType. event: of the socket. running: its statuses while a run is under way."""

    doctype: str
    event: str
    running: tuple[str, ...]

    def set_values(self, name: str, **values: Any) -> None:
        """Write fields of a document past its form; `modified` stays, so an open form can still be saved."""
        frappe.db.set_value(self.doctype, name, values, update_modified=False)

    def start(self, method: str, name: str, status: str, user: str | None = None, token: str = "") -> None:
        """Run a method in the background as the user who asks, or on whose behalf it is continued.

        method: path of a function of (name, token, user). token: of the run that hands over; empty begins a new run.
        """
        user = user or frappe.session.user
        frappe.enqueue(
            method,
            queue="long",
            timeout=3600,
            enqueue_after_commit=True,
            name=name,
            token=token or self.begin(name, status, user),
            user=user,
        )

    def begin(self, name: str, status: str, user: str) -> str:
        """Begin a run and return its token. Whoever holds an older token stops before its next step."""
        token = frappe.generate_hash(length=16)
        self.set_values(name, status=status, run_token=token, heartbeat=now(), run_by=user, file_problem=None)
        return token

    def holds(self, name: str, token: str, status: str) -> bool:
        """Lock the document and say whether the run with this token may go on."""
        table = frappe.qb.DocType(self.doctype)
        query = frappe.qb.from_(table).select(table.run_token, table.status).where(table.name == name)
        found = query.for_update().run()
        return bool(found) and tuple(found[0]) == (token, status)

    def step(
        self,
        token: str,
        status: str,
        name: str,
        work: Callable[[], None],
        refused: Callable[[Exception], bool],
        refusals: tuple[type[Exception], ...] = (frappe.ValidationError, frappe.PermissionError),
    ) -> bool:
        """Do one step of a run and commit it: wholly or not at all. False when the run has to stop.

        refused: called with what of `refusals` the work raised, once nothing of it is left; says whether the run goes on.
        """
        for attempt in range(_TRIES):
            if not self.holds(name, token, status):
                # Nothing has been written since the last step; this only gives the lock back.
                commit()
                return False
            frappe.db.savepoint("file_run_step")
            goes_on = True
            try:
                work()
            except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
                # Another transaction was in the way; the database has already undone ours.
                frappe.db.rollback()
                if attempt == _TRIES - 1:
                    raise
                time.sleep(0.2 * (attempt + 1))
                continue
            except refusals as error:
                frappe.db.rollback(save_point="file_run_step")
                goes_on = refused(error)
            frappe.clear_messages()
            commit()
            return goes_on
        return False

    def stop(self, name: str, status: str, problem: Problem | None = None, **values: Any) -> None:
        """End a run in a status; problem: why it could not go on."""
        text = json.dumps(problem.as_dict(), ensure_ascii=False) if problem else None
        self.set_values(name, status=status, run_token=None, file_problem=text, **values)

    def tell(self, name: str, **message: Any) -> None:
        """Tell the open forms of this document that something moved."""
        frappe.publish_realtime(self.event, {"name": name, **message}, doctype=self.doctype, docname=name)

    def is_stalled(self, doc: Any) -> bool:
        """Whether a document (or row of it) says that it runs, and its worker is lost."""
        return doc.status in self.running and lost_its_worker(doc.heartbeat)

    def resume_lost(self, resume: Callable[[str, str, str], None]) -> None:
        """For the scheduler: continue the runs whose worker was lost. resume: takes name, status and user."""
        # The scheduler acts for the system: it must see the runs of everybody.
        found = frappe.get_all(
            self.doctype,
            filters={"status": ["in", self.running]},
            fields=["name", "status", "heartbeat", "run_by"],
        )
        for run in found:
            if self.is_stalled(run):
                resume(run.name, run.status, run.run_by)


def lost_its_worker(heartbeat: Any) -> bool:
    """Whether a run with this last sign of life has lost its worker."""
    limit = add_to_date(now_datetime(), seconds=-STALLED_AFTER_SECONDS)
    return not heartbeat or get_datetime(heartbeat) < limit


def act_as(user: str) -> None:
    """Go on as a user, in the user's language: what the user may not do, the run may not either."""
    frappe.set_user(user)
    frappe.local.lang = get_user_lang(user)


def commit() -> None:
    """Keep what is done. Tests of the package roll everything back; a commit there would leave their rows."""
    if not frappe.flags.in_test:
        frappe.db.commit()


def words_of(refused: Exception) -> str:
    """Return what a refusal said, without its markup."""
    return strip_html(str(refused)).strip() or type(refused).__name__


def remember_headers(doc: Any, memory_doctype: str, header_key: Callable[[str], str]) -> None:
    """Keep what was chosen for each header of a file, for the next file of the organisation."""
    for column in doc.columns:
        key = header_key(column.header)[:140]
        # What the program knows by itself is not remembered: it depends on the other columns of the file.
        if not key or not column.target_field or column.basis not in ("Chosen", "Similar", "Remembered"):
            continue
        name = frappe.db.get_value(memory_doctype, {"header_key": key})
        memory = frappe.get_doc(memory_doctype, name) if name else frappe.new_doc(memory_doctype)
        memory.update({"header": column.header, "header_key": key, "target_field": column.target_field})
        memory.times_used = (memory.times_used or 0) + 1
        memory.last_used_on = frappe.utils.today()
        # Whoever may load files may teach the program their headers; that needs no right to edit the list by hand.
        memory.save(ignore_permissions=True)


def described(doc: Any, runs: FileRuns, sentence: Callable[[Problem], str]) -> dict[str, Any]:
    """Return what the form shows of any such document: where it stands, and its file with sheet and columns.

    sentence: says a finding in the user's language.
    """
    problem = json.loads(doc.file_problem) if doc.file_problem else None
    return {
        "name": doc.name,
        "status": doc.status,
        "stalled": runs.is_stalled(doc),
        "problem": sentence(Problem.from_dict(problem)) if problem else None,
        "notices": [sentence(found) for found in problems_of(doc.notices)],
        "sheets": json.loads(doc.sheet_names or "[]"),
        "sheet": doc.sheet_name,
        "header_row": doc.header_row,
        "columns": [
            {
                "index": column.column_index,
                "letter": column.column_letter,
                "header": column.header,
                "field": column.target_field or "",
                "basis": column.basis,
                "samples": column.samples,
            }
            for column in doc.columns
        ],
        "progress": doc.progress,
    }


def problems_of(text: str | None) -> tuple[Problem, ...]:
    """Return the findings that are stored as JSON."""
    return tuple(Problem.from_dict(item) for item in json.loads(text or "[]"))
