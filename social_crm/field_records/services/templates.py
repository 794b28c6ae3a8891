"""Templates of actas: checked when saved, frozen when published, changed through a new version."""

import re
from typing import Any

import frappe
from frappe import _

from social_crm.field_records.domain.choice_filters import read_attributes, write_attributes
from social_crm.field_records.domain.paper_words import spoken
from social_crm.field_records.domain.templates import Choice, FieldRow, Template, check
from social_crm.field_records.domain.writes import Write, read_values
from social_crm.field_records.domain.xlsform import (
    DEFAULT_LANGUAGE,
    TEXTS,
    Form,
    Translation,
    language_code,
    translation_problems,
)
from social_crm.field_records.services import template_problems


def validate(doc: Any) -> None:
    """Check a template; a published or withdrawn one changes between these two, in its translations and in what it writes.

    What was asked never changes. A text in one more language, or another record to write to, asks nothing else.
    """
    before = doc.get_doc_before_save()
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,60}", doc.template_key or ""):
        frappe.throw(
            _("The key starts with a letter and has only lower-case letters, digits and underscores."),
            title=_("Key not Possible"),
        )
    if int(doc.version or 0) < 1:
        frappe.throw(_("Versions count from 1."), title=_("Version not Possible"))
    doc.default_language = (doc.default_language or "").strip() or DEFAULT_LANGUAGE
    rows, choices = rows_of(doc)
    problems = translation_problems(rows, choices, translations_of(doc))
    if before and before.status != "Draft":
        _refuse_changes(doc, before)
    else:
        problems = [*check(rows, choices), *problems]
    if problems:
        frappe.throw(template_problems.listed(problems), title=_("The Template has Problems"))


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
            required_if=(row.required_rule or "").strip(),
            required_message=row.required_message or "",
            read_only=bool(row.read_only),
            choice_filter=(row.choice_filter or "").strip(),
            repeat_count=(row.repeat_count or "").strip(),
        )
        for row in doc.questions
    )
    choices = tuple(
        Choice(
            (row.list_name or "").strip(),
            (row.choice_value or "").strip(),
            row.label or "",
            read_attributes(row.choice_attributes or ""),
        )
        for row in doc.choices
    )
    return rows, choices


def translations_of(doc: Any) -> tuple[Translation, ...]:
    """Return the translations of a template document as the domain knows them."""
    return tuple(
        Translation(
            language=(row.language or "").strip(),
            element=(row.element or "").strip(),
            **{column: row.get(column) or "" for column in TEXTS},
        )
        for row in doc.get("translations") or []
    )


def writes_of(doc: Any) -> tuple[Write, ...]:
    """Return the mapping of a template document as the domain knows it."""
    return tuple(
        Write(
            (row.question or "").strip(),
            row.target or "",
            (row.target_field or "").strip(),
            read_values(row.value_map or ""),
        )
        for row in doc.get("writes") or []
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


def tables_of(form: Form) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of an Acta Template for a form: questions, choices and translations."""
    return {
        "questions": [
            {
                "field_type": row.field_type,
                "field_name": row.name,
                "label": row.label,
                "choice_list": row.choice_list,
                "choice_filter": row.choice_filter,
                "required": int(row.required),
                "hint": row.hint,
                "relevant": row.relevant,
                "constraint_rule": row.constraint,
                "constraint_message": row.constraint_message,
                "calculation": row.calculation,
                "appearance": row.appearance,
                "default_value": row.default,
                "required_rule": row.required_if,
                "required_message": row.required_message,
                "read_only": int(row.read_only),
                "repeat_count": row.repeat_count,
            }
            for row in form.rows
        ],
        "choices": [
            {
                "list_name": choice.list_name,
                "choice_value": choice.value,
                "label": choice.label,
                "choice_attributes": write_attributes(choice.attributes),
            }
            for choice in form.choices
        ],
        "translations": [
            {
                "language": one.language,
                "element": one.element,
                **{column: getattr(one, column) for column in TEXTS},
            }
            for one in form.translations
        ],
    }


def load(template: str, language: str = "") -> Template:
    """Return a template as the domain works with it; its texts in a language (a code such as "en"), or as they were written."""
    form = form_of(frappe.get_cached_doc("Acta Template", template))
    return form.spoken(language or language_code(form.default_language))


def paper_language(template: str | None) -> str:
    """Return the language of the paper of an acta: the one in which its template was written, which no version changes."""
    told = frappe.get_cached_value("Acta Template", template, "default_language") if template else ""
    return spoken(language_code(told or DEFAULT_LANGUAGE))


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


def newest_published() -> dict[str, str]:
    """Return for each version of a template that the user may see the newest published one of it; none where none is."""
    if not frappe.has_permission("Acta Template", "read"):
        return {}
    rows = frappe.get_list(
        "Acta Template", fields=["name", "template_key", "status"], order_by="version", limit=0
    )
    newest = {row.template_key: row.name for row in rows if row.status == "Published"}
    return {row.name: newest[row.template_key] for row in rows if row.template_key in newest}


def refuse_deletion(doc: Any) -> None:
    """A template that was ever published stays: actas were written with it."""
    if doc.status != "Draft" and not frappe.flags.in_uninstall:
        frappe.throw(
            _("A published template stays on record: withdraw it instead."),
            frappe.PermissionError,
            title=_("Published Template"),
        )


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
    return (*values, doc.default_language or DEFAULT_LANGUAGE, *rows_of(doc))
