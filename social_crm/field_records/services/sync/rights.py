"""What the user of a device may do, told beforehand: nobody writes without signal what the server can never take."""

from typing import Any

import frappe

from social_crm import workflow_guard
from social_crm.field_records.domain.writes import CHANGED, MADE
from social_crm.workflow_status import status_of_state


def told() -> dict[str, Any]:
    """Return what the session's user may do, for the greeting.

    left_open: published templates whose acta this user may send and not close, because closing writes into records that the user
        may not change, or because the workflow lets others close: it stays a draft for somebody who may.
    """
    create = workflow_guard.may_begin("Acta")
    return {
        "create_acta": create,
        "record_authorisation": bool(frappe.has_permission("Data Authorisation", "create")),
        "left_open": _left_open() if create else [],
    }


def _left_open() -> list[str]:
    published = frappe.get_list(
        "Acta Template", filters={"status": "Published"}, order_by="name", pluck="name"
    )
    if not _may_close():
        return list(published)
    refused = [target for target in CHANGED if not frappe.has_permission(target, "write")]
    refused += [target for target in MADE if not frappe.has_permission(target, "create")]
    if not refused or not published:
        return []
    # Rows of the templates that were just asked for through get_list.
    found = frappe.get_all(
        "Acta Template Write",
        filters={"parenttype": "Acta Template", "parent": ["in", published], "target": ["in", refused]},
        pluck="parent",
        distinct=True,
        order_by="parent",
    )
    return list(found)


def _may_close() -> bool:
    """Whether a step of the workflow of actas that means Closed is one of the user's roles'."""
    name = frappe.get_meta("Acta").get_workflow()
    if not name or frappe.session.user == "Administrator":
        return True
    roles = frappe.get_roles()
    steps = frappe.get_cached_doc("Workflow", name).transitions
    return any(
        step.allowed in roles and status_of_state("Acta", step.next_state) == "Closed" for step in steps
    )
