"""Templates of actas: checked when saved, frozen when published, changed through a new version."""

import re
from typing import Any

import frappe
from frappe import _

from social_crm.field_records.domain.templates import Choice, FieldRow, Problem, Template, check
from social_crm.field_records.domain.xlsform import (
    DEFAULT_LANGUAGE,
    Form,
    Translation,
    language_code,
    translation_problems,
)


def validate(doc: Any) -> None:
    """Check a template; a published or withdrawn one may only change between these two."""
    before = doc.get_doc_before_save()
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,60}", doc.template_key or ""):
        frappe.throw(
            _("The key starts with a letter and has only lower-case letters, digits and underscores."),
            title=_("Key not Possible"),
        )
    if int(doc.version or 0) < 1:
        frappe.throw(_("Versions count from 1."), title=_("Version not Possible"))
    if before and before.status != "Draft":
        _refuse_changes(doc, before)
        return
    doc.default_language = (doc.default_language or "").strip() or DEFAULT_LANGUAGE
    rows, choices = rows_of(doc)
    problems = [*check(rows, choices)]
    problems += [
        Problem(0, code, f"{detail} ({number})")
        for number, code, detail in translation_problems(rows, choices, translations_of(doc))
    ]
    if problems:
        frappe.throw(
            "<br>".join(frappe.utils.escape_html(problem_text(problem)) for problem in problems[:20]),
            title=_("The Template has Problems"),
        )


def rows_of(doc: Any) -> tuple[tuple[FieldRow, ...], tuple[Choice, ...]]:
    """Return the rows of a template document as the domain knows them."""
    rows = tuple(
        FieldRow(
            field_type=row.field_type or "",
            name=(row.field_name or "").strip(),
            label=row.label or "",
            hint=row.hint or "",
            required=bool(row.required),
            relevant=(row.relevant or "").strip(),
            constraint=(row.constraint_rule or "").strip(),
            constraint_message=row.constraint_message or "",
            calculation=(row.calculation or "").strip(),
            appearance=row.appearance or "",
            default=row.default_value or "",
            choice_list=(row.choice_list or "").strip(),
        )
        for row in doc.questions
    )
    choices = tuple(
        Choice((row.list_name or "").strip(), (row.choice_value or "").strip(), row.label or "")
        for row in doc.choices
    )
    return rows, choices


def translations_of(doc: Any) -> tuple[Translation, ...]:
    """Return the translations of a template document as the domain knows them."""
    return tuple(
        Translation(
            language=(row.language or "").strip(),
            element=(row.element or "").strip(),
            label=row.label or "",
            hint=row.hint or "",
            constraint_message=row.constraint_message or "",
        )
        for row in doc.get("translations") or []
    )


def form_of(doc: Any) -> Form:
    """Return a template document as an XLSForm says it."""
    rows, choices = rows_of(doc)
    return Form(
        key=doc.template_key,
        version=int(doc.version),
        title=doc.title,
        rows=rows,
        choices=choices,
        translations=translations_of(doc),
        default_language=doc.default_language or DEFAULT_LANGUAGE,
    )


def load(template: str, language: str = "") -> Template:
    """Return a template as the domain works with it; its texts in a language (a code such as "en"), or as they were written."""
    form = form_of(frappe.get_cached_doc("Acta Template", template))
    return form.spoken(language or language_code(form.default_language))


@frappe.whitelist(methods=["POST"])
def new_version(template: str) -> str:
    """Copy a template as the next version, a draft, and return its name."""
    source = frappe.get_doc("Acta Template", template)
    source.check_permission("read")
    # Numbers of other versions alone, whoever may see them: a version number is given once.
    numbers = frappe.get_all("Acta Template", filters={"template_key": source.template_key}, pluck="version")
    copy = frappe.copy_doc(source)
    copy.update({"status": "Draft", "version": max(numbers) + 1, "previous_version": source.name})
    return copy.insert().name


@frappe.whitelist(methods=["POST"])
def set_status(template: str, status: str) -> None:
    """Publish a draft, or withdraw a published template and publish it again."""
    doc = frappe.get_doc("Acta Template", template)
    doc.check_permission("write")
    doc.status = status
    doc.save()


def refuse_deletion(doc: Any) -> None:
    """A template that was ever published stays: actas were written with it."""
    if doc.status != "Draft" and not frappe.flags.in_uninstall:
        frappe.throw(
            _("A published template stays on record: withdraw it instead."),
            frappe.PermissionError,
            title=_("Published Template"),
        )


def problem_text(problem: Problem) -> str:
    """Return a problem of a template in the user's language."""
    texts = {
        "too_many_rows": _("A template has at most {0} rows."),
        "no_question": _("The template asks nothing."),
        "nested_repeat": _("A repeat cannot stand inside another repeat."),
        "too_deep": _("Groups are nested more than {0} deep."),
        "end_without_begin": _("{0} has no beginning."),
        "never_ended": _("A {0} is begun and never ended."),
        "choice_value": _("The choice value {0} has spaces or quotes, or is empty or too long."),
        "choice_twice": _("The choice {0} stands there twice."),
        "list_name": _("The name {0} of a list of choices has spaces, quotes or slashes, or is too long."),
        "unknown_type": _("Unknown type: {0}."),
        "field_name": _(
            "The name {0} is not possible: letters, digits and underscores, starting with a letter."
        ),
        "name_twice": _("The name {0} stands there twice."),
        "reserved_name": _("The name {0} has a meaning of its own in forms: choose another."),
        "choice_list": _("The choice list {0} does not exist."),
        "calculation_missing": _("{0} needs a calculation."),
        "label_missing": _("{0} needs a label."),
        "expression": _("The expression is not understood: {0}"),
        "unknown_field": _("The expression names a field that does not exist: {0}."),
        "translation_of_nothing": _("A translation names no question and no choice: {0}."),
        "translation_language": _(
            "A language is written as its name and its code, such as English (en): {0}."
        ),
        "translation_twice": _("The same text is translated twice: {0}."),
    }
    text = texts.get(problem.code, problem.code).format(problem.detail)
    return _("Row {0}: {1}").format(problem.row, text) if problem.row else text


def _refuse_changes(doc: Any, before: Any) -> None:
    now, then = _content(doc), _content(before)
    if now != then or doc.status == "Draft":
        frappe.throw(
            _("A published version never changes: make a new version of it."),
            frappe.PermissionError,
            title=_("Published Template"),
        )


def _content(doc: Any) -> tuple:
    fields = ("title", "template_key", "version", "component", "description", "previous_version")
    values = (str(doc.get(field) or "") for field in fields)
    return (*values, doc.default_language or DEFAULT_LANGUAGE, *rows_of(doc), translations_of(doc))
