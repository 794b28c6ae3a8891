"""The doors of payment batches for people: each checks the right to the batch and hands on."""

import json
from typing import Any

import frappe
from frappe import _

from social_crm import permissions
from social_crm.microcredit.domain import bank_columns
from social_crm.microcredit.services.payments import (
    batches,
    checking,
    files,
    messages,
    posting,
    reconciling,
    returning,
    state,
    store,
)
from social_crm.microcredit.services.payments import shown as shown_parts
from social_crm.social_crm.services.census.file_error import CensusFileError

_BEFORE_POSTING = (state.DRAFT, state.READY, state.FAILED)


def _batch(name: str, right: str) -> Any:
    permissions.require("Microcredit Payment Batch", right, name)
    return frappe.get_doc("Microcredit Payment Batch", name)


def _posting_batch(name: str) -> Any:
    """A batch of whoever may also enter repayments."""
    doc = _batch(name, "write")
    permissions.require("Microcredit Repayment", "create")
    permissions.require("Microcredit Repayment", "submit")
    return doc


def _require(doc: Any, *statuses: str) -> None:
    if doc.status not in statuses:
        frappe.throw(
            _("The batch is in the state {0}; this step is not possible now.").format(_(doc.status)),
            title=_("Payment Batch"),
        )


def _require_untouched(doc: Any) -> None:
    if batches.is_touched(doc.name):
        frappe.throw(
            _("Payments of this file were posted or decided on. Use a new batch for another file."),
            title=_("Payment Batch"),
        )


def _row(name: str) -> Any:
    """Lock a row of a batch that may be decided on, once the user's right to both is known."""
    permissions.require("Microcredit Payment Row", "read", name)
    batch = frappe.db.get_value("Microcredit Payment Row", name, "batch")
    doc = _posting_batch(batch)
    _require(doc, *state.CHECKED)
    return store.locked(name)


@frappe.whitelist()
def overview(name: str) -> dict:
    """Return everything the form shows about a batch."""
    return shown_parts.overview(_batch(name, "read"))


@frappe.whitelist(methods=["POST"])
def read_sheet(name: str, sheet: str | None = None, header_row: int | None = None) -> dict:
    """Read another sheet or header row of the file and suggest the columns anew."""
    doc = _batch(name, "write")
    _require(doc, *_BEFORE_POSTING)
    _require_untouched(doc)
    if sheet and sheet != doc.sheet_name:
        doc.sheet_name, doc.header_row = sheet, 0
    elif header_row is not None:
        doc.header_row = header_row
    try:
        files.inspect(doc)
    except CensusFileError as refused:
        messages.refuse(refused.problem)
    doc.status = state.DRAFT
    store.delete_rows(doc.name)
    _save(doc)
    return shown_parts.overview(doc)


@frappe.whitelist(methods=["POST"])
def check(name: str, columns: str) -> dict:
    """Keep the chosen columns and check the file in the background.

    columns: JSON object, column index -> label of the field ("" for none).
    """
    doc = _batch(name, "write")
    _require(doc, *_BEFORE_POSTING)
    _require_untouched(doc)
    chosen = {int(index): str(label or "") for index, label in json.loads(columns).items()}
    for column in doc.columns:
        label = chosen.get(column.column_index, column.target_field or "")
        if label and not files.key_of(label):
            frappe.throw(_("There is no field {0}.").format(label), title=_("Payment Batch"))
        if label != (column.target_field or ""):
            column.target_field, column.basis = label or messages.IGNORE_LABEL, "Chosen"
    for problem in bank_columns.check_mapping(files.mapping_of(doc)):
        messages.refuse(problem)
    _save(doc)
    files.remember_mapping(doc)
    checking.start(doc.name)
    return {"status": state.CHECKING}


def _save(doc: Any) -> None:
    doc.flags.payment_service = True
    doc.save()


@frappe.whitelist(methods=["POST"])
def post(name: str) -> dict:
    """Post what is ready, or continue a posting that was cancelled or lost its worker."""
    doc = _posting_batch(name)
    stalled = doc.status == state.POSTING and state.RUNS.is_stalled(doc)
    if not stalled:
        _require(doc, *state.CHECKED)
    posting.start(doc.name)
    return {"status": state.POSTING}


@frappe.whitelist(methods=["POST"])
def resume(name: str) -> dict:
    """Start a check or posting again whose worker was lost."""
    doc = _posting_batch(name)
    _require(doc, *state.RUNS.running)
    if not state.RUNS.is_stalled(doc):
        frappe.throw(_("The batch is still running."), title=_("Payment Batch"))
    posting.resume(doc.name, doc.status, frappe.session.user)
    return {"status": doc.status}


@frappe.whitelist(methods=["POST"])
def cancel(name: str) -> dict:
    """Stop after the payment that is being posted; what is posted stays, the rest can be continued later."""
    doc = _batch(name, "write")
    _require(doc, *state.RUNS.running)
    stopped = state.CANCELLED if doc.status == state.POSTING else state.DRAFT
    state.RUNS.stop(doc.name, stopped)
    state.refresh_figures(doc.name)
    return {"status": stopped}


@frappe.whitelist()
def rows(name: str, result: str, start: int = 0) -> dict:
    """Return one page of the rows with a result, with their reasons."""
    return shown_parts.rows(_batch(name, "read").name, result, start)


@frappe.whitelist()
def offer(row: str, text: str = "", group: str = "") -> dict:
    """Return for which microcredits a payment could be, and a proposed share of each."""
    permissions.require("Microcredit Payment Row", "read", row)
    permissions.require("Microcredit", "read")
    fields = ["name", "amount", "posted_amount", "paid_on", "currency", "candidates", "microcredit"]
    values = frappe.db.get_value("Microcredit Payment Row", row, fields, as_dict=True)
    return reconciling.offer(values, text, group)


@frappe.whitelist(methods=["POST"])
def assign(row: str, shares: str, paid_on: str | None = None) -> None:
    """Say for which microcredits a payment is; it is posted with the next run.

    shares: JSON list of objects with microcredit and amount.
    """
    locked = _row(row)
    reconciling.assign(locked, json.loads(shares), paid_on)
    state.refresh_figures(locked.batch)


@frappe.whitelist(methods=["POST"])
def dismiss(row: str, reason: str) -> None:
    """Set what is left of a payment aside, with a reason."""
    locked = _row(row)
    reconciling.dismiss(locked, reason)
    state.refresh_figures(locked.batch)


@frappe.whitelist(methods=["POST"])
def reopen(row: str) -> None:
    """Put a payment that was set aside back among those to reconcile."""
    locked = _row(row)
    reconciling.reopen(locked)
    state.refresh_figures(locked.batch)


@frappe.whitelist()
def not_posted(name: str) -> None:
    """Download the payments that were not posted, with the reason beside each."""
    doc = _batch(name, "read")
    permissions.require("Microcredit Payment Batch", "export", doc.name)
    frappe.response["filename"] = f"{doc.name}-{_('not posted')}.xlsx".replace(" ", "-")
    frappe.response["filecontent"] = returning.workbook(doc)
    frappe.response["type"] = "binary"
