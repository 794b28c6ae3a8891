"""Which fields of a family, a person and a productive unit somebody may correct on a device, and how a screen asks for them.

A kind of row of its own in what a device pulls: no DocType lists them, and they differ by what the user's roles may write.
"""

import hashlib
import json
from collections.abc import Collection
from typing import Any

import frappe
from frappe import _
from frappe.model import default_fields

KIND = "form"
LANGUAGES = ("es", "en")
# In the order in which a screen asks. What actions of their own change (members, status, community) is not among them.
FIELDS: dict[str, tuple[str, ...]] = {
    "Family": (
        "family_name",
        "zone",
        "present_detail",
        "latitude",
        "longitude",
        "census_code",
        "notes",
    ),
    "Beneficiary": (
        "first_name",
        "middle_name",
        "first_surname",
        "second_surname",
        "birth_date",
        "sex",
        "schooling_level",
        "occupation",
    ),
    "Productive Unit": ("unit_name", "activity_sector", "description", "started_on", "monthly_sales", "jobs"),
}
FIELDTYPES = frozenset(
    {"Data", "Small Text", "Text", "Select", "Link", "Date", "Time", "Int", "Float", "Currency", "Check"}
)


def versions() -> dict[str, str]:
    """Return "form/doctype" -> version of every list of fields that the user may have."""
    return {f"{KIND}/{doctype}": _version(data) for doctype, data in _forms(FIELDS).items()}


def rows(doctypes: Collection[str]) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return doctype -> version and list of fields, of those that the user may still write."""
    return {doctype: (_version(data), data) for doctype, data in _forms(doctypes).items()}


def may_write(meta: Any, name: str) -> bool:
    """Say whether the user may write a field from a device; what the program computes, a device does not write either."""
    field = meta.get_field(name)
    if not field or name in default_fields or field.fieldtype not in FIELDTYPES:
        return False
    if field.read_only or field.hidden or field.set_only_once:
        return False
    return not field.permlevel or field.permlevel in meta.get_permlevel_access(
        "write", user=frappe.session.user
    )


def _forms(doctypes: Collection[str]) -> dict[str, dict[str, Any]]:
    found = {}
    for doctype in doctypes:
        if doctype not in FIELDS or not frappe.has_permission(doctype, "write"):
            continue
        meta = frappe.get_meta(doctype)
        fields = [_field(meta.get_field(name)) for name in FIELDS[doctype] if may_write(meta, name)]
        found[doctype] = {"name": doctype, "fields": fields}
    return found


def _field(field: Any) -> dict[str, Any]:
    """A field as a screen draws it; a link is written by its name and therefore left to the Desk."""
    options = (field.options or "").split("\n") if field.fieldtype == "Select" else []
    return {
        "fieldname": field.fieldname,
        "fieldtype": field.fieldtype,
        "label": _texts(field.label),
        "required": bool(field.reqd),
        "length": field.length or (140 if field.fieldtype == "Data" else 2000),
        "options": [{"value": one, "label": _texts(one)} for one in options if one],
    }


def _texts(text: str) -> dict[str, str]:
    return {language: _(text, language) for language in LANGUAGES}


def _version(data: dict[str, Any]) -> str:
    content = json.dumps(data, sort_keys=True, ensure_ascii=False)
    return hashlib.blake2b(content.encode(), digest_size=6).hexdigest()
