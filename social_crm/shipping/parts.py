"""Workflow states and actions: small rows that workflows share, created when missing, removed when nobody uses them."""

from collections.abc import Mapping
from typing import Any

import frappe

from social_crm.shipping import documents, ledger

# Colours of states that this code creates; the administrator may change them (the row is theirs afterwards).
STYLES: Mapping[str, str] = {
    "Approved": "Success",
    "Paid": "Success",
    "Disbursed": "Success",
    "Signed": "Success",
    "Implementation": "Primary",
    "Follow-up": "Primary",
    "Committee": "Warning",
    "Review": "Warning",
    "Requested": "Warning",
    "In Review": "Warning",
    "In Committee": "Warning",
    "Rejected": "Danger",
    "Cancelled": "Danger",
}


def ensure_parts(workflow: Mapping[str, Any]) -> None:
    """Create the states and actions that a workflow names and the site lacks, and remember which were ours.

    workflow: the values of a shipped workflow, with `states` and `transitions`.
    """
    transitions = workflow.get("transitions") or []
    states = [row["state"] for row in workflow.get("states") or []]
    states += [row[key] for row in transitions for key in ("state", "next_state")]
    for state in dict.fromkeys(states):
        _ensure(
            "Workflow State",
            "Workflow State",
            state,
            {"workflow_state_name": state, "style": STYLES.get(state, "")},
        )
    for action in dict.fromkeys(row["action"] for row in transitions):
        _ensure("Workflow Action", "Workflow Action Master", action, {"workflow_action_name": action})


def remove_parts() -> None:
    """Delete the states and actions that we created and no remaining workflow uses."""
    for entry in ledger.entries(("Workflow State", "Workflow Action")):
        if not entry.existed_before and not _used(entry.item_doctype, entry.item_name):
            documents.delete(entry.item_doctype, entry.item_name)


def _ensure(kind: str, doctype: str, name: str, values: Mapping[str, Any]) -> None:
    exists = bool(frappe.db.exists(doctype, name))
    if not exists:
        documents.insert(doctype, name, values)
    if ledger.find(doctype, name) is None:
        ledger.add(kind, doctype, name, existed_before=exists)


def _used(doctype: str, name: str) -> bool:
    if doctype == "Workflow Action Master":
        return bool(frappe.db.exists("Workflow Transition", {"action": name}))
    return any(
        frappe.db.exists(child, {field: name})
        for child, field in (
            ("Workflow Document State", "state"),
            ("Workflow Transition", "state"),
            ("Workflow Transition", "next_state"),
        )
    )
