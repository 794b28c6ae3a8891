"""What installing and migrating add to a site; one idempotent step per concern. `uninstall.py` is its mirror."""

import frappe

ROLES = (
    "Gestor",
    "Income Advisor",
    "Credit Officer",
    "Credit Committee",
    "FES Advisor",
    "Psychosocial Professional",
    "Programme Director",
    "M&E Analyst",
    "Auditor",
    "Social CRM Administrator",
)


def after_install() -> None:
    """Run every step once the DocTypes exist."""
    after_migrate()


def after_migrate() -> None:
    """Run every step again; each changes nothing when its work is already there."""
    create_roles()


def create_roles() -> None:
    """Create the roles of the app that the site does not have yet."""
    for role in ROLES:
        if not frappe.db.exists("Role", role):
            frappe.get_doc({"doctype": "Role", "role_name": role, "desk_access": 1}).insert(ignore_permissions=True)
