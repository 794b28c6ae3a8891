"""A status that follows the site's workflow: its states carry the value, so renaming a state changes no rule of ours."""

from collections.abc import Mapping
from typing import Any

import frappe
from frappe import _
from frappe.model.workflow import get_transitions, has_approval_access


def status_from_workflow(
    doc: Any, initial: str, field: str = "status", by_name: Mapping[str, str] | None = None
) -> str:
    """Return the status of a record: the value that the state it is in sets; otherwise what it was before.

    initial: of a record that is new.
    field: where the status is kept, and which the states of the workflow name in "Update Field".
    by_name: values of the states as they were shipped before they carried one. An administrator may have edited such a
        workflow, which then stays as it is: its states are known by their names as long as they set no value.
    """
    before = doc.get_doc_before_save()
    if not before:
        return initial
    value = status_of_state(doc.doctype, doc.workflow_state, field, by_name)
    return value or before.get(field) or initial


def status_of_state(
    doctype: str, state: str | None, field: str = "status", by_name: Mapping[str, str] | None = None
) -> str | None:
    """Return the status that a state of the site's workflow stands for, or None when it stands for none."""
    workflow = _workflow(doctype)
    rows = [row for row in workflow.states if row.state == state] if workflow else []
    given = next((row.update_value for row in rows if row.update_field == field and row.update_value), None)
    return given or (by_name or {}).get(state or "") if rows else None


def state_for_status(doctype: str, status: str) -> str | None:
    """Return the state of the site's workflow that stands for a status, or None."""
    workflow = _workflow(doctype)
    states = workflow.states if workflow else ()
    return next((s.state for s in states if s.update_field == "status" and s.update_value == status), None)


def require_transition(doc: Any, state: str) -> None:
    """Refuse unless the site's workflow lets the user move the stored document to a state.

    Raises:
        frappe.PermissionError: no transition of the user's leads there.
    """
    user = frappe.session.user
    open_to = [row for row in get_transitions(doc) if row.next_state == state]
    if not any(has_approval_access(user, doc, row) for row in open_to):
        frappe.throw(
            _("The workflow does not let you move {0} to {1}.").format(doc.name, _(state)),
            frappe.PermissionError,
            title=_("Not in This State"),
        )


def _workflow(doctype: str) -> Any:
    name = frappe.get_meta(doctype).get_workflow()
    return frappe.get_cached_doc("Workflow", name) if name else None


def translate_states(bootinfo: Any) -> None:
    """Let the Desk translate the states of workflows wherever it shows one; a hook of every page load.

    Frappe's own switch is a property of "Workflow State", which is not ours to change on the site.
    """
    translated = bootinfo.setdefault("translated_doctypes", [])
    if "Workflow State" not in translated:
        translated.append("Workflow State")
