"""What closing an acta writes into other records, as its template says: all of it, in the transaction of the closing, or nothing.

Every write goes through the target's own document with the rights of whoever closes the acta: its rules and permissions hold,
and what it refuses refuses the closing. The target's history names the acta as the source. An amendment changes the records
that the acta it amends has made, instead of making them again.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import frappe
from frappe import _
from frappe.utils import getdate, strip_html

from social_crm import permissions
from social_crm.field_records.domain.templates import build
from social_crm.field_records.domain.writes import (
    CHANGED,
    MADE,
    NUMBERS,
    TEXTS,
    Intent,
    TargetField,
    WriteError,
    check_writes,
    intents,
)
from social_crm.field_records.services import agreements, forms, template_problems, templates

_KINDS = (*NUMBERS, *TEXTS, "Date", "Time", "Select", "Check")
# Who somebody is, where they belong and what other rules decide is not changed by a form.
PROTECTED: dict[str, frozenset[str]] = {
    "Family": frozenset(("family_name", "census_code", "registered_on", "exception_reason")),
    "Beneficiary": frozenset(
        (
            "first_name",
            "middle_name",
            "first_surname",
            "second_surname",
            "kinship",
            "registered_on",
            "census_code",
            "exception_reason",
            "birth_date",
            "birth_date_estimated",
        )
    ),
    "Productive Unit": frozenset(("unit_name", "kind", "closed_on", "closing_reason", "closing_notes")),
    "Productive Unit Follow-up": frozenset(("visit_date",)),
    "Community Activity": frozenset(("status", "activity_date")),
    "Commitment": frozenset(("status", "outcome")),
}
# Without which Frappe makes no record, beside what the acta itself gives.
NEEDED = {"Productive Unit Follow-up": ("operating",), "Commitment": ("subject", "due_date")}
_ACTA_FIELD = {"Family": "family", "Beneficiary": "beneficiary", "Productive Unit": "productive_unit"}


def validate(doc: Any) -> None:
    """Check the mapping of a template: its questions, its fields, whether they fit."""
    before = doc.get_doc_before_save()
    writes = templates.writes_of(doc)
    # A field that is gone since is told when a mapping changes, and refuses no withdrawal.
    stays = before and before.status != "Draft" and templates.writes_of(before) == writes
    if not writes or stays:
        return
    fields = {target: fields_of(target) for target in (*CHANGED, *MADE)}
    if problems := check_writes(build(*templates.rows_of(doc)), writes, fields, NEEDED):
        frappe.throw(template_problems.listed(problems), title=_("The Template has Problems"))


def fields_of(target: str) -> dict[str, TargetField]:
    """Return the fields of a target that a template may write, those that an administrator added included."""
    found: dict[str, TargetField] = {}
    for field in frappe.get_meta(target).fields:
        fixed = field.read_only or field.hidden or field.permlevel or field.get("is_virtual")
        # What is set once belongs to the one who registers, in records that are changed.
        fixed = fixed or (field.set_only_once and target in CHANGED)
        if fixed or field.fieldtype not in _KINDS or field.fieldname in PROTECTED.get(target, ()):
            continue
        options = (field.options or "").split("\n") if field.fieldtype == "Select" else ()
        found[field.fieldname] = TargetField(field.fieldtype, tuple(options))
    return found


@frappe.whitelist()
def writable_fields(target: str) -> list[dict]:
    """Return the fields of a target for the form of a template, {"value", "label"}; for whoever may read templates."""
    permissions.require("Acta Template", "read")
    if target not in (*CHANGED, *MADE):
        return []
    meta = frappe.get_meta(target)
    return [
        {"value": name, "label": f"{_(meta.get_field(name).label)} ({name})"} for name in fields_of(target)
    ]


def apply(doc: Any) -> None:
    """Write what an acta that is being closed says, and note in it which records it changed and made."""
    template = frappe.get_cached_doc("Acta Template", doc.template)
    writes = templates.writes_of(template)
    if not writes:
        return
    targets = {write.target: fields_of(write.target) for write in writes}
    answers = forms.read_answers(doc.answers)
    try:
        found = intents(templates.load(doc.template), writes, targets, answers)
    except WriteError as error:
        frappe.throw(
            _("{0}: the answer {1} does not fit the field {2} of {3}.").format(
                error.write.question, error.answer, error.write.field, _(error.write.target)
            ),
            title=_("Not Ready to Close"),
        )
    earlier = _records_of(doc.amends) if doc.amends else {}
    for intent in found:
        with _refusing_the_closing(intent):
            if intent.target in CHANGED:
                _change(doc, intent.target, _subject(doc, intent.target), intent.values)
            elif intent.target == "Commitment":
                _make_commitment(doc, intent.values)
            elif intent.target in earlier:
                _change(doc, intent.target, earlier[intent.target], intent.values)
            else:
                _make(doc, template, intent)


def _subject(doc: Any, target: str) -> str:
    name = doc.get(_ACTA_FIELD[target])
    if not name:
        frappe.throw(_("The acta does not say which one: choose it in the acta."))
    return str(name)


def _change(acta: Any, target: str, name: str, values: Mapping[str, Any]) -> None:
    record = frappe.get_doc(target, name, for_update=True)
    # What is the same already is no change; a text and a number or a date compare as they are stored.
    changed = {field: value for field, value in values.items() if not _same(record, field, value)}
    if not changed:
        return
    record.update(changed)
    record.check_permission("write")
    record.flags.updater_reference = _reference(acta)
    # Said outright: the history names the acta wherever this runs, and Frappe's tests leave it out by themselves.
    record.save(ignore_version=False)
    _note(acta, target, name, "Changed", changed)


def _same(record: Any, field: str, value: Any) -> bool:
    kind = record.meta.get_field(field).fieldtype
    now = record.get(field)
    if kind == "Date":
        return bool(now) and getdate(now) == getdate(value)
    if kind in (*NUMBERS, "Check"):
        return now is not None and float(now) == float(value)
    return str(now or "") == str(value)


def _make(acta: Any, template: Any, intent: Intent) -> None:
    record = frappe.new_doc(intent.target)
    if intent.target == "Productive Unit Follow-up":
        given = {"productive_unit": _subject(acta, "Productive Unit"), "visited_by": acta.gestor}
        given["visit_date"] = acta.visit_date
    else:
        given = {
            "subject": acta.template_title,
            "activity_kind": "Other",
            "component": template.component or "General",
            "status": "Held",
            "activity_date": acta.visit_date,
            "start_time": acta.start_time,
            "community": acta.community,
            "programme": acta.programme,
            "place": acta.place,
            "responsible": acta.gestor,
        }
    record.update({**given, **intent.values})
    record.flags.updater_reference = _reference(acta)
    record.insert()
    _note(acta, intent.target, record.name, "Made", intent.values)
    if intent.target == "Community Activity":
        _note_attendance(acta, record.name)


def _note_attendance(acta: Any, activity: str) -> None:
    """Those who took part and are registered attended."""
    for person in dict.fromkeys(row.beneficiary for row in acta.participants if row.beneficiary):
        record = frappe.new_doc("Activity Attendance")
        record.update({"activity": activity, "beneficiary": person, "attended": "Present"})
        record.flags.updater_reference = _reference(acta)
        record.insert()
        _note(acta, "Activity Attendance", record.name, "Made", {"attended": "Present"})


def _make_commitment(acta: Any, values: Mapping[str, Any]) -> None:
    same = {"reference_doctype": "Acta", "subject": values.get("subject"), "due_date": values.get("due_date")}
    for source in filter(None, (acta.name, acta.amends)):
        if frappe.db.exists("Commitment", {**same, "reference_name": source}):
            return
    record = agreements.new_commitment(acta, values.get("subject", ""), values.get("due_date", ""))
    record.update({field: value for field, value in values.items() if field not in ("subject", "due_date")})
    if record.responsible_party == "Staff":
        record.responsible = acta.gestor
    record.flags.updater_reference = _reference(acta)
    record.insert()
    _note(acta, "Commitment", record.name, "Made", values)


def _records_of(acta: str) -> dict[str, str]:
    """The records that an acta made, or changed because the one before it had made them, by DocType."""
    # They are part of the acta that is amended, which its author may read.
    rows = frappe.get_all(
        "Acta Written Record",
        filters={"parenttype": "Acta", "parent": acta, "record_doctype": ["in", MADE]},
        fields=["record_doctype", "record_name"],
        order_by="idx",
    )
    return {row.record_doctype: row.record_name for row in rows}


def _note(acta: Any, target: str, name: str, action: str, values: Mapping[str, Any]) -> None:
    row = acta.append(
        "written_records",
        {
            "record_doctype": target,
            "record_name": name,
            "action": action,
            "written_fields": ", ".join(values),
        },
    )
    # The acta is being saved: its rows were written before what they tell of had happened.
    row.db_insert()


def _reference(acta: Any) -> dict[str, str]:
    return {"doctype": "Acta", "docname": acta.name, "label": _("via the acta {0}").format(acta.name)}


@contextmanager
def _refusing_the_closing(intent: Intent) -> Iterator[None]:
    """Tell what a record refused as a reason why the acta cannot be closed."""
    shown = len(frappe.message_log)
    try:
        yield
    except (frappe.ValidationError, frappe.PermissionError) as error:
        # What the record itself has told is told here, once.
        told = [str(message.get("message") or "") for message in frappe.get_message_log()[shown:]]
        del frappe.message_log[shown:]
        reason = " ".join(dict.fromkeys(filter(None, (strip_html(text) for text in told)))) or str(error)
        frappe.throw(
            _("The acta cannot be closed: {0} does not take {1}. {2}").format(
                _(intent.target), ", ".join(dict.fromkeys(intent.questions.values())), reason
            ),
            type(error) if isinstance(error, frappe.PermissionError) else frappe.ValidationError,
            title=_("Not Ready to Close"),
        )
