"""Who syncs from which device, what the device last said of itself, and its revocation."""

from typing import Any

import frappe
from frappe import _
from frappe.query_builder import DocType
from frappe.utils import now_datetime
from pypika.terms import Criterion

from social_crm import permissions
from social_crm.access.assignments import is_unrestricted
from social_crm.field_records.domain.device_records import is_uuid
from social_crm.field_records.services.sync import problems

_MOST = 2**31 - 1
SUPERVISOR = "Programme Director"


def own_row(device: Any) -> str:
    """Return the row of the caller on a device, made when there is none.

    Raises:
        DeviceRevokedError: the device was revoked, for this or for another of its users.
        frappe.PermissionError: the caller has nothing to do with actas.
    """
    permissions.require("Acta", "read")
    name = find_or_make(device)
    if revocation := revoked(device):
        frappe.local.response["device"] = {"status": "Revoked", "reason": revocation.revocation_reason}
        problems.fail(
            _("This device was revoked. Ask your supervisor."),
            "revoked",
            _("Device Revoked"),
            problems.DeviceRevokedError,
        )
    return name


def find_or_make(device: Any) -> str:
    """Return the row of the caller on a device."""
    if not is_uuid(device):
        problems.fail(_("The device does not say which one it is."), "device", _("Device Unknown"))
    own = {"device_id": device, "user": frappe.session.user}
    name = frappe.db.get_value("Field Device", own)
    if name:
        return str(name)
    try:
        # Whoever may use the app may use it from any device; nobody writes these rows by hand.
        doc = frappe.get_doc({"doctype": "Field Device", "status": "Active", "label": device[:8], **own})
        return str(doc.insert(ignore_permissions=True).name)
    except frappe.UniqueValidationError:
        # Another request of the same device was first; a locking read sees what it has committed.
        frappe.clear_messages()
        return str(frappe.db.get_value("Field Device", own, for_update=True))


def revoked(device: str) -> Any:
    """Return the row by which a device was revoked, for all its users; None when it was not."""
    return frappe.db.get_value(
        "Field Device",
        {"device_id": device, "status": "Revoked"},
        ["name", "revocation_reason"],
        as_dict=True,
    )


def note(name: str, **values: Any) -> None:
    """Write down what a device said of itself; numbers are kept within what a column holds."""
    kept = {
        field: max(-_MOST, min(_MOST, value)) if isinstance(value, int) else value
        for field, value in values.items()
    }
    frappe.db.set_value("Field Device", name, kept)


@frappe.whitelist(methods=["POST"])
def revoke(row: str, reason: str) -> None:
    """Revoke a device for everybody who uses it: it wipes itself at its next sync. row: one of its rows."""
    doc = _managed(row)
    if not (reason or "").strip():
        frappe.throw(_("Write the reason: the user of the device will read it."), title=_("Reason Missing"))
    for one in _rows_of(doc.device_id):
        _write(
            one,
            status="Revoked",
            revoked_on=now_datetime(),
            revoked_by=frappe.session.user,
            revocation_reason=reason.strip(),
            wiped_on=None,
            unsent_lost=0,
        )
        frappe.db.delete("Field Device Snapshot", {"name": one})


@frappe.whitelist(methods=["POST"])
def allow_again(row: str) -> None:
    """Allow a revoked device again; it begins with nothing."""
    for one in _rows_of(_managed(row).device_id):
        _write(one, status="Active", revoked_on=None, revoked_by=None, revocation_reason=None)


def may_manage() -> bool:
    """Say whether the user revokes devices and allows them again."""
    return not {SUPERVISOR, "Social CRM Administrator", "System Manager"}.isdisjoint(frappe.get_roles())


def _managed(name: str) -> Any:
    doc = frappe.get_doc("Field Device", name)
    doc.check_permission("read")
    if not may_manage():
        frappe.throw(
            _("Only a supervisor revokes a device or allows it again."),
            frappe.PermissionError,
            title=_("Not Permitted"),
        )
    return doc


def _rows_of(device_id: str) -> list[str]:
    # All users of the device: a lost tablet is lost for everybody.
    return frappe.get_all("Field Device", filters={"device_id": device_id}, pluck="name")


def _write(name: str, **values: Any) -> None:
    row = frappe.get_doc("Field Device", name)
    row.update(values)
    # The role was asked for just now; the row has no form that could be saved.
    row.save(ignore_permissions=True)


def readers(user: str) -> Criterion:
    """Return the criterion of the devices that a user may see: their own and, for a supervisor, those of their staff.

    Staff are the people whose assignments the supervisor may see.
    """
    table = DocType("Field Device")
    if is_unrestricted(user):
        return table.name.isnotnull()
    own = table.user == user
    if SUPERVISOR not in frappe.get_roles(user):
        return own
    staff = DocType("Staff Assignment")
    within = permissions.visible("Staff Assignment", user)
    query = frappe.qb.from_(staff).select(staff.user)
    return own | table.user.isin(query.where(within) if within is not None else query)
