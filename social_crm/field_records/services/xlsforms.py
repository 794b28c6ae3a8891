"""XLSForms in and out: a workbook fills the grid of a draft, a template is downloaded as the workbook that makes it."""

import base64
import binascii
import re
from dataclasses import replace
from typing import Any

import frappe

from social_crm import permissions
from social_crm.field_records.domain.xlsform import Form
from social_crm.field_records.domain.xlsform_reader import Reading, read
from social_crm.field_records.domain.xlsform_sheets import SheetProblem
from social_crm.field_records.services import templates, xforms
from social_crm.field_records.services.template_problems import sheet_problem_text
from social_crm.field_records.services.xlsform_files import WorkbookError, cells_of, workbook

_KEY = re.compile(r"[a-z][a-z0-9_]{1,60}")


@frappe.whitelist(methods=["POST"])
def load(content: str, template_key: str | None = None, version: int | None = None) -> dict:
    """Return what an uploaded XLSForm would fill a draft with; nothing is saved.

    content: the file in base64. template_key, version: of the draft when it is stored already, which keeps them.
    {"values": fields and rows of an Acta Template, or None; "problems", "notices": [{"where", "text"}]}
    """
    permissions.require("Acta Template", "create")
    try:
        reading = read(cells_of(_bytes(content)))
    except WorkbookError as error:
        return {
            "values": None,
            "problems": [sheet_problem_text(one) for one in error.problems],
            "notices": [],
        }
    reading = _fit(reading, template_key, version)
    return {
        "values": _values(reading.form) if reading.form and not reading.problems else None,
        "problems": [sheet_problem_text(one) for one in reading.problems],
        "notices": [sheet_problem_text(one) for one in reading.notices],
    }


@frappe.whitelist()
def download(template: str) -> None:
    """Download a template as an XLSForm (.xlsx)."""
    doc = frappe.get_doc("Acta Template", template)
    doc.check_permission("read")
    frappe.response["filename"] = f"{doc.name}.xlsx"
    frappe.response["filecontent"] = workbook(templates.form_of(doc))
    frappe.response["type"] = "binary"


def _bytes(content: str) -> bytes:
    try:
        return base64.b64decode(content.rpartition(",")[2], validate=True)
    except (binascii.Error, ValueError) as error:
        raise WorkbookError(SheetProblem("", code="file_broken")) from error


def _fit(reading: Reading, template_key: str | None, version: int | None) -> Reading:
    """A reading judged for the draft that it is to fill: its key, its version, and whether a form can be made of it."""
    form = reading.form
    if form is None:
        return reading
    problems, notices = list(reading.problems), list(reading.notices)
    if template_key and form.key and form.key != template_key:
        problems.append(SheetProblem("settings", code="form_id_differs", detail=form.key))
    elif not template_key and form.key and not _KEY.fullmatch(form.key):
        problems.append(SheetProblem("settings", code="form_id_impossible", detail=form.key))
    if version and form.version and form.version != version:
        notices.append(
            SheetProblem("settings", code="version_differs", detail=str(form.version), is_notice=True)
        )
    if not problems:
        tried = replace(form, key=template_key or form.key or "form", title=form.title or "form", version=1)
        refusal = xforms.refusal(tried)
        if refusal:
            row = reading.rows[refusal.row - 1] if refusal.row else 0
            problems.append(SheetProblem("survey", row, code="form_refused", detail=refusal.text))
    return replace(reading, problems=tuple(problems), notices=tuple(notices))


def _values(form: Form) -> dict[str, Any]:
    values = {
        "title": form.title,
        "template_key": form.key,
        "version": form.version or None,
        "default_language": form.default_language,
        **templates.tables_of(form),
    }
    return {field: value for field, value in values.items() if value}
