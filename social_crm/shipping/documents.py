"""Reads and writes one row of the site for the shipping code, through the documented Document API alone."""

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import frappe
from frappe.model import no_value_fields, table_fields

# Written by the builders of the Desk while somebody only looks: no edit.
BUILDER_FIELDS = frozenset({"workflow_data", "workflow_builder_id"})

Values = dict[str, Any]


def own_fields(doctype: str) -> list[Any]:
    """Return the fields of a DocType that hold content of their own."""
    return [
        field
        for field in frappe.get_meta(doctype).fields
        if (field.fieldtype in table_fields or field.fieldtype not in no_value_fields)
        and field.fieldtype != "Password"
        and field.fieldname not in BUILDER_FIELDS
    ]


def read(doctype: str, name: str) -> Values | None:
    """Return the content of a row as plain JSON values, or None when the row does not exist."""
    if not frappe.db.exists(doctype, name):
        return None
    return plain(frappe.get_doc(doctype, name))


def plain(document: Any) -> Values:
    """Return the content of a document without what the platform keeps beside it (names of rows, times, owner)."""
    values: Values = {}
    for field in own_fields(document.doctype):
        value = document.get(field.fieldname)
        if field.fieldtype in table_fields:
            values[field.fieldname] = [plain(row) for row in value or []]
        else:
            values[field.fieldname] = _plain_value(value)
    return values


def insert(doctype: str, name: str, values: Mapping[str, Any]) -> Values:
    """Insert a shipped row under its name; return its content as the site stored it."""
    document = frappe.new_doc(doctype)
    _fill(document, values)
    # The administrators' choice or a migrate writes rows here, also where their own role may not (Workflow, Print Format).
    document.flags.ignore_permissions = True
    document.insert(set_name=name)
    return read(doctype, name) or {}


def overwrite(doctype: str, name: str, values: Mapping[str, Any]) -> Values:
    """Replace the whole content of an existing row; what `values` leaves out returns to its default."""
    document = frappe.get_doc(doctype, name)
    fresh = frappe.new_doc(doctype)
    for field in own_fields(doctype):
        if field.fieldtype not in table_fields:
            document.set(field.fieldname, fresh.get(field.fieldname))
    _fill(document, values)
    if document.meta.has_field("workflow_data"):
        # The drawing of the builder belongs to the old states; it draws itself anew.
        document.workflow_data = None
    # The administrators' choice or a migrate writes rows here, also where their own role may not (Workflow, Print Format).
    document.flags.ignore_permissions = True
    document.save()
    return read(doctype, name) or {}


def delete(doctype: str, name: str, at_any_rate: bool = False) -> None:
    """Delete a row that we brought; links to it are the caller's matter.

    at_any_rate: also where the record's own rules keep it (a published template), for its DocType goes as well.
    """
    # Migrate and uninstall take back what they brought.
    frappe.delete_doc(
        doctype,
        name,
        force=True,
        ignore_permissions=True,
        ignore_missing=True,
        ignore_on_trash=at_any_rate,
        delete_permanently=True,
    )


def _fill(document: Any, values: Mapping[str, Any]) -> None:
    known = {field.fieldname: field for field in own_fields(document.doctype)}
    for fieldname, field in known.items():
        if field.fieldtype in table_fields:
            document.set(fieldname, [])
    for fieldname, value in values.items():
        # A field that this version of the platform does not have (a newer option) is left out.
        if fieldname not in known:
            continue
        if known[fieldname].fieldtype in table_fields:
            child = {row_field.fieldname for row_field in own_fields(known[fieldname].options)}
            for row in value:
                document.append(fieldname, {key: item for key, item in row.items() if key in child})
        else:
            document.set(fieldname, value)


def _plain_value(value: Any) -> Any:
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        return str(value)
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, bool):
        return int(value)
    return value
