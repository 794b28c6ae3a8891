"""The check of a census file: read, validate, compare, and keep the outcome of every row. Creates nobody."""

import json

import frappe

from social_crm.file_runs import act_as
from social_crm.social_crm.domain import census_plan
from social_crm.social_crm.domain.census_fingerprint import fingerprints
from social_crm.social_crm.domain.census_names import column_has_surnames_first
from social_crm.social_crm.domain.census_problem import Problem, cell_name
from social_crm.social_crm.domain.census_rows import PersonRow, Reading, RowInput, read_row
from social_crm.social_crm.domain.census_sheet import Header, Sheet, body, check_mapping
from social_crm.social_crm.domain.census_text import clean
from social_crm.social_crm.domain.census_values import sex_vocabulary
from social_crm.social_crm.services.census import files, rows_store, state
from social_crm.social_crm.services.census.file_error import CensusFileError, refuse
from social_crm.social_crm.services.census.site_people import site_for

_SHOWN_CELLS = 8


def start(name: str, user: str | None = None) -> None:
    """Start the check of an import in the background, as the user who asks or on whose behalf it is resumed."""
    state.RUNS.start("social_crm.social_crm.services.census.checking.run", name, state.CHECKING, user)


def run(name: str, token: str, user: str) -> None:
    """Check the file as the user; whatever is wrong with the file ends in the import, not in the worker."""
    act_as(user)
    if not state.RUNS.holds(name, token, state.CHECKING):
        return
    try:
        _check(frappe.get_doc("Census Import", name))
        state.RUNS.stop(name, state.READY)
    except CensusFileError as refused:
        state.fail(name, refused.problem)
    state.RUNS.tell(name, status=frappe.db.get_value("Census Import", name, "status"))


def _check(doc: "frappe.model.document.Document") -> None:
    data = files.file_bytes(doc)
    if files.digest(data) != doc.file_hash:
        raise refuse("file_changed")
    _, sheet, header = files.open_sheet(doc, data)
    mapping = files.mapping_of(doc)
    for problem in check_mapping(mapping):
        raise CensusFileError(problem)
    _refuse_formulas(sheet, header, mapping)
    inputs, notices = body(sheet, header, mapping)
    if not inputs:
        raise refuse("no_rows")
    state.RUNS.tell(doc.name, step="rows", done=0, total=len(inputs))
    persons = _read_rows(doc, inputs)
    state.RUNS.set_values(doc.name, heartbeat=frappe.utils.now(), total_rows=len(persons))
    state.RUNS.tell(doc.name, step="compare", done=0, total=len(persons))
    site = site_for(persons, fingerprints(persons), frappe.session.user)
    outcomes = census_plan.plan(persons, site, with_kinship="kinship" in mapping.values())
    rows_store.replace_rows(doc.name, outcomes, _raw_values(sheet, header, inputs))
    _write_summary(doc, (*header.problems, *notices), len({outcome.household for outcome in outcomes}))


def _read_rows(doc: "frappe.model.document.Document", inputs: list[RowInput]) -> list[PersonRow]:
    reading = Reading(
        on=doc.registration_date,
        sex_words=sex_vocabulary(row.values.get("sex") for row in inputs),
        surnames_first=column_has_surnames_first([clean(row.values.get("full_name")) for row in inputs]),
        communities=files.communities_for(frappe.session.user),
        community=doc.community or "",
        no_document_reason=(doc.no_document_reason or "").strip(),
    )
    return [read_row(row, reading) for row in inputs]


def _refuse_formulas(sheet: Sheet, header: Header, mapping: dict[int, str]) -> None:
    """A formula without a stored result would load as nothing; the columns that are left out may keep theirs."""
    used = {index for index, key in mapping.items() if key and key != "ignore"}
    cells = [
        cell_name(row, column)
        for (row, column), code in sorted(sheet.bad_cells.items())
        if code == "formula_without_result" and column in used and row > header.row
    ]
    if cells:
        shown = ", ".join(cells[:_SHOWN_CELLS]) + (" …" if len(cells) > _SHOWN_CELLS else "")
        raise refuse("formulas_without_result", cells=shown)


def _raw_values(sheet: Sheet, header: Header, inputs: list[RowInput]) -> dict[int, list[object]]:
    """Row number -> the values under each header, for the spreadsheet of rejected rows."""
    columns = [column.index for column in header.columns]
    raw: dict[int, list[object]] = {}
    for row in inputs:
        line = sheet.rows[row.number - 1]
        raw[row.number] = [line[index] if index < len(line) else None for index in columns]
    return raw


def _write_summary(
    doc: "frappe.model.document.Document", notices: tuple[Problem, ...], households: int
) -> None:
    state.refresh_figures(doc.name)
    used = [{"header": column.header, "field": column.target_field} for column in doc.columns]
    state.RUNS.set_values(
        doc.name,
        household_count=households,
        notices=json.dumps([notice.as_dict() for notice in notices], ensure_ascii=False),
        mapping_used=json.dumps(used, ensure_ascii=False),
        progress=0,
    )
