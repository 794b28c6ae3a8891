"""What the stages of a productive unit stand for, and its closings, each of which is kept with its days."""

import frappe
from frappe import _
from frappe.model.workflow import get_transitions, has_approval_access
from frappe.utils import formatdate, getdate, nowdate

from social_crm.changes import has_changed
from social_crm.workflow_status import status_from_workflow, status_of_state

UNIT = "Productive Unit"
GROUP = "stage_group"
PREPARATION, OPERATION, CLOSED = "Preparation", "Operation", "Closed"
# What the stages were called when they were shipped without a group; `workflow_status.py` says why.
GROUPS = {
    **dict.fromkeys(("Diagnosis", "Profile", "Business Model", "Action Plan"), PREPARATION),
    **dict.fromkeys(("Implementation", "Follow-up"), OPERATION),
    "Closed": CLOSED,
}
CLOSING_FIELDS = ("closed_on", "closing_reason", "closing_notes")


def group_of(state: str | None) -> str | None:
    """Return what a stage of the site's workflow stands for, or None when it stands for nothing of its own."""
    return status_of_state(UNIT, state, GROUP, GROUPS)


def follow_workflow(unit) -> None:
    """Set the group of a unit's stage, and forget rows of closings that somebody wrote by hand."""
    before = unit.get_doc_before_save()
    unit.stage_group = status_from_workflow(unit, PREPARATION, GROUP, GROUPS)
    unit.set("closings", [row.as_dict() for row in before.closings] if before else [])


def check_closing(unit) -> None:
    """Refuse a closing outside the step of the workflow that closes, or without its day and reason."""
    title = _("Why the unit closes")
    before = unit.get_doc_before_save()
    was_closed = bool(before) and before.stage_group == CLOSED
    if unit.stage_group != CLOSED:
        if not was_closed and unit.closed_on and has_changed(unit, "closed_on"):
            frappe.throw(_("The day of closing is entered by the step that closes the unit."), title=title)
        return
    if not (unit.closed_on and unit.closing_reason):
        frappe.throw(
            _("Enter the day and the reason before you close the unit."), frappe.MandatoryError, title=title
        )
    if was_closed and has_changed(unit, "closed_on"):
        frappe.throw(
            _("Rates of past days rest on the day of closing. Reopen the unit and close it again."),
            title=title,
        )
    reopened = [getdate(row.reopened_on) for row in unit.closings if row.reopened_on]
    if not was_closed and reopened and getdate(unit.closed_on) < max(reopened):
        frappe.throw(
            _("The unit was reopened on {0}: it cannot have closed again before that day.").format(
                formatdate(max(reopened))
            ),
            title=title,
        )


def keep_closing(unit) -> None:
    """Write a closing down with its day, and end it when the unit is reopened. The unit has been checked."""
    before = unit.get_doc_before_save()
    was_closed = bool(before) and before.stage_group == CLOSED
    present = next((row for row in unit.closings if not row.reopened_on), None)
    if unit.stage_group == CLOSED:
        if present is None:
            present = unit.append("closings", {"closed_by": frappe.session.user})
            present.closed_on = unit.closed_on
        # A unit that was counted as closed before it reached the stage stays so from its first day.
        unit.closed_on = present.closed_on
        present.update({field: unit.get(field) for field in CLOSING_FIELDS[1:]})
        present.beneficiary = unit.beneficiary
    elif was_closed:
        if present:
            present.update({"reopened_on": getdate(nowdate()), "reopened_by": frappe.session.user})
        unit.update(dict.fromkeys(CLOSING_FIELDS))


def close(unit) -> None:
    """Take a unit, whose day and reason of closing are set, through the step of the site's workflow that closes.

    Raises frappe.ValidationError when the workflow offers the user no such step.
    """
    step = next((row for row in get_transitions(unit) if group_of(row.next_state) == CLOSED), None)
    if step is None or not has_approval_access(frappe.session.user, unit, step):
        frappe.throw(
            _("In the stage {0} you cannot close the unit.").format(frappe.bold(_(unit.workflow_state))),
            frappe.PermissionError,
            title=_("Not in This State"),
        )
    unit.workflow_state = step.next_state
    unit.save()
    unit.add_comment("Workflow", _(step.next_state))


def closings_of(read, units: list[str] | None = None) -> dict[str, list[dict]]:
    """Return the closings by unit.

    read: frappe.get_all; the rows have no permissions of their own, and the caller shows those of readable units alone.
    units: only of these; otherwise of all, which are few beside the units.
    """
    filters: dict = {"parenttype": UNIT}
    if units is not None:
        filters["parent"] = ["in", units]
    rows = read(
        "Productive Unit Closing",
        filters=filters,
        fields=["parent", "closed_on", "reopened_on"],
        order_by="parent asc, idx asc",
        limit_page_length=0,
    )
    return by_unit(rows, "parent")


def by_unit(rows: list[dict], field: str) -> dict[str, list[dict]]:
    """Return rows by the unit that a field of them names, in their order."""
    found: dict[str, list[dict]] = {}
    for row in rows:
        found.setdefault(row[field], []).append(row)
    return found
