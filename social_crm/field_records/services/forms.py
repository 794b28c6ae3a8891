"""A template as the Desk draws it, and what the server says of answers while they are written."""

import json
from datetime import datetime, time
from typing import Any

import frappe
from frappe import _
from frappe.utils import get_datetime, get_time, getdate

from social_crm.field_records.domain.answers import Finding, Result, default_of, examine, offered
from social_crm.field_records.domain.templates import Item, Template
from social_crm.field_records.services import templates


@frappe.whitelist()
def template_form(template: str) -> list[dict]:
    """Return the questions of a template, groups and repeats with their parts, for whoever may read it."""
    frappe.get_doc("Acta Template", template).check_permission("read")
    built = templates.load(template, frappe.local.lang)
    return [_node(item, built) for item in built.items]


@frappe.whitelist()
def look_at_answers(
    template: str, answers: str | dict, visit_date: str | None = None, moment: str | None = None
) -> dict:
    """Return what the server makes of answers: visible paths, values as kept, findings and what is missing.

    moment: of the acta, as `moment_of` says. "required": the paths that a formula requires now; "counts": how many rows the repeats have that are counted.
    """
    frappe.get_doc("Acta Template", template).check_permission("read")
    now = moment_of({"device_time": moment, "visit_date": visit_date})
    built = templates.load(template, frappe.local.lang)
    result = examine(built, read_answers(answers), getdate(visit_date), now)
    return {
        "visible": sorted(result.visible),
        "required": sorted(result.required),
        "counts": dict(result.counts),
        "answers": result.answers,
        "findings": [{"path": f.path, "text": finding_text(f)} for f in result.findings],
        "missing": [{"path": f.path, "text": finding_text(f)} for f in result.missing],
    }


@frappe.whitelist()
def offered_choices(template: str, answers: str | dict, visit_date: str | None = None) -> dict:
    """Return the choices that filters leave of these answers: path of a question that applies -> values, in order."""
    frappe.get_doc("Acta Template", template).check_permission("read")
    return offered(templates.load(template, frappe.local.lang), read_answers(answers), getdate(visit_date))


def moment_of(values: Any) -> datetime:
    """Return the moment that now() means in an acta: the device's own; of an acta of the Desk the end of the visit, or its beginning."""
    try:
        told = get_datetime(values.get("device_time")) if values.get("device_time") else None
    except ValueError:
        told = None
    if told:
        return told
    clock = values.get("end_time") or values.get("start_time")
    return datetime.combine(getdate(values.get("visit_date")), get_time(clock) if clock else time())


def read_answers(answers: Any) -> dict[str, Any]:
    """Return answers that arrived as a mapping or as its JSON text; anything else is refused."""
    if not answers:
        return {}
    try:
        value = json.loads(answers) if isinstance(answers, str) else answers
    except ValueError:
        value = None
    if not isinstance(value, dict):
        frappe.throw(
            _("The answers must be a JSON object: field name and value."), title=_("Answers not Understood")
        )
    return value


def refuse_findings(result: Result) -> None:
    """Say what is wrong with answers."""
    if result.findings:
        frappe.throw(
            "<br>".join(frappe.utils.escape_html(finding_text(f)) for f in result.findings[:20]),
            title=_("Answers to Correct"),
        )


def finding_text(finding: Finding) -> str:
    """Return what is wrong with an answer in the user's language."""
    if finding.code == "row_count":
        wanted, there = finding.numbers
        return _("{0}: {1} rows are needed, there are {2}.").format(finding.label, wanted, there)
    texts = {
        "required": _("{0}: an answer is needed."),
        "constraint": _("{0}: the answer is not possible."),
        "unknown_field": _("{0}: the template has no such field."),
        "number": _("{0}: write a number."),
        "integer": _("{0}: write a whole number."),
        "datetime": _("{0}: write a date and a time."),
        "date": _("{0}: write a date that exists."),
        "time": _("{0}: write a time such as 14:30."),
        "choice": _("{0}: choose one of the options."),
        "choice_excluded": _("{0}: “{1}” does not go with what was answered before it. Choose again."),
        "geopoint": _("{0}: write latitude and longitude."),
        "image": _("{0}: attach a picture."),
        "audio": _("{0}: attach a recording."),
        "text": _("{0}: write a text."),
        "too_long": _("{0}: the text is too long."),
        "not_rows": _("{0}: a list of rows is needed."),
        "too_many_rows": _("{0}: there are too many rows."),
    }
    if finding.message:
        return f"{finding.label}: {finding.message}"
    return texts.get(finding.code, "{0}").format(finding.label, finding.chosen)


def _node(item: Item, template: Template) -> dict[str, Any]:
    row = item.row
    return {
        "type": row.field_type,
        "name": row.name,
        "label": row.label,
        "hint": row.hint,
        "required": row.required,
        "shown_only": row.is_shown_only,
        "keeps_first": item.keeps_first,
        "counted": bool(row.repeat_count),
        "appearance": row.appearance,
        "default": default_of(row, getdate()),
        "choices": [
            {"value": value, "label": label} for value, label in template.labels(row.choice_list).items()
        ]
        if row.choice_list
        else [],
        "filtered": item.choice_filter is not None,
        "parts": [_node(part, template) for part in item.parts],
    }
