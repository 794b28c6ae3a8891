"""What counts as a difference between a site's row and a shipped one, and how it is told to a person."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import frappe
from frappe.model import table_fields

from social_crm.shipping.documents import Values, own_fields

# Which fields tell one row of a table from the next, so that a changed row is shown as changed and not as new.
ROW_KEYS: dict[str, tuple[str, ...]] = {
    "Workflow Document State": ("state",),
    "Workflow Transition": ("state", "action", "next_state"),
    "Acta Template Field": ("field_name",),
    "Acta Template Choice": ("list_name", "choice_value"),
    "Acta Template Translation": ("language", "element"),
    "Acta Template Write": ("target", "target_field"),
}
NUMBERS = frozenset({"Int", "Check", "Float", "Currency", "Percent", "Rating", "Duration"})
CONTEXT_LINES = 2


@dataclass(frozen=True)
class Difference:
    """One difference for the reader.

    where: label of the field, with the row of the table when it is in one (translated).
    site, ours: the two values as text; empty where there is none.
    lines: for long texts, the changed lines with their surroundings as (mark, text); mark is "+" for ours, "-" for
        the site's, " " for both.
    """

    where: str
    site: str
    ours: str
    lines: tuple[tuple[str, str], ...] = ()


def normal(doctype: str, values: Mapping[str, Any]) -> Values:
    """Return values in the form in which they are compared: nothing that is empty or equal to the field's default.

    So a field that a newer platform adds with a default does not make every row of a site look edited.
    """
    result: Values = {}
    for field in own_fields(doctype):
        value = values.get(field.fieldname)
        if field.fieldtype in table_fields:
            rows = [normal(field.options, row) for row in value or []]
            if rows:
                result[field.fieldname] = rows
            continue
        value = _normal_value(field, value)
        if value not in (None, "", 0) and value != _normal_value(field, field.default):
            result[field.fieldname] = value
        elif (
            value in (None, "", 0)
            and _normal_value(field, field.default) not in (None, "", 0)
            and field.fieldname in values
        ):
            # Emptied or unticked by hand where the default says otherwise.
            result[field.fieldname] = ""
    return result


def same(doctype: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Say whether two contents of a row are the same for the rule "nobody edited it"."""
    return normal(doctype, one) == normal(doctype, other)


def differences(doctype: str, site: Mapping[str, Any], ours: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Return the differences between the site's content and ours, in the order of the form."""
    site, ours = normal(doctype, site), normal(doctype, ours)
    found: list[Difference] = []
    for field in own_fields(doctype):
        one, other = site.get(field.fieldname), ours.get(field.fieldname)
        if one == other:
            continue
        if field.fieldtype in table_fields:
            found.extend(_table_differences(field, one or [], other or []))
        else:
            found.append(_difference(frappe._(field.label or field.fieldname), field, one, other))
    return tuple(found)


def _table_differences(field: Any, site: Sequence[Values], ours: Sequence[Values]) -> list[Difference]:
    table = frappe._(field.label or field.fieldname)
    keys = ROW_KEYS.get(field.options)
    left, right = _by_key(site, keys), _by_key(ours, keys)
    found = []
    for key in [*left, *(key for key in right if key not in left)]:
        where = f"{table}: {_row_title(key)}"
        if key not in right:
            found.append(Difference(where, _row_text(field.options, left[key]), ""))
        elif key not in left:
            found.append(Difference(where, "", _row_text(field.options, right[key])))
        else:
            for row_field in own_fields(field.options):
                one, other = left[key].get(row_field.fieldname), right[key].get(row_field.fieldname)
                if one != other:
                    label = frappe._(row_field.label or row_field.fieldname)
                    found.append(_difference(f"{where}, {label}", row_field, one, other))
    common = [key for key in left if key in right]
    if common != [key for key in right if key in left]:
        found.append(Difference(table, frappe._("Rows are in another order"), ""))
    return found


def _by_key(rows: Sequence[Values], keys: tuple[str, ...] | None) -> dict[tuple[str, ...], Values]:
    found: dict[tuple[str, ...], Values] = {}
    for number, row in enumerate(rows, start=1):
        key = tuple(str(row.get(name, "")) for name in keys) if keys else (str(number),)
        found[key if key not in found else (*key, str(number))] = row
    return found


def _row_title(key: tuple[str, ...]) -> str:
    return " → ".join(frappe._(part) for part in key if part)


def _row_text(doctype: str, row: Values) -> str:
    parts = []
    for field in own_fields(doctype):
        if field.fieldname in row:
            parts.append(f"{frappe._(field.label or field.fieldname)}: {_text(field, row[field.fieldname])}")
    return "; ".join(parts)


def _difference(where: str, field: Any, site: Any, ours: Any) -> Difference:
    one, other = _text(field, site), _text(field, ours)
    if "\n" not in one + other:
        return Difference(where, one, other)
    lines = difflib.unified_diff(one.splitlines(), other.splitlines(), n=CONTEXT_LINES, lineterm="")
    shown = tuple((line[:1], line[1:]) for line in list(lines)[2:])
    return Difference(where, one, other, shown)


def _text(field: Any, value: Any) -> str:
    if field.fieldtype == "Check":
        return frappe._("Yes") if value else frappe._("No")
    if value in (None, ""):
        return ""
    return frappe._(str(value)) if field.fieldtype in ("Select", "Link") else str(value)


def _normal_value(field: Any, value: Any) -> Any:
    if field.fieldtype in NUMBERS:
        try:
            number = float(value or 0)
        except (TypeError, ValueError):
            return value
        return int(number) if number.is_integer() else number
    if isinstance(value, str):
        # Browsers send CRLF and editors drop the last line break: neither is an edit.
        return "\n".join(line.rstrip() for line in value.replace("\r\n", "\n").split("\n")).strip()
    return value
