"""The check of a file of payments: read, match and compare, and keep the outcome of every row. Posts nothing."""

import json
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import frappe
from frappe.utils import getdate

from social_crm.file_runs import act_as, words_of
from social_crm.microcredit.domain import bank_columns, bank_rows
from social_crm.microcredit.domain.bank_matching import Matcher
from social_crm.microcredit.domain.bank_rows import BankRow
from social_crm.microcredit.services import ledger, loans
from social_crm.microcredit.services.ledger import Fact
from social_crm.microcredit.services.money import decimals_of
from social_crm.microcredit.services.payments import directory, files, state, store
from social_crm.microcredit.services.payments.doubles import OnRecord
from social_crm.microcredit.services.payments.store import Outcome
from social_crm.social_crm.domain.census_problem import error, warning
from social_crm.social_crm.domain.census_sheet import body
from social_crm.social_crm.services.census.file_error import CensusFileError, refuse

_BATCH = 500


def start(name: str, user: str | None = None) -> None:
    """Start the check of a batch in the background, as the user who asks or on whose behalf it is resumed."""
    state.RUNS.start("social_crm.microcredit.services.payments.checking.run", name, state.CHECKING, user)


def run(name: str, token: str, user: str) -> None:
    """Check the file as the user; whatever is wrong with the file ends in the batch, not in the worker."""
    act_as(user)
    if not state.RUNS.holds(name, token, state.CHECKING):
        return
    try:
        _check(frappe.get_doc("Microcredit Payment Batch", name))
        state.RUNS.stop(name, state.READY)
    except CensusFileError as refused:
        store.delete_rows(name)
        state.RUNS.stop(name, state.FAILED, refused.problem)
    state.refresh_figures(name)
    state.RUNS.tell(name, status=frappe.db.get_value("Microcredit Payment Batch", name, "status"))


def _check(doc: Any) -> None:
    sheet, header = files.rows_of(doc)
    mapping = files.mapping_of(doc)
    for problem in bank_columns.check_mapping(mapping):
        raise CensusFileError(problem)
    inputs, notices = body(sheet, header, mapping)
    if not inputs:
        raise refuse("no_rows")
    decimals = decimals_of(doc.currency)
    rows = [bank_rows.read_row(row, getdate(), decimals) for row in inputs]
    outcomes = _outcomes(doc, rows)
    raw = {}
    for row in inputs:
        line = sheet.rows[row.number - 1]
        raw[row.number] = [
            line[column.index] if column.index < len(line) else None for column in header.columns
        ]
    store.replace_rows(doc, outcomes, raw, _names(outcomes))
    found = [problem.as_dict() for problem in (*header.problems, *notices, *_known_file(doc))]
    state.RUNS.set_values(doc.name, notices=json.dumps(found, ensure_ascii=False))


def _known_file(doc: Any) -> list[Any]:
    # A look at one key, whoever may see the other batch.
    other = frappe.db.get_value(
        "Microcredit Payment Batch", {"file_hash": doc.file_hash, "name": ["!=", doc.name]}
    )
    return [warning("payment_file_known", batch=other)] if other else []


def _outcomes(doc: Any, rows: list[BankRow]) -> list[Outcome]:
    marks = bank_rows.fingerprints(rows)
    twice = bank_rows.repetitions(rows)
    known = OnRecord(rows, marks)
    matcher = Matcher(directory.read(doc.currency, doc.programme))
    matched = [matcher.match(row) for row in rows]
    known.read_loans(match.loans[0] for match in matched if match.result == bank_rows.READY)
    found = []
    for row, mark, match in zip(rows, marks, matched, strict=True):
        outcome = Outcome(row, mark, match.result, match.loans, match.by, match.problems)
        found.append(_settled(outcome, known, twice.get(row.number)))
    return _tried(found)


def _settled(outcome: Outcome, known: OnRecord, twice: tuple[int, bool] | None) -> Outcome:
    """Say what becomes of a row: what cannot be read, then what is on record already, then what matched."""
    row = outcome.row
    if row.problems:
        return replace(outcome, result=bank_rows.REJECTED, problems=row.problems)
    if before := known.posted_before(outcome.mark):
        return replace(outcome, result=bank_rows.DUPLICATE, problems=(before,))
    if twice and twice[1]:
        again = error("payment_twice_in_file", row=twice[0])
        return replace(outcome, result=bank_rows.DUPLICATE, problems=(again,))
    if recorded := known.of_reference(row, outcome.loans):
        is_same = recorded.code == "payment_recorded_before"
        result = bank_rows.DUPLICATE if is_same else bank_rows.RECONCILE
        return replace(outcome, result=result, problems=(recorded, *outcome.problems))
    if twice:
        doubt = error("payment_maybe_twice", row=twice[0])
        return replace(outcome, result=bank_rows.RECONCILE, problems=(doubt, *outcome.problems))
    if outcome.result == bank_rows.READY and (like := known.like(row, outcome.loans[0])):
        return replace(outcome, result=bank_rows.RECONCILE, problems=(like,))
    return outcome


def _tried(outcomes: list[Outcome]) -> list[Outcome]:
    """Ask the ledger of each loan whether it would take the payments, in the order in which they are posted."""
    ready = sorted(
        (at for at, one in enumerate(outcomes) if one.result == bank_rows.READY),
        key=lambda at: (outcomes[at].row.paid_on, outcomes[at].row.number),
    )
    names = sorted({outcomes[at].loans[0] for at in ready})
    for first in range(0, len(names), _BATCH):
        books = loans.read(names[first : first + _BATCH])
        currencies = _currencies(list(books))
        for at in ready:
            loan = outcomes[at].loans[0]
            if loan not in books:
                continue
            try:
                entry = ledger.prepare(books[loan], _fact(outcomes[at].row), currencies[loan])
                entry = replace(entry, key=f"{entry.key}{at:09}")
                books[loan] = ledger.with_entry(books[loan], entry)
            except frappe.ValidationError as refused:
                problem = error("refused", text=words_of(refused))
                outcomes[at] = replace(outcomes[at], result=bank_rows.REJECTED, problems=(problem,))
                frappe.clear_messages()
    return outcomes


def _fact(row: BankRow) -> Fact:
    assert row.paid_on is not None
    return Fact(kind="payment", value_date=row.paid_on, amount=Decimal(row.amount))


def _currencies(names: Sequence[str]) -> dict[str, str]:
    loan = frappe.qb.DocType("Microcredit")
    return dict(frappe.qb.from_(loan).select(loan.name, loan.currency).where(loan.name.isin(names)).run())


def _names(outcomes: Sequence[Outcome]) -> dict[str, str]:
    names = sorted({one.loans[0] for one in outcomes if one.result == bank_rows.READY})
    loan = frappe.qb.DocType("Microcredit")
    query = (
        frappe.qb.from_(loan).select(loan.name, loan.beneficiary_name).where(loan.name.isin(names or [""]))
    )
    return dict(query.run())
