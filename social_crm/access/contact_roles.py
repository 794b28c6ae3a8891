"""Roles of ours on Frappe's Contact and Address, where the telephones and addresses of our people are kept.

Granted once, at the installation: afterwards the permissions of these DocTypes are the administrator's own.
"""

import frappe
from frappe.permissions import add_permission, reset_perms, update_permission_property

DOCTYPES = ("Contact", "Address")
WRITERS = (
    "Gestor",
    "Income Advisor",
    "Credit Officer",
    "FES Advisor",
    "Psychosocial Professional",
    "Programme Director",
    "Social CRM Administrator",
)
READERS = ("Credit Committee", "M&E Analyst", "Auditor")
_RIGHTS = (
    "read",
    "write",
    "create",
    "delete",
    "submit",
    "cancel",
    "amend",
    "report",
    "export",
    "import",
    "share",
    "print",
    "email",
)


def grant() -> None:
    """Let our roles read, and those who work with people write, contacts and addresses."""
    for doctype in DOCTYPES:
        for role in (*WRITERS, *READERS):
            if frappe.db.exists("Custom DocPerm", {"parent": doctype, "role": role, "permlevel": 0}):
                continue
            add_permission(doctype, role, 0)
            for right in ("write", "create") if role in WRITERS else ():
                update_permission_property(doctype, role, 0, right, 1, validate=False)


def withdraw() -> None:
    """Take the rows of our roles away; where nobody changed the rest, Frappe's own permissions apply again."""
    for doctype in DOCTYPES:
        frappe.db.delete("Custom DocPerm", {"parent": doctype, "role": ("in", (*WRITERS, *READERS))})
        if _rows("Custom DocPerm", doctype) == _rows("DocPerm", doctype):
            reset_perms(doctype)
        frappe.clear_cache(doctype=doctype)


def _rows(table: str, doctype: str) -> list[tuple]:
    # Permission rows are no user's: installing and uninstalling look at all of them.
    rows = frappe.get_all(
        table, filters={"parent": doctype}, fields=["role", "permlevel", "if_owner", *_RIGHTS]
    )
    return sorted(tuple(str(value or 0) for value in row.values()) for row in rows)
