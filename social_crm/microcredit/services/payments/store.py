"""Rows of a batch of payments to the site, and back."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import frappe

from social_crm.microcredit.domain.bank_rows import BankRow
from social_crm.microcredit.services.payments.messages import sentences
from social_crm.social_crm.domain.census_problem import Problem

_ROW = "Microcredit Payment Row"
_SHARE = "Microcredit Payment Share"
_META = ("name", "owner", "creation", "modified", "modified_by", "docstatus", "idx")
_OWN = (
    "batch",
    "sheet_row",
    "result",
    "paid_on",
    "amount",
    "posted_amount",
    "currency",
    "payer_name",
    "document_number",
    "loan_number",
    "group_name",
    "bank_reference",
    "payer_reference",
    "description",
    "microcredit",
    "matched_by",
    "candidates",
    "reason",
    "reasons",
    "raw_values",
    "fingerprint",
    "is_other_payment",
)
_SHARES = (
    "parent",
    "parenttype",
    "parentfield",
    "microcredit",
    "beneficiary_name",
    "amount",
    "kind",
    "is_reversed",
)


@dataclass(frozen=True)
class Outcome:
    """What the check found of a row. loans: the one that it is for, or those to choose from. by: the field that told it."""

    row: BankRow
    mark: str
    result: str
    loans: tuple[str, ...] = ()
    by: str = ""
    problems: tuple[Problem, ...] = ()


def replace_rows(
    doc: Any, outcomes: Sequence[Outcome], raw: Mapping[int, list[Any]], names: Mapping[str, str]
) -> None:
    """Throw away the rows of a batch and write those of a new check. names: of the borrowers, by loan."""
    delete_rows(doc.name)
    now, user = frappe.utils.now(), frappe.session.user
    rows, shares = [], []
    for outcome in outcomes:
        name = frappe.generate_hash(length=12)
        meta = (name, user, now, now, user, 0, outcome.row.number)
        rows.append((*meta, *_values(doc, outcome, raw.get(outcome.row.number, []))))
        if outcome.result == "Ready":
            loan = outcome.loans[0]
            place = (frappe.generate_hash(length=12), user, now, now, user, 0, 1, name, _ROW, "shares")
            shares.append((*place, loan, names.get(loan), float(outcome.row.amount), "Payment", 0))
    frappe.db.bulk_insert(_ROW, [*_META, *_OWN], rows, chunk_size=1_000)
    frappe.db.bulk_insert(_SHARE, [*_META, *_SHARES], shares, chunk_size=1_000)


def _values(doc: Any, outcome: Outcome, raw: list[Any]) -> tuple[Any, ...]:
    row = outcome.row
    return (
        doc.name,
        row.number,
        outcome.result,
        row.paid_on,
        float(row.amount),
        0,
        doc.currency,
        row.payer_name,
        row.document_number,
        row.loan_number,
        row.group_name,
        row.bank_reference,
        row.payer_reference,
        row.description,
        outcome.loans[0] if len(outcome.loans) == 1 else None,
        outcome.by,
        json.dumps(outcome.loans),
        sentences(outcome.problems)[:2000],
        dump(outcome.problems),
        json.dumps(raw, ensure_ascii=False, default=str),
        outcome.mark,
        0,
    )


def delete_rows(batch: str) -> None:
    """Delete all rows of a batch with their shares."""
    row, share = frappe.qb.DocType(_ROW), frappe.qb.DocType(_SHARE)
    names = frappe.qb.from_(row).select(row.name).where(row.batch == batch)
    frappe.qb.from_(share).delete().where(share.parent.isin(names)).run()
    frappe.db.delete(_ROW, {"batch": batch})


def dump(problems: Sequence[Problem]) -> str:
    """Return findings as JSON."""
    return json.dumps([problem.as_dict() for problem in problems], ensure_ascii=False)


def write(name: str, problems: Sequence[Problem] | None = None, **values: Any) -> None:
    """Write what became of a row, with its findings where they change."""
    if problems is not None:
        values.update(reason=sentences(problems)[:2000], reasons=dump(problems))
    frappe.db.set_value(_ROW, name, values)


def locked(name: str) -> Any:
    """Lock a row until the transaction ends and return it as last committed; None when there is none."""
    fields = ["name", *_OWN, "posted_key", "decided_by"]
    return frappe.db.get_value(_ROW, name, fields, as_dict=True, for_update=True)


def shares_of(row: str) -> list[Any]:
    """Return the shares of a row, in order."""
    share = frappe.qb.DocType(_SHARE)
    return (
        frappe.qb.from_(share)
        .select(share.name, share.microcredit, share.amount, share.kind, share.repayment, share.is_reversed)
        .where((share.parent == row) & (share.parenttype == _ROW))
        .orderby(share.idx)
        .run(as_dict=True)
    )


def add_shares(row: str, shares: Sequence[Mapping[str, Any]]) -> None:
    """Put shares that are to be posted in place of those that were; what is posted, or was reversed, stays."""
    share = frappe.qb.DocType(_SHARE)
    frappe.qb.from_(share).delete().where((share.parent == row) & share.repayment.isnull()).run()
    first = len(shares_of(row)) + 1
    now, user = frappe.utils.now(), frappe.session.user
    values = [
        (
            *(frappe.generate_hash(length=12), user, now, now, user, 0, first + place),
            *(row, _ROW, "shares", one["microcredit"], one.get("beneficiary_name")),
            *(float(one["amount"]), one["kind"], 0),
        )
        for place, one in enumerate(shares)
    ]
    if values:
        frappe.db.bulk_insert(_SHARE, [*_META, *_SHARES], values)
