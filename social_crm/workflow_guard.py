"""Who may change a record in a state of its workflow, asked on the server and by every door.

Frappe shows a form read-only when the state's "Only Allow Edit For" names a role that the user lacks, and asks nowhere
else: over REST, in a bulk edit or in an import the same user changes the record. Here the active Workflow row is asked
at every save and deletion of our DocTypes, so what an administrator changes in the browser counts at once.

Transitions stay Frappe's: its own check decides who may move a record from one state to another. A save that moves the
state may change nothing else but the fields that moving sets, unless its author may edit the state it came from.

Who made a record, and when, is asked by these and by other rules ("nobody approves their own"), and Frappe writes whatever
a client sends for it: of a stored record of ours it never changes.
"""

from functools import lru_cache
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, get_datetime

from social_crm.changes import changed_fields, stored_rows


def keep_author(doc: Any, method: str | None = None) -> None:
    """Refuse a save that says that somebody else made a record of ours, or at another time; an event of every DocType.

    Whoever saves and by whichever door, Administrator included. Empty values are put back: a client need not send them.

    Raises:
        frappe.PermissionError: the record was made by another user or at another time.
    """
    before = doc.get_doc_before_save()
    # Settings are one row that nobody made: what Frappe keeps of its author changes from save to save.
    if not before or doc.meta.issingle or doc.meta.module not in _own_modules():
        return
    earlier = {(row.doctype, row.name): row for row in before.get_all_children()}
    for row in doc.get_all_children():
        if (row.doctype, row.name) in earlier:
            kept = earlier[row.doctype, row.name]
            row.owner, row.creation = kept.owner, kept.creation
    doc.owner, doc.creation = doc.owner or before.owner, doc.creation or before.creation
    if doc.owner != before.owner or get_datetime(doc.creation) != get_datetime(before.creation):
        frappe.throw(
            _("Who made a record, and when, never changes: leave these two out of what you send."),
            frappe.PermissionError,
            title=_("Author of the Record"),
        )


@lru_cache(maxsize=1)
def _own_modules() -> frozenset[str]:
    return frozenset(frappe.get_module_list("social_crm"))


def check_state(doc: Any, method: str | None = None) -> None:
    """Refuse a save of a record in a state that the user's roles may not edit; an event of our DocTypes.

    It comes before the record's own checks: what those compute in the course of a transition is the app's doing.

    Raises:
        frappe.PermissionError: the state belongs to another role.
    """
    workflow = _workflow_for(doc)
    before = doc.get_doc_before_save() if workflow else None
    if not workflow or not before:
        return
    state_field = workflow.workflow_state_field
    state = before.get(state_field)
    if not state or _may_edit(workflow, state):
        return
    changed = _changed_fields(doc, before)
    if state_field in changed:
        changed -= {state_field, *_fields_set_by(workflow, doc.get(state_field), doc.docstatus)}
    if changed:
        _refuse(doc, workflow, state, changed)


def may_change(doc: Any) -> bool:
    """Whether the state in which a record is stored lets the user's roles change it, so that nothing is offered in vain."""
    workflow = _workflow_for(doc)
    state = doc.get(workflow.workflow_state_field) if workflow else None
    return not state or _may_edit(workflow, state)


def may_begin(doctype: str) -> bool:
    """Whether the user may make a record of a DocType and go on changing it in the state in which it begins."""
    if not frappe.has_permission(doctype, "create") or not frappe.has_permission(doctype, "write"):
        return False
    workflow = _workflow_of(doctype)
    return not workflow or not workflow.states or _may_edit(workflow, workflow.states[0].state)


def check_deletion(doc: Any, method: str | None = None) -> None:
    """Refuse the deletion of a record in a state that the user's roles may not edit; an event of our DocTypes.

    Raises:
        frappe.PermissionError: the state belongs to another role.
    """
    workflow = _workflow_for(doc)
    if not workflow:
        return
    state = frappe.db.get_value(doc.doctype, doc.name, workflow.workflow_state_field)
    if state and not _may_edit(workflow, state):
        _refuse(doc, workflow, state, set())


def _workflow_for(doc: Any) -> Any:
    """Return the active workflow that guards this save; None when there is none or the app itself is writing."""
    if (
        doc.flags.ignore_permissions
        or frappe.flags.in_install
        or frappe.flags.in_migrate
        or frappe.flags.in_patch
    ):
        return None
    return _workflow_of(doc.doctype)


def _workflow_of(doctype: str) -> Any:
    name = frappe.get_meta(doctype).get_workflow()
    return frappe.get_cached_doc("Workflow", name) if name else None


def _may_edit(workflow: Any, state: str) -> bool:
    """A state may be listed several times, once for each role that may edit; one that is not listed limits nobody."""
    allowed = {row.allow_edit for row in workflow.states if row.state == state and row.allow_edit}
    if not allowed or frappe.session.user == "Administrator":
        return True
    return not allowed.isdisjoint(frappe.get_roles(frappe.session.user))


def _fields_set_by(workflow: Any, state: str | None, docstatus: int) -> set[str]:
    """The fields that moving into a state sets, its step of submission included."""
    rows = [row for row in workflow.states if row.state == state]
    fields = {row.update_field for row in rows if row.update_field}
    return fields | {"docstatus"} if any(cint(row.doc_status) == cint(docstatus) for row in rows) else fields


def _changed_fields(doc: Any, before: Any) -> set[str]:
    """Return the names of the fields whose stored value this save changes, tables of rows included.

    What Frappe fetches from a linked record is no doing of the user's.
    """
    changed = {"docstatus"} if cint(doc.docstatus) != cint(before.docstatus) else set()
    columns = set()
    for field in doc.meta.fields:
        name = field.fieldname
        fetched = field.fetch_from and not field.fetch_if_empty
        if fetched or getattr(field, "is_virtual", 0):
            continue
        if field.fieldtype in frappe.model.table_fields:
            if stored_rows(doc.get(name)) != stored_rows(before.get(name)):
                changed.add(name)
        elif field.fieldtype not in frappe.model.no_value_fields:
            columns.add(name)
    return changed | changed_fields(doc, *columns)


def _refuse(doc: Any, workflow: Any, state: str, changed: set[str]) -> None:
    roles = sorted({row.allow_edit for row in workflow.states if row.state == state and row.allow_edit})
    labels = ", ".join(sorted(_(doc.meta.get_label(name)) for name in changed))
    message = _("In the state {0} only {1} may change this record.").format(
        frappe.bold(_(state)), ", ".join(_(role) for role in roles)
    )
    if labels:
        message += " " + _("Changed here: {0}.").format(labels)
    frappe.throw(message, frappe.PermissionError, title=_("Not in This State"))
