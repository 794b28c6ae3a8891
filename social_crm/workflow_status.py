"""A status that follows the site's workflow: its states carry the value, so renaming a state changes no rule of ours."""

from collections.abc import Mapping
from typing import Any

import frappe
from frappe import _
from frappe.model.workflow import get_transitions, has_approval_access
from frappe.utils import cint


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


def require_status(doc: Any, status: str) -> str | None:
    """Return the state into which the user may move a record now so that it gets a status; None without a workflow.

    doc: as it is stored. Errors: the site's workflow offers the user no such step.
    """
    workflow = _workflow(doc.doctype)
    if not workflow:
        return None
    states = {
        row.state for row in workflow.states if row.update_field == "status" and row.update_value == status
    }
    step = next((t for t in _steps(doc, workflow) if t.next_state in states), None)
    return step.next_state if step else _refuse_step(doc)


def require_transition(doc: Any) -> None:
    """Refuse a submission that is not a step of the active workflow, or one that its maker may not take.

    Frappe asks for the step only where the state was changed: a record that is submitted directly passes by it.
    """
    workflow = _workflow(doc.doctype)
    if not workflow:
        return
    state = doc.get(workflow.workflow_state_field)
    stored = frappe.get_doc(doc.doctype, doc.name) if doc.get_doc_before_save() else None
    if not stored or all(step.next_state != state for step in _steps(stored, workflow)):
        _refuse_step(doc)


def enter_cancelled_state(doc: Any) -> None:
    """Move a record that is being cancelled into the state that stands for it, if the user may take that step.

    Frappe leaves the state as it was.
    """
    workflow = _workflow(doc.doctype)
    states = workflow.states if workflow else ()
    cancelled = next((row.state for row in states if cint(row.doc_status) == 2), None)
    if cancelled:
        doc.set(workflow.workflow_state_field, cancelled)
        require_transition(doc)


def _steps(doc: Any, workflow: Any) -> list[Any]:
    user = frappe.session.user
    return [step for step in get_transitions(doc, workflow) if has_approval_access(user, doc, step)]


def _refuse_step(doc: Any) -> None:
    frappe.throw(
        _("The workflow of {0} does not let you take this step now.").format(_(doc.doctype)),
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
