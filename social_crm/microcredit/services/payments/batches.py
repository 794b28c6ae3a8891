"""What saving and deleting a batch of payments checks."""

from typing import Any

import frappe
from frappe import _

from social_crm.changes import has_changed
from social_crm.microcredit.services import snapshots
from social_crm.microcredit.services.payments import files, messages, state, store
from social_crm.social_crm.services.census.file_error import CensusFileError
from social_crm.social_crm.services.census.imports import kept_private

# What people choose; everything else is computed by the services.
_CHOSEN = frozenset(("payment_file", "channel", "programme"))


def prepare(doc: Any) -> None:
    """Check what the user chose and read the file when it is new. Throws in words; then nothing is kept."""
    if doc.flags.payment_service:
        return
    _keep_computed_fields(doc)
    changed = has_changed(doc, *_CHOSEN)
    if changed and not doc.is_new() and (doc.status in state.RUNS.running or is_touched(doc.name)):
        frappe.throw(
            _("Payments of this file were posted or decided on. Use a new batch for another file."),
            title=_("Payment Batch"),
        )
    doc.currency = doc.currency or snapshots.default_currency()
    if has_changed(doc, "payment_file"):
        _read_file(doc)
    if changed:
        doc.status = state.DRAFT
        if not doc.is_new():
            store.delete_rows(doc.name)
            doc.total_rows = doc.total_amount = doc.posted_amount = doc.pending_amount = 0
            doc.dismissed_amount = doc.progress = 0
    doc.title = (doc.payment_file or "").rsplit("/", 1)[-1][:140]


def is_touched(batch: str) -> bool:
    """Tell whether something of a batch was posted, or decided on by a person."""
    row = frappe.qb.DocType("Microcredit Payment Row")
    query = (
        frappe.qb.from_(row)
        .select(row.name)
        .where((row.batch == batch) & (row.decided_by.isnotnull() | row.posted_key.isnotnull()))
    )
    share = frappe.qb.DocType("Microcredit Payment Share")
    posted = (
        frappe.qb.from_(share)
        .join(row)
        .on(row.name == share.parent)
        .select(share.name)
        .where((row.batch == batch) & share.repayment.isnotnull())
    )
    return bool(query.limit(1).run() or posted.limit(1).run())


def _keep_computed_fields(doc: Any) -> None:
    """Put back whatever a client sent for a field that only the services write."""
    name = doc.name
    stored = {} if doc.is_new() else frappe.db.get_value("Microcredit Payment Batch", name, "*", as_dict=True)
    for field in doc.meta.get_valid_columns():
        known = doc.meta.get_field(field)
        if known and known.fieldtype != "Table" and field not in _CHOSEN:
            doc.set(field, stored.get(field) if stored else known.default)
    before = doc.get_doc_before_save()
    doc.columns = before.columns if before else []


def _read_file(doc: Any) -> None:
    doc.sheet_name, doc.header_row = None, 0
    try:
        doc.payment_file = kept_private(doc.payment_file)
        files.inspect(doc)
    except CensusFileError as refused:
        messages.refuse(refused.problem)


def forget(doc: Any) -> None:
    """Delete the rows with their batch; a batch of which something was posted stays, it knows what was posted."""
    if doc.status in state.RUNS.running or is_touched(doc.name):
        frappe.throw(
            _(
                "Payments of this file were posted or decided on: the batch is kept, so that nothing is posted twice."
            ),
            title=_("Payment Batch"),
        )
    store.delete_rows(doc.name)
