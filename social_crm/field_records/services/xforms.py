"""Templates as XForms: made by pyxform when a version is published, kept with it, handed to field apps as one package."""

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import fromstring

import frappe
from frappe import _

from social_crm.field_records.domain.enketo_form import transform
from social_crm.field_records.domain.xlsform import Form, language_code, sheets
from social_crm.field_records.services import templates

FORM = "Acta Template Form"
_LANGUAGES = ("es", "en")  # of the field app


def form_package(template: str) -> dict[str, Any]:
    """Return a published version of a template as a field app takes it along; the caller has asked for permission.

    {"template", "key", "version", "title", "description", "component", "status", "hash": SHA-256 of form and mapping,
    "languages": codes, the default one first, "html", "model": of Enketo, "mapping": what its answers write, each with the
    name of the field in both languages, or None}
    """
    doc = frappe.get_cached_doc("Acta Template", template)
    form = frappe.db.get_value(
        FORM, template, ["form_html", "form_model", "form_hash", "languages"], as_dict=True
    )
    if not form:
        frappe.throw(
            _("The template {0} has no form for field apps: publish it, or a new version of it.").format(
                template
            ),
            title=_("Template not Published"),
        )
    return {
        "template": doc.name,
        "key": doc.template_key,
        "version": int(doc.version),
        "title": doc.title,
        "description": doc.description or "",
        "component": doc.component or "",
        "status": doc.status,
        "hash": form.form_hash,
        "languages": json.loads(form.languages),
        "html": form.form_html,
        "model": form.form_model,
        "mapping": _told(_mapping(doc)),
    }


def keep_form(doc: Any) -> None:
    """Make and keep the form of a template that is published; made anew where its translations or its mapping changed."""
    if doc.status == "Draft":
        return
    is_kept = frappe.db.exists(FORM, doc.name)
    before = doc.get_doc_before_save()
    if is_kept and (before is None or _beside(before) == _beside(doc)):
        return
    values = compiled(templates.form_of(doc), _mapping(doc))
    form = frappe.get_doc(FORM, doc.name) if is_kept else frappe.new_doc(FORM)
    form.update({"template": doc.name, **values})
    # Whoever may publish a template may not write its form: it follows from the template alone.
    form.save(ignore_permissions=True)


def _beside(doc: Any) -> tuple[Any, ...]:
    """What may change of a published version."""
    return templates.translations_of(doc), templates.writes_of(doc)


def compiled(form: Form, mapping: Any = None) -> dict[str, str]:
    """Return the fields of an Acta Template Form for a template; what pyxform refuses is told to the user."""
    xform = _xform(form)
    # Text of our own making: pyxform wrote it a moment ago.
    enketo = transform(fromstring(xform))
    digest = hashlib.sha256()
    for part in (form.title, xform, enketo.html, enketo.model, json.dumps(mapping)):
        digest.update(hashlib.sha256(part.encode("utf-8")).digest())
    return {
        "xform": xform,
        "form_html": enketo.html,
        "form_model": enketo.model,
        "form_hash": digest.hexdigest(),
        "languages": json.dumps([language_code(language) for language in form.languages]),
    }


def _mapping(doc: Any) -> list[dict[str, str]] | None:
    """What closing writes where, for field apps to tell; the values stay with the server, which writes."""
    return [
        {"question": write.question, "target": write.target, "field": write.field}
        for write in templates.writes_of(doc)
    ] or None


def _told(writes: list[dict[str, str]] | None) -> list[dict[str, Any]] | None:
    """A mapping with the names that people know: who signs reads what closing will change."""
    return writes and [{**write, "label": _labels(write["target"], write["field"])} for write in writes]


def _labels(target: str, fieldname: str) -> dict[str, str]:
    # A field that is gone since keeps its own name: the server says so when somebody closes.
    field = frappe.get_meta(target).get_field(fieldname)
    label = field.label if field and field.label else fieldname
    return {language: _(label, language) for language in _LANGUAGES}


@dataclass(frozen=True)
class Refusal:
    """Why pyxform makes no form: the row of the grid (0: the template as a whole) and what it says, in English."""

    row: int
    text: str


def refusal(form: Form) -> Refusal | None:
    """Return why no form can be made of a template, None when one can."""
    try:
        _convert(form)
    except _Refused as error:
        return error.refusal
    return None


class _Refused(Exception):
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.text)
        self.refusal = refusal


def _xform(form: Form) -> str:
    try:
        return _convert(form)
    except _Refused as error:
        row, text = error.refusal.row, frappe.utils.escape_html(error.refusal.text)
        if not row:
            message = _("No form can be made of the template: {0}").format(text)
        else:
            message = _("Row {0} ({1}): no form can be made of it: {2}").format(
                row, form.rows[row - 1].name, text
            )
        frappe.throw(message, title=_("The Template has Problems"))


def _convert(form: Form) -> str:
    # Imported here: it brings the readers of spreadsheets along, which only publishing needs.
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert

    try:
        return str(convert(sheets(form, fill_in=True), form_name=form.key, validate=False).xform)
    except PyXFormError as error:
        # Its rows are those of a sheet, whose first one is the header; one of the choices is no question.
        match = re.search(r"\[row\s*:\s*(\d+)\]\s*(.*)", str(error), re.DOTALL)
        text = (match.group(2) if match else str(error)).strip()
        row = int(match.group(1)) - 1 if match and "'choices' sheet" not in text else 0
        raise _Refused(Refusal(row if 0 < row <= len(form.rows) else 0, text)) from error
