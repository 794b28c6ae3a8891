"""Loads the households of a checked census, one transaction each, and survives whatever happens to the worker.

A household is wholly in or wholly out: its family, persons, memberships and the results of its rows are committed
together. Two runs never load the same one (file_runs.py).
"""

import time
from dataclasses import replace

import frappe
from frappe import _
from frappe.utils import now

from social_crm.file_runs import RUN_SECONDS, act_as, commit, words_of
from social_crm.social_crm.domain.census_households import Household
from social_crm.social_crm.domain.census_plan import DUPLICATE, READY, SKIPPED, Outcome, Site, target_family
from social_crm.social_crm.domain.census_problem import Problem, error
from social_crm.social_crm.services.census import checking, rows_store, state
from social_crm.social_crm.services.census.household_writer import write_household
from social_crm.social_crm.services.census.site_people import families_by_code, loaded_rows

_BATCH = 200
_TELL_EVERY_SECONDS = 0.7


def start(name: str, user: str | None = None, token: str | None = None) -> None:
    """Start, continue or hand over the loading of an import in the background."""
    state.RUNS.start(
        "social_crm.social_crm.services.census.loading.run", name, state.LOADING, user, token or ""
    )


def run(name: str, token: str, user: str, run_seconds: float = RUN_SECONDS) -> None:
    """Load household after household as the user, until all are in, the run is cancelled, or its time is up."""
    act_as(user)
    if not state.RUNS.holds(name, token, state.LOADING):
        commit()
        return
    doc = frappe.get_doc("Census Import", name)
    if not doc.started_on:
        state.RUNS.set_values(name, started_on=now())
    progress = _Progress(name)
    until = time.monotonic() + run_seconds
    last = 0
    # Every round moves past at least one household; an import has no more households than rows.
    for _round in range(progress.total + 1):
        numbers = _next_households(name, last)
        if not numbers:
            _finish(name, token)
            return
        for number in numbers:
            last = number
            if not _load_one(doc, number, token, progress):
                return
            if time.monotonic() > until:
                start(name, user, token)
                commit()
                return


class _Progress:
    """The figures while a run goes on; written with each household, told to the browser now and then."""

    def __init__(self, name: str) -> None:
        self.name = name
        figures = state.refresh_figures(name)
        self.created, self.open = figures.get("Created", 0), figures.get("Ready", 0)
        self.total = self.created + self.open
        self.families = frappe.db.get_value("Census Import", name, "created_families") or 0
        self.rejected = figures.get("Rejected", 0)
        self.told = 0.0

    def note(self, created: int, rejected: int, skipped: int, new_family: bool) -> None:
        self.created += created
        self.rejected += rejected
        self.open -= created + rejected + skipped
        self.families += int(new_family)
        state.RUNS.set_values(
            self.name,
            created_rows=self.created,
            created_families=self.families,
            rejected_rows=self.rejected,
            ready_rows=self.open,
            progress=self.percent,
            heartbeat=now(),
        )

    @property
    def percent(self) -> float:
        return 100.0 * (self.total - self.open) / self.total if self.total else 100.0

    def tell(self) -> None:
        if time.monotonic() - self.told > _TELL_EVERY_SECONDS:
            self.told = time.monotonic()
            done = self.total - self.open
            state.RUNS.tell(
                self.name, step="load", done=done, total=self.total, progress=round(self.percent, 1)
            )


def _next_households(name: str, after: int) -> list[int]:
    row = frappe.qb.DocType("Census Import Row")
    found = (
        frappe.qb.from_(row)
        .select(row.household_number)
        .distinct()
        .where((row.census_import == name) & (row.result == READY) & (row.household_number > after))
        .orderby(row.household_number)
        .limit(_BATCH)
        .run()
    )
    return [number for (number,) in found]


def _load_one(doc: "frappe.model.document.Document", number: int, token: str, progress: _Progress) -> bool:
    """Load one household and commit; False when the run has to stop."""

    def load() -> None:
        progress.note(**_load_household(doc, number))

    def refused(why: Exception) -> bool:
        if isinstance(why, frappe.PermissionError):
            _stop_for_permission(doc.name, why)
            return False
        progress.note(**_reject(doc.name, number, error("refused", text=words_of(why))))
        return True

    goes_on = state.RUNS.step(token, state.LOADING, doc.name, load, refused)
    if goes_on:
        progress.tell()
    return goes_on


def _load_household(doc: "frappe.model.document.Document", number: int) -> dict[str, object]:
    rows = rows_store.outcomes_of(doc.name, number)
    new = {name: outcome for name, outcome in rows.items() if outcome.result == READY}
    # Another import may have loaded the same rows since the check.
    known = loaded_rows([outcome.fingerprint for outcome in new.values()])
    for name, outcome in list(new.items()):
        if existing := known.get(outcome.fingerprint):
            done = _with(outcome, SKIPPED, existing.beneficiary, existing.family, error("already_loaded"))
            rows_store.save_outcome(name, done)
            rows[name] = done
            del new[name]
    skipped = len([o for o in rows.values() if o.result == SKIPPED and o.fingerprint in known])
    if not new:
        return {"created": 0, "rejected": 0, "skipped": skipped, "new_family": False}
    family, reason = _target(list(rows.values()))
    if reason:
        return {**_reject(doc.name, number, reason), "skipped": skipped}
    companions = [o for o in rows.values() if o.result == DUPLICATE and o.beneficiary and not o.same_as_row]
    written = write_household(doc, list(new.values()), companions, family)
    for (name, outcome), person in zip(new.items(), written.people, strict=True):
        done = _with(outcome, "Created", person, written.family)
        rows_store.save_outcome(name, done)
    return {"created": len(new), "rejected": 0, "skipped": skipped, "new_family": not family}


def _with(outcome: Outcome, result: str, person: str, family: str, *reasons: Problem) -> Outcome:
    return replace(
        outcome, result=result, beneficiary=person, family=family, reasons=(*outcome.reasons, *reasons)
    )


def _target(rows: list[Outcome]) -> tuple[str, Problem | None]:
    people = tuple(outcome.row for outcome in rows)
    code = next((row.household for row in people if row.household), "")
    records = frozenset(row.family_record for row in people if row.family_record)
    site = Site(families=families_by_code({row.community for row in people}), family_names=records)
    return target_family(rows, Household(rows[0].household, code, people), site)


def _reject(name: str, number: int, reason: Problem) -> dict[str, object]:
    """Reject the rows of a household that could not be written, with the reason."""
    rejected = 0
    for row_name, outcome in rows_store.outcomes_of(name, number).items():
        if outcome.result == READY:
            rows_store.save_outcome(row_name, _with(outcome, "Rejected", "", "", reason))
            rejected += 1
    return {"created": 0, "rejected": rejected, "skipped": 0, "new_family": False}


def _stop_for_permission(name: str, refused: Exception) -> None:
    problem = error("refused", text=words_of(refused) or _("No permission."))
    state.RUNS.stop(name, state.CANCELLED, problem)
    commit()
    state.RUNS.tell(name, status=state.CANCELLED)


def _finish(name: str, token: str) -> None:
    if not state.RUNS.holds(name, token, state.LOADING):
        return
    _place_copies(name)
    state.refresh_figures(name)
    state.RUNS.stop(name, state.FINISHED, finished_on=now(), progress=100)
    commit()
    state.RUNS.tell(name, status=state.FINISHED)


def _place_copies(name: str) -> None:
    """A row that repeats another row of the file stands for the person that the other row became."""
    row, other = frappe.qb.DocType("Census Import Row"), frappe.qb.DocType("Census Import Row").as_("other")
    found = (
        frappe.qb.from_(row)
        .join(other)
        .on((other.census_import == row.census_import) & (other.sheet_row == row.same_as_row))
        .select(row.name, other.beneficiary, other.family)
        .where((row.census_import == name) & (row.result == DUPLICATE) & (row.same_as_row > 0))
        .where(row.beneficiary.isnull() & other.beneficiary.isnotnull())
        .run()
    )
    for row_name, beneficiary, family in found:
        frappe.db.set_value("Census Import Row", row_name, {"beneficiary": beneficiary, "family": family})


def resume_stalled() -> None:
    """Scheduler: continue the runs whose worker was lost."""
    state.RUNS.resume_lost(resume)


def resume(name: str, status: str, user: str) -> None:
    """Start a lost check or load again as the user who began it."""
    if status == state.CHECKING:
        checking.start(name, user)
    else:
        start(name, user)
