"""The memory of shipping: one `Shipped Item` for each row that the app brought to the site."""

import json
from collections.abc import Mapping
from typing import Any

import frappe
from frappe.utils import now_datetime

LEDGER = "Shipped Item"

CURRENT = "Current"
EDITED = "Edited"
UPDATE_AVAILABLE = "Update Available"
KEPT = "Kept"
REMOVED = "Removed"
OWNED_BY_SITE = "Owned by the Site"
NO_LONGER_SHIPPED = "No Longer Shipped"

# Kinds that come from files; the others (states, actions, roles) are only remembered so that uninstalling knows them.
FILE_KINDS = ("Master", "Workflow", "Print Format", "Notification")


def find(doctype: str, shipped_name: str) -> Any | None:
    """Return the entry of a shipped row, or None when the row is new to the site."""
    name = frappe.db.get_value(LEDGER, {"item_doctype": doctype, "shipped_name": shipped_name})
    return frappe.get_doc(LEDGER, name) if name else None


def entries(kinds: tuple[str, ...]) -> list[Any]:
    """Return the entries of some kinds, oldest first."""
    # The ledger is read by migrate, uninstall and checked endpoints, which work on all of it.
    names = frappe.get_all(LEDGER, filters={"kind": ["in", kinds]}, pluck="name", order_by="creation asc")
    return [frappe.get_doc(LEDGER, name) for name in names]


def add(kind: str, doctype: str, name: str, existed_before: bool, **fields: Any) -> Any:
    """Remember a row; `existed_before` marks one that the site had under this name already."""
    entry = frappe.new_doc(LEDGER)
    entry.update(
        {
            "kind": kind,
            "item_doctype": doctype,
            "item_name": name,
            "shipped_name": name,
            "existed_before": int(existed_before),
            "state": OWNED_BY_SITE if existed_before else CURRENT,
            **fields,
        }
    )
    # Nobody writes the ledger by hand: migrate and the checked endpoints do.
    return entry.insert(ignore_permissions=True)


def change(entry: Any, **fields: Any) -> None:
    """Write the fields that differ; an entry that says the same already keeps its modified time."""
    different = {key: value for key, value in fields.items() if (entry.get(key) or None) != (value or None)}
    if not different:
        return
    entry.update(different)
    # Nobody writes the ledger by hand: migrate and the checked endpoints do. A removed item may still be named.
    entry.flags.ignore_links = True
    entry.save(ignore_permissions=True)


def installed(values: Mapping[str, Any], version: str) -> dict[str, Any]:
    """Return the fields that record that the site now holds our content."""
    return {
        "state": CURRENT,
        "shipped_version": version,
        "available_version": version,
        "kept_version": None,
        "shipped_json": json.dumps(values, sort_keys=True, ensure_ascii=False, indent=1),
        "shipped_on": now_datetime(),
    }


def as_installed(entry: Any) -> dict[str, Any] | None:
    """Return the content as the site stored it when we last wrote it; None when we never did."""
    return json.loads(entry.shipped_json) if entry.shipped_json else None


def forget(entry: Any) -> None:
    """Remove an entry whose row is gone and shipped no more."""
    # Nobody writes the ledger by hand: migrate does.
    frappe.delete_doc(LEDGER, entry.name, ignore_permissions=True, force=True, delete_permanently=True)
