"""What a device holds: "kind/id" and version of each row that it acknowledged, and of the pull that is under way."""

import base64
import json
import zlib
from dataclasses import dataclass, field
from typing import Any

import frappe

DOCTYPE = "Field Device Snapshot"


@dataclass
class Pending:
    """A pull under way. rows: what the device will hold. todo: the keys that it does not hold yet, in order."""

    rows: dict[str, str] = field(default_factory=dict)
    todo: list[str] = field(default_factory=list)


def acknowledged(device: str) -> tuple[str, dict[str, str]]:
    """Return cursor and rows that a device acknowledged last; both empty when there are none."""
    row = frappe.db.get_value(DOCTYPE, device, ["acknowledged_cursor", "acknowledged"], as_dict=True)
    return (row.acknowledged_cursor or "", _unpacked(row.acknowledged) or {}) if row else ("", {})


def pending(device: str, cursor: str | None) -> Pending | None:
    """Return the pull under way, if it is the one of this cursor."""
    row = frappe.db.get_value(DOCTYPE, device, ["pending_cursor", "pending"], as_dict=True)
    if not row or not cursor or row.pending_cursor != cursor:
        return None
    value = _unpacked(row.pending)
    return Pending(value["rows"], value["todo"])


def begin(device: str, found: Pending) -> str:
    """Keep a pull as the one under way, in place of an earlier one; return its cursor."""
    cursor = frappe.generate_hash(length=20)
    _set(device, pending_cursor=cursor, pending=_packed({"rows": found.rows, "todo": found.todo}))
    return cursor


def change(device: str, found: Pending) -> None:
    """Keep what became of the pull under way."""
    _set(device, pending=_packed({"rows": found.rows, "todo": found.todo}))


def acknowledge(device: str, cursor: str) -> bool:
    """Take the pull under way for received; say whether the cursor is this, or was acknowledged before."""
    found = pending(device, cursor)
    if found:
        values = {"acknowledged_cursor": cursor, "acknowledged": _packed(found.rows)}
        _set(device, **values, pending_cursor=None, pending=None)
        return True
    return acknowledged(device)[0] == cursor != ""


def _set(device: str, **values: Any) -> None:
    if not frappe.db.exists(DOCTYPE, device):
        doc = frappe.get_doc({"doctype": DOCTYPE, "name": device, **values})
        try:
            # What a device holds is written by the program alone.
            doc.insert(ignore_permissions=True)
            return
        except frappe.DuplicateEntryError:
            frappe.clear_messages()
    frappe.db.set_value(DOCTYPE, device, values)


def _packed(value: Any) -> str:
    return base64.b64encode(zlib.compress(json.dumps(value).encode(), 6)).decode()


def _unpacked(text: str | None) -> Any:
    return json.loads(zlib.decompress(base64.b64decode(text))) if text else None
