"""Who may decide a conflict, and how the version of a device is written when it is taken.

Whoever may write the record decides. An acta is written by those who visit families alone; about it decides also who oversees
them, which is whoever may write conflicts: what they take was written in the field, and they change no word of it.
"""

from typing import Any

import frappe
from frappe import _
from frappe.utils import get_fullname

from social_crm import workflow_guard
from social_crm.access.links import check_links

DOCTYPE = "Sync Conflict"


def may_decide(conflict: Any) -> bool:
    """Whether the user may decide between two versions of a record."""
    target = (conflict.reference_doctype, conflict.reference_name)
    if not frappe.db.exists(*target):
        return False
    return bool(frappe.has_permission(target[0], "write", doc=target[1])) or _oversees(conflict)


def may_take(conflict: Any) -> bool:
    """Whether the user may take the version of a device of an acta: into a draft, or into an amendment of a closed one."""
    if conflict.kind != "Acta" or not frappe.db.exists("Acta", conflict.acta):
        return False
    return _oversees(conflict) or _writes(frappe.get_doc("Acta", conflict.acta))


def require(conflict: Any, allowed: bool) -> None:
    """Refuse a decision that the user may not take, and say who may.

    Raises:
        frappe.PermissionError: neither the record nor the conflict is theirs to write.
    """
    if not allowed:
        frappe.throw(who(conflict), frappe.PermissionError, title=_("Decision of Others"))


def who(conflict: Any) -> str:
    """Return in words who may decide a conflict: roles, and the one who wrote in the field if they may."""
    doctype = conflict.reference_doctype
    wanted = [doctype, DOCTYPE] if conflict.kind == "Acta" else [doctype]
    roles = {
        row.role
        for name in wanted
        for row in frappe.get_meta(name).permissions
        if row.write and not row.permlevel
    }
    names = ", ".join(sorted(_(role) for role in roles - {"System Manager"}))
    text = _("These roles decide this conflict: {0}.").format(names)
    user = conflict.device_user
    if user and frappe.has_permission(doctype, "write", doc=conflict.reference_name, user=user):
        text += " " + _("{0}, who wrote on the device, may too.").format(get_fullname(user))
    return str(text)


def write(acta: Any) -> None:
    """Save an acta, or insert an amendment, that holds what a device sent; whether the user may was asked before."""
    if not _writes(acta):
        if not acta.is_new():
            acta.load_doc_before_save()
        # The right to oversee stands in for that to write actas; whom an acta names is judged as ever.
        check_links(acta)
        acta.flags.ignore_permissions = True
        if acta.is_new():
            # Theirs to complete and to close, not of whoever oversees them.
            acta.gestor = frappe.db.get_value("Acta", acta.amends, "gestor")
    if acta.is_new():
        acta.insert()
    else:
        acta.save()


def _oversees(conflict: Any) -> bool:
    if conflict.kind != "Acta" or not frappe.has_permission("Acta", "read", doc=conflict.reference_name):
        return False
    return bool(frappe.has_permission(DOCTYPE, "write", doc=conflict.name))


def _writes(acta: Any) -> bool:
    """Whether the user writes this acta by their own right: a new one, an amendment of a closed one, or a draft of their workflow."""
    if acta.is_new() or acta.status == "Closed":
        return bool(frappe.has_permission("Acta", "create"))
    return bool(frappe.has_permission("Acta", "write", doc=acta)) and workflow_guard.may_change(acta)
