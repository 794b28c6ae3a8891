"""What the form of a batch of payments shows: one answer for every step."""

from typing import Any

import frappe
from frappe import _

from social_crm import permissions
from social_crm.file_runs import described, problems_of
from social_crm.microcredit.domain.bank_columns import FIELDS
from social_crm.microcredit.services.payments import state
from social_crm.microcredit.services.payments.messages import IGNORE_LABEL, sentence

PAGE = 20


def overview(doc: Any) -> dict[str, Any]:
    """Return status, file, columns and figures of a batch that the user may read."""
    found = state.figures(doc.name)
    return {
        **described(doc, state.RUNS, sentence),
        "fields": [
            {"label": "", "options": [{"value": IGNORE_LABEL, "label": _(IGNORE_LABEL)}]},
            {
                "label": _("Payment"),
                "options": [{"value": one.label, "label": _(one.label)} for one in FIELDS],
            },
        ],
        "figures": {
            result: {"rows": many, "amount": float(amount)}
            for result, (many, amount) in found.by_result.items()
        },
        "rows": found.rows,
        "total": float(found.total),
        "posted": float(found.posted),
        "pending": float(found.pending),
        "dismissed": float(found.dismissed),
        "currency": doc.currency,
        "may_write": bool(doc.has_permission("write")) and _may_post(),
    }


def _may_post() -> bool:
    return all(frappe.has_permission("Microcredit Repayment", right) for right in ("create", "submit"))


def rows(batch: str, result: str, start: int = 0) -> dict[str, Any]:
    """Return one page of the rows with a result that the user may see, with their reasons and shares."""
    row = frappe.qb.DocType("Microcredit Payment Row")
    query = (
        frappe.qb.from_(row)
        .select(
            row.name, row.sheet_row, row.result, row.paid_on, row.amount, row.posted_amount, row.payer_name
        )
        .select(
            row.document_number, row.loan_number, row.bank_reference, row.payer_reference, row.description
        )
        .select(row.group_name, row.reasons, row.dismiss_reason, row.microcredit)
        .where((row.batch == batch) & (row.result == result))
        .orderby(row.sheet_row)
        .offset(start)
        .limit(PAGE)
    )
    limit = permissions.visible("Microcredit Payment Row")
    found = (query if limit is None else query.where(limit)).run(as_dict=True)
    shares = _shares([item.name for item in found])
    return {
        "page": PAGE,
        "rows": [
            {
                **{key: value for key, value in item.items() if key != "reasons"},
                "paid_on": str(item.paid_on or ""),
                "amount": float(item.amount),
                "posted_amount": float(item.posted_amount),
                "reasons": [sentence(problem) for problem in problems_of(item.reasons)],
                "shares": shares.get(item.name, []),
            }
            for item in found
        ],
    }


def _shares(names: list[str]) -> dict[str, list[dict[str, Any]]]:
    share = frappe.qb.DocType("Microcredit Payment Share")
    query = (
        frappe.qb.from_(share)
        .select(share.parent, share.microcredit, share.beneficiary_name, share.amount, share.repayment)
        .select(share.is_reversed)
        .where(share.parent.isin(names or [""]))
        .orderby(share.idx)
    )
    limit = permissions.visible("Microcredit Payment Share")
    found: dict[str, list[dict[str, Any]]] = {}
    for item in (query if limit is None else query.where(limit)).run(as_dict=True):
        found.setdefault(item.pop("parent"), []).append({**item, "amount": float(item.amount)})
    return found
