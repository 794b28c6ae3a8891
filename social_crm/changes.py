"""What a save changes, compared as it is stored.

A form of the Desk sends dates as texts and whole numbers for decimals. Frappe's own `has_value_changed` compares them with
what the database gave: in the version of 2023 every date of a saved form counts as changed, in rows of tables every amount
does, in every version.
"""

from typing import Any

import frappe


def stored_values(row: Any) -> dict[str, Any]:
    """Return the columns of a document or of a row as they will be stored, dates as texts; 0 and nothing are ""."""
    values = row.get_valid_dict(convert_dates_to_str=True, ignore_virtual=True)
    return {field: value or "" for field, value in values.items()}


def changed_fields(doc: Any, *fields: str) -> set[str]:
    """Return those of the fields (columns, not tables) that the present save changes; all of them in a new document."""
    before = doc.get_doc_before_save()
    if not before:
        return set(fields)
    now, then = stored_values(doc), stored_values(before)
    return {field for field in fields if now.get(field) != then.get(field)}


def has_changed(doc: Any, *fields: str) -> bool:
    """Whether the present save changes one of the fields; a new document changes all."""
    return bool(changed_fields(doc, *fields))


def stored_rows(rows: list[Any] | None) -> list[dict[str, Any]]:
    """Return rows of a table as they compare: without keys and dates of saving."""
    own = (*frappe.model.default_fields, *frappe.model.child_table_fields)
    return [
        {field: value for field, value in stored_values(row).items() if field not in own}
        for row in rows or []
    ]
