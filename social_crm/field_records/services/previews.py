"""A template as the field app will show it, before anybody publishes it; nothing is saved."""

import json
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, cstr

from social_crm import permissions
from social_crm.field_records.domain.templates import check
from social_crm.field_records.domain.xlsform import (
    DEFAULT_LANGUAGE,
    Form,
    language_code,
    language_title,
    translation_problems,
)
from social_crm.field_records.services import template_problems, templates, xforms

_TABLES = {
    "questions": "Acta Template Field",
    "choices": "Acta Template Choice",
    "translations": "Acta Template Translation",
}


@frappe.whitelist(methods=["POST"])
def preview(template: str | dict) -> dict:
    """Return what draws a template as it stands in its form, saved or not, for whoever may edit templates.

    template: the values of an Acta Template. {"title", "languages": [{"code", "title"}], the default one first, "html", "model"}
    """
    permissions.require("Acta Template", "write")
    form = _form(_values(template))
    problems = [
        *check(form.rows, form.choices),
        *translation_problems(form.rows, form.choices, form.translations),
    ]
    if problems:
        frappe.throw(template_problems.listed(problems), title=_("The Template has Problems"))
    compiled = xforms.compiled(form)
    return {
        "title": form.title,
        "languages": [{"code": language_code(one), "title": language_title(one)} for one in form.languages],
        "html": compiled["form_html"],
        "model": compiled["form_model"],
    }


def _form(values: dict[str, Any]) -> Form:
    """A template that may still lack what it needs to be saved: its key, its title, its version."""
    doc = frappe._dict(
        template_key=cstr(values.get("template_key")).strip() or "form",
        title=cstr(values.get("title")).strip() or _("Template without a title"),
        version=max(cint(values.get("version")), 1),
        default_language=cstr(values.get("default_language")).strip() or DEFAULT_LANGUAGE,
        **{table: _rows(values.get(table), doctype) for table, doctype in _TABLES.items()},
    )
    return templates.form_of(doc)


def _rows(rows: Any, doctype: str) -> list[Any]:
    """The rows of a table with their own fields alone, as texts: what arrives was typed by a person, or by a program."""
    fields = [field.fieldname for field in frappe.get_meta(doctype).fields]
    kept = rows if isinstance(rows, list) else []
    return [
        frappe._dict(
            {field: cstr(row.get(field)) for field in fields}
            | {check: cint(row.get(check)) for check in ("required", "read_only")}
        )
        for row in kept
        if isinstance(row, dict)
    ]


def _values(template: Any) -> dict[str, Any]:
    try:
        values = json.loads(template) if isinstance(template, str) else template
    except ValueError:
        values = None
    if not isinstance(values, dict):
        frappe.throw(
            _("The template did not arrive whole. Open it again."), title=_("Template not Understood")
        )
    return values
