"""Two versions of one record, flat and readable, as a person compares them."""

import json
from collections.abc import Mapping
from typing import Any

import frappe
from frappe import _
from frappe.utils import cstr, format_datetime, get_fullname

from social_crm.field_records.domain.acta_fields import HEADER
from social_crm.field_records.domain.merge import comparable
from social_crm.field_records.services import actas, forms, templates
from social_crm.field_records.services.sync import decisions, readable

_OF_PARTICIPANT = (
    "participant_role",
    "document_number",
    "cannot_sign_reason",
    "witness_name",
    "witness_document",
)
_SIGNED = ("signature", "witness_signature", "fingerprint")


def of_acta(values: Mapping[str, Any]) -> dict[str, str]:
    """Return an acta as path -> text: header fields, "answers.<question>", "participants.<number>"."""
    meta = frappe.get_meta("Acta")
    flat = {}
    for name in HEADER:
        kind = meta.get_field(name).fieldtype
        flat[name] = comparable(values.get(name), kind)
        if kind == "Float" and flat[name] == "0":
            flat[name] = ""
    for name, value in forms.read_answers(values.get("answers")).items():
        flat[f"answers.{name}"] = _text(value)
    for number, row in enumerate(values.get("participants") or [], start=1):
        flat[f"participants.{number}"] = of_participant(row)
    return flat


def as_kept(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a save would make of a device's values: what the server fills in or reckons by itself is no difference."""
    kept = {**values, **actas.subject_of(values)}
    result = actas.examine_answers(values)
    if not result.findings:
        kept["answers"] = json.dumps(result.answers, ensure_ascii=False)
    return kept


def labels_of_acta(template: str) -> dict[str, str]:
    """Return the labels of the paths of `of_acta`."""
    meta = frappe.get_meta("Acta")
    labels = {name: meta.get_label(name) for name in HEADER}
    rows, _choices = templates.rows_of(frappe.get_cached_doc("Acta Template", template))
    labels.update({f"answers.{row.name}": row.label or row.name for row in rows if row.name})
    labels.update({f"participants.{number}": f"{_('Participant')} {number}" for number in range(1, 101)})
    return labels


def shown(doc: Any) -> dict[str, Any]:
    """Return a conflict as its form draws it: values as a person reads them, and what another value is chosen from."""
    texts = readable.of_conflict(doc)
    is_open = doc.status == "Open"
    may_decide, may_take = is_open and decisions.may_decide(doc), is_open and decisions.may_take(doc)
    return {
        "kind": doc.kind,
        "status": doc.status,
        "may_decide": may_decide,
        "may_take": may_take,
        # Whoever sees a conflict and may not end it is told whom to ask.
        "who": decisions.who(doc) if is_open and not (may_take if doc.kind == "Acta" else may_decide) else "",
        "closed": bool(doc.acta and frappe.db.get_value("Acta", doc.acta, "status") == "Closed"),
        "server": {"who": _who(doc.server_user), "when": _when(doc.server_time)},
        "device": {
            "who": _who(doc.device_user),
            "when": _when(doc.device_time),
            "received": _when(doc.received_at),
        },
        "rows": [
            {
                "field": row.fieldname,
                "label": _(row.label),
                "base": texts.text(row.fieldname, row.base_value),
                "server": texts.text(row.fieldname, row.server_value),
                "device": texts.text(row.fieldname, row.device_value),
                "choice": row.choice or "",
                "other": texts.text(row.fieldname, row.other_value),
                "options": texts.options(row.fieldname),
            }
            for row in doc.differences
        ],
    }


def of_participant(row: Any) -> str:
    """Return a participant in one line, as two versions are compared."""
    said = [cstr(row.get("participant_name")), *(cstr(row.get(name)) for name in _OF_PARTICIPANT)]
    mark = _("signed") if any(row.get(field) for field in _SIGNED) else _("not signed")
    return " · ".join([one for one in said if one] + [mark])


def _text(value: Any) -> str:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return cstr(value)


def _who(user: str | None) -> str:
    return str(get_fullname(user)) if user else ""


def _when(moment: Any) -> str:
    return str(format_datetime(moment)) if moment else ""
