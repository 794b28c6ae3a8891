"""Versions of a template side by side, in plain words."""

import frappe
from frappe import _

from social_crm.field_records.domain.template_changes import (
    ADDED,
    CHANGED,
    MOVED,
    REMOVED,
    Change,
    compare,
    compare_writes,
)
from social_crm.field_records.services import templates


@frappe.whitelist()
def versions(template: str) -> list[dict]:
    """Return the other versions of a template that the user may see, newest first: name, version, status."""
    key = frappe.db.get_value("Acta Template", template, "template_key")
    return frappe.get_list(
        "Acta Template",
        filters={"template_key": key, "name": ["!=", template]},
        fields=["name", "version", "status"],
        order_by="version desc",
    )


@frappe.whitelist()
def changes(template: str, other: str) -> list[dict]:
    """Return what changed between two versions of a template, from the older to the newer: {"kind", "what", "was", "now"}."""
    docs = [frappe.get_doc("Acta Template", name) for name in (template, other)]
    for doc in docs:
        doc.check_permission("read")
    old, new = sorted(docs, key=lambda doc: int(doc.version))
    found = (
        *compare(templates.form_of(old), templates.form_of(new)),
        *compare_writes(templates.writes_of(old), templates.writes_of(new)),
    )
    return [_told(change) for change in found]


def _told(change: Change) -> dict[str, str]:
    return {
        "kind": change.kind,
        "what": _sentence(change),
        "was": _value(change, change.was),
        "now": _value(change, change.now),
    }


def _sentence(change: Change) -> str:
    named = f"{change.label} ({change.name})" if change.label else change.name
    if change.part == "write":
        named = f"{change.name} → {_where(change.label)}"
    field = _fields().get(change.field, change.field)
    texts = {
        (ADDED, "question"): _("New question: {0}"),
        (REMOVED, "question"): _("Question removed: {0}"),
        (MOVED, "question"): _("Question moved: {0}"),
        (CHANGED, "question"): _("Question {0}: {1}"),
        (ADDED, "choice"): _("New choice: {0}"),
        (REMOVED, "choice"): _("Choice removed: {0}"),
        (CHANGED, "choice"): _("Choice {0}: {1}"),
        (CHANGED, "translation"): _("Translation {0}: {1}"),
        (ADDED, "write"): _("The answer is now written: {0}"),
        (REMOVED, "write"): _("The answer is no longer written: {0}"),
        (CHANGED, "write"): _("What is written of the answer {0}: {1}"),
        (CHANGED, "template"): _("Template: {1}"),
    }
    return texts[change.kind, change.part].format(named, field)


def _where(label: str) -> str:
    """The record and its field as people know them."""
    doctype, _dot, name = label.partition(".")
    meta = frappe.get_meta(doctype) if frappe.db.exists("DocType", doctype) else None
    field = meta.get_field(name) if meta else None
    return f"{_(doctype)}: {_(field.label) if field and field.label else name}"


def _value(change: Change, text: str) -> str:
    if change.field in ("required", "read_only") and text:
        return _("Yes") if text == "yes" else _("No")
    return text


def _fields() -> dict[str, str]:
    return {
        "title": _("Title"),
        "default_language": _("Default Language"),
        "field_type": _("Type"),
        "label": _("Label"),
        "hint": _("Hint"),
        "required": _("Required"),
        "required_if": _("Required If"),
        "required_message": _("Message if it is Missing"),
        "read_only": _("Read Only"),
        "repeat_count": _("Number of Rows"),
        "relevant": _("Relevant"),
        "constraint": _("Constraint"),
        "constraint_message": _("Constraint Message"),
        "calculation": _("Calculation"),
        "appearance": _("Appearance"),
        "default": _("Default"),
        "choice_list": _("Choice List"),
        "choice_filter": _("Choice Filter"),
        "attributes": _("Belongs To"),
        "values": _("Values of the Choices"),
    }
