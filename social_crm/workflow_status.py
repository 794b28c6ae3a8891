"""A status that follows the site's workflow: its states carry the value, so renaming a state changes no rule of ours."""

from typing import Any

import frappe


def status_from_workflow(doc: Any, initial: str) -> str:
    """Return the `status` of a record: the value that the state it is in sets; otherwise what it was before.

    initial: of a record that is new.
    """
    before = doc.get_doc_before_save()
    if not before:
        return initial
    workflow = _workflow(doc.doctype)
    row = next((s for s in workflow.states if s.state == doc.workflow_state), None) if workflow else None
    return row.update_value if row and row.update_field == "status" else before.status


def state_for_status(doctype: str, status: str) -> str | None:
    """Return the state of the site's workflow that stands for a status, or None."""
    workflow = _workflow(doctype)
    states = workflow.states if workflow else ()
    return next((s.state for s in states if s.update_field == "status" and s.update_value == status), None)


def _workflow(doctype: str) -> Any:
    name = frappe.get_meta(doctype).get_workflow()
    return frappe.get_cached_doc("Workflow", name) if name else None
