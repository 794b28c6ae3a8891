"""The doors of the census import for people: each checks the right to the import and hands on."""

import json

import frappe
from frappe import _

from social_crm.social_crm.domain.census_fields import IGNORE_LABEL, key_of
from social_crm.social_crm.domain.census_sheet import check_mapping
from social_crm.social_crm.services.census import checking, decisions, files, imports, loading, rejects, state
from social_crm.social_crm.services.census import overview as shown
from social_crm.social_crm.services.census.file_error import CensusFileError

_BEFORE_LOADING = (state.DRAFT, state.READY, state.FAILED)


def _import(name: str, right: str) -> "frappe.model.document.Document":
    doc = frappe.get_doc("Census Import", name)
    doc.check_permission(right)
    return doc


def _require(doc: "frappe.model.document.Document", *statuses: str) -> None:
    if doc.status not in statuses:
        frappe.throw(
            _("The import is in the state {0}; this step is not possible now.").format(_(doc.status)),
            title=_("Census Import"),
        )


def _require_nothing_created(doc: "frappe.model.document.Document") -> None:
    if doc.created_rows:
        frappe.throw(
            _("Rows of this file were already loaded. Upload the corrected rows as a new import."),
            title=_("Census Import"),
        )


@frappe.whitelist()
def overview(name: str) -> dict:
    """Everything the form shows about an import."""
    return shown.overview(_import(name, "read"))


@frappe.whitelist(methods=["POST"])
def read_sheet(name: str, sheet: str | None = None, header_row: int | None = None) -> dict:
    """Read another sheet or header row of the file and suggest the mapping anew."""
    doc = _import(name, "write")
    _require(doc, *_BEFORE_LOADING)
    _require_nothing_created(doc)
    if sheet and sheet != doc.sheet_name:
        doc.sheet_name, doc.header_row = sheet, 0
    elif header_row is not None:
        doc.header_row = header_row
    try:
        files.inspect(doc)
    except CensusFileError as refused:
        state.refuse(refused.problem)
    doc.status = state.DRAFT
    _save(doc)
    return shown.overview(doc)


@frappe.whitelist(methods=["POST"])
def check(name: str, columns: str) -> dict:
    """Keep the chosen mapping and check the file in the background.

    columns: JSON object, column index -> label of the field ("" for none).
    """
    doc = _import(name, "write")
    _require(doc, *_BEFORE_LOADING)
    _require_nothing_created(doc)
    imports.require_community(doc)
    chosen = {int(index): str(label or "") for index, label in json.loads(columns).items()}
    for column in doc.columns:
        label = chosen.get(column.column_index, column.target_field or "")
        if label and not key_of(label):
            frappe.throw(_("There is no field {0}.").format(label), title=_("Census Import"))
        if label != (column.target_field or ""):
            column.target_field, column.basis = label or IGNORE_LABEL, "Chosen"
    for problem in check_mapping(files.mapping_of(doc)):
        state.refuse(problem)
    _save(doc)
    files.remember_mapping(doc)
    checking.start(doc.name)
    return {"status": state.CHECKING}


def _save(doc: "frappe.model.document.Document") -> None:
    doc.flags.census_service = True
    doc.save()


@frappe.whitelist(methods=["POST"])
def load(name: str) -> dict:
    """Load what is ready, or continue a load that was cancelled or lost its worker."""
    doc = _import(name, "write")
    stalled = doc.status == state.LOADING and state.RUNS.is_stalled(doc)
    if not stalled:
        _require(doc, state.READY, state.FINISHED, state.CANCELLED)
    frappe.has_permission("Family", "create", throw=True)
    frappe.has_permission("Beneficiary", "create", throw=True)
    loading.start(doc.name)
    return {"status": state.LOADING}


@frappe.whitelist(methods=["POST"])
def resume(name: str) -> dict:
    """Start a check or load again whose worker was lost."""
    doc = _import(name, "write")
    _require(doc, *state.RUNS.running)
    if not state.RUNS.is_stalled(doc):
        frappe.throw(_("The import is still running."), title=_("Census Import"))
    loading.resume(doc.name, doc.status, frappe.session.user)
    return {"status": doc.status}


@frappe.whitelist(methods=["POST"])
def cancel(name: str) -> dict:
    """Stop after the household that is being loaded; what is loaded stays, the rest can be continued later."""
    doc = _import(name, "write")
    _require(doc, *state.RUNS.running)
    stopped = state.CANCELLED if doc.status == state.LOADING else state.DRAFT
    state.RUNS.stop(doc.name, stopped)
    state.refresh_figures(doc.name)
    return {"status": stopped}


@frappe.whitelist()
def problem_rows(name: str, result: str, start: int = 0) -> dict:
    """One page of the rows with a result and their reasons."""
    return shown.problem_rows(_import(name, "read").name, result, start)


@frappe.whitelist()
def questions(name: str, start: int = 0) -> list[dict]:
    """The likely duplicates to decide on, side by side."""
    return decisions.questions(_import(name, "read").name, start)


@frappe.whitelist(methods=["POST"])
def decide(name: str, row: str, decision: str) -> None:
    """Say whether a row is the same person as the one beside it."""
    doc = _import(name, "write")
    _require(doc, state.READY, state.FINISHED, state.CANCELLED)
    decisions.decide(doc.name, row, decision)


@frappe.whitelist(methods=["POST"])
def decide_all(name: str, decision: str) -> int:
    """Give one answer to all open questions; returns how many were answered."""
    doc = _import(name, "write")
    _require(doc, state.READY, state.FINISHED, state.CANCELLED)
    return decisions.decide_all(doc.name, decision)


@frappe.whitelist()
def rejected_rows(name: str) -> None:
    """Download the rows that were not loaded, with the reason beside each."""
    doc = _import(name, "read")
    frappe.response["filename"] = f"{doc.name}-{_('not loaded')}.xlsx".replace(" ", "-")
    frappe.response["filecontent"] = rejects.rejected_workbook(doc)
    frappe.response["type"] = "binary"
