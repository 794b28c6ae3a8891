"""Posts the payments of a checked file, one transaction each, and survives whatever happens to the worker.

A row is wholly posted or not at all: its repayments, their entries in the ledger and its own result are committed together. Two
runs never post the same row (file_runs.py). What is posted carries its fingerprint under a unique key, so that two files that hold the same payment
cannot both post it, not even at once.
"""

import time
from decimal import Decimal
from typing import Any

import frappe
from frappe import _
from frappe.utils import now

from social_crm import permissions
from social_crm.file_runs import RUN_SECONDS, act_as, commit, words_of
from social_crm.microcredit.domain import bank_rows
from social_crm.microcredit.services import ledger
from social_crm.microcredit.services.money import money_text, to_decimal
from social_crm.microcredit.services.payments import checking, state, store
from social_crm.microcredit.services.repayments import record_repayment
from social_crm.social_crm.domain.census_problem import error

_BATCH = 200
_TELL_EVERY_SECONDS = 0.7


class _TakenTwiceError(Exception):
    """Another row was posted with the same fingerprint; `place` is its batch and its row."""

    def __init__(self, place: tuple[str, int]) -> None:
        super().__init__()
        self.place = place


_REFUSALS = (_TakenTwiceError, frappe.ValidationError, frappe.PermissionError, frappe.DuplicateEntryError)


def start(name: str, user: str | None = None, token: str | None = None) -> None:
    """Start, continue or hand over the posting of a batch in the background."""
    state.RUNS.start(
        "social_crm.microcredit.services.payments.posting.run", name, state.POSTING, user, token or ""
    )


def run(name: str, token: str, user: str, run_seconds: float = RUN_SECONDS) -> None:
    """Post row after row as the user, until none is ready, the run is cancelled, or its time is up."""
    act_as(user)
    if not state.RUNS.holds(name, token, state.POSTING):
        commit()
        return
    doc = frappe.get_doc("Microcredit Payment Batch", name)
    if not doc.started_on:
        state.RUNS.set_values(name, started_on=now())
    progress = _Progress(name)
    until = time.monotonic() + run_seconds
    # Every row that is taken leaves READY; there are no more rounds than rows.
    for _round in range(progress.total + 1):
        rows = _next(name)
        if not rows:
            _finish(name, token)
            return
        for row in rows:
            if not _post_one(doc, row, token):
                return
            progress.moved()
            if time.monotonic() > until:
                start(name, user, token)
                commit()
                return


class _Progress:
    """The figures while a run goes on, written and told now and then; every row leaves a sign of life."""

    def __init__(self, batch: str) -> None:
        self.batch = batch
        found = state.refresh_figures(batch).by_result
        self.total = found.get(bank_rows.READY, (0, Decimal(0)))[0]
        self.done = 0
        self.told = 0.0
        commit()

    def moved(self) -> None:
        self.done += 1
        if time.monotonic() - self.told > _TELL_EVERY_SECONDS:
            self.told = time.monotonic()
            state.refresh_figures(self.batch)
            commit()
            state.RUNS.tell(self.batch, step="post", done=self.done, total=self.total)


def _next(batch: str) -> list[str]:
    row = frappe.qb.DocType("Microcredit Payment Row")
    found = (
        frappe.qb.from_(row)
        .select(row.name)
        .where((row.batch == batch) & (row.result == bank_rows.READY))
        .orderby(row.paid_on)
        .orderby(row.sheet_row)
        .limit(_BATCH)
        .run()
    )
    return [name for (name,) in found]


def _post_one(doc: Any, name: str, token: str) -> bool:
    """Post one row and commit; False when the run has to stop."""

    def post() -> None:
        _post_row(doc, name)
        state.RUNS.set_values(doc.name, heartbeat=now())

    def refused(why: Exception) -> bool:
        if isinstance(why, _TakenTwiceError):
            problem = error("payment_posted_before", batch=why.place[0], row=why.place[1])
            store.write(name, [problem], result=bank_rows.DUPLICATE)
        else:
            store.write(name, [error("refused", text=words_of(why))], result=bank_rows.REJECTED)
        state.RUNS.set_values(doc.name, heartbeat=now())
        return True

    return state.RUNS.step(token, state.POSTING, doc.name, post, refused, _REFUSALS)


def _post_row(doc: Any, name: str) -> None:
    row = store.locked(name)
    if not row or row.result != bank_rows.READY:
        return
    permissions.require("Microcredit Repayment", "create")
    every = store.shares_of(name)
    shares = [share for share in every if not share.repayment]
    given = sum((to_decimal(share.amount) for share in shares), Decimal(0))
    left = to_decimal(row.amount) - to_decimal(row.posted_amount) - given
    if not shares or given <= 0 or left < 0:
        frappe.throw(_("Say how much of the payment goes to which microcredit."), title=_("Payment Batch"))
    # All locks at once, in their order: payments of the same loans wait for each other and never block.
    ledger.lock(*[share.microcredit for share in shares])
    _take_key(row)
    only_one = len(every) == 1 and not left
    for share in shares:
        place = every.index(share) + 1
        repayment = record_repayment(
            share.microcredit,
            float(share.amount),
            str(row.paid_on),
            channel=doc.channel,
            reference=_reference(row, 0 if only_one else place),
            notes=_("{0}, row {1}").format(row.batch, row.sheet_row),
            kind=share.kind or "Payment",
        )
        frappe.db.set_value("Microcredit Payment Share", share.name, "repayment", repayment)
    done = to_decimal(row.posted_amount) + given
    loan = shares[0].microcredit if len({share.microcredit for share in every}) == 1 else None
    values = {"posted_amount": float(done), "microcredit": loan}
    if left:
        rest = error("payment_part_left", left=money_text(left, row.currency))
        store.write(name, [rest], result=bank_rows.RECONCILE, **values)
    else:
        store.write(name, [], result=bank_rows.POSTED, **values)


def _take_key(row: Any) -> None:
    """Take the fingerprint for this row alone; a payment that a person called another one has a fingerprint of its own."""
    if row.posted_key:
        return
    key = f"{row.fingerprint}:{row.name}" if row.is_other_payment else row.fingerprint
    table = frappe.qb.DocType("Microcredit Payment Row")
    query = frappe.qb.from_(table).select(table.batch, table.sheet_row).where(table.posted_key == key)
    # As committed now: another file may have posted it since this transaction began.
    taken = query.for_update().run()
    if taken:
        raise _TakenTwiceError(tuple(taken[0]))
    frappe.db.set_value("Microcredit Payment Row", row.name, "posted_key", key)


def _reference(row: Any, place: int) -> str | None:
    """The bank reference, which one repayment alone may have: parts and other payments say what they are."""
    text = row.bank_reference or ""
    if not text:
        return None
    if row.is_other_payment:
        text = f"{text} ({row.batch}/{row.sheet_row})"
    return f"{text} [{place}]" if place else text


def _finish(batch: str, token: str) -> None:
    if not state.RUNS.holds(batch, token, state.POSTING):
        return
    state.refresh_figures(batch)
    state.RUNS.stop(batch, state.FINISHED, finished_on=now(), progress=100)
    commit()
    state.RUNS.tell(batch, status=state.FINISHED)


def repayment_reversed(repayment: Any) -> None:
    """Open the row of a file again whose repayment has just been reversed: its money is pending once more."""
    share = frappe.db.get_value(
        "Microcredit Payment Share",
        {"repayment": repayment.name, "is_reversed": 0},
        ["name", "parent"],
        as_dict=True,
    )
    if not share:
        return
    row = store.locked(share.parent)
    done = to_decimal(row.posted_amount) - to_decimal(repayment.amount)
    frappe.db.set_value("Microcredit Payment Share", share.name, "is_reversed", 1)
    problem = error("payment_reversed", repayment=repayment.name, why=repayment.reversal_reason or "")
    store.write(
        row.name,
        [problem],
        result=bank_rows.RECONCILE,
        posted_amount=float(done),
        # Nothing of it is posted any more: the same payment may come again, from this file or another.
        posted_key=row.posted_key if done else None,
    )
    # The batch itself is written later: whoever reverses holds the loan, and a run holds the batch and waits for the loan.
    frappe.enqueue(
        "social_crm.microcredit.services.payments.state.refresh_figures",
        queue="short",
        enqueue_after_commit=True,
        name=row.batch,
    )


def resume_stalled() -> None:
    """Scheduler: continue the runs whose worker was lost."""
    state.RUNS.resume_lost(resume)


def resume(name: str, status: str, user: str) -> None:
    """Start a lost check or posting again as the user who began it."""
    if status == state.CHECKING:
        checking.start(name, user)
    else:
        start(name, user)
