"""What installing and migrating add to a site; one idempotent step per concern. `uninstall.py` is its mirror."""

import frappe
from frappe.utils.password import get_encryption_key

from social_crm.access import contact_roles
from social_crm.shipping import apply as shipping
from social_crm.shipping import ledger

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
_ROLES_BEFORE = "social_crm_roles_before"


def before_install() -> None:
    """Look at the site before our DocTypes arrive."""
    read_modules_anew()
    remember_roles()


def read_modules_anew() -> None:
    """Let Frappe find our modules on a site at work: it remembers the modules from before the app came to the bench.

    Frappe v15 and v16 clear that memory when an app is installed, but go on with what they read from it at the start:
    they would create none of our DocTypes and only then call `after_install`.
    """
    frappe.cache.delete_value(["app_modules", "module_app"])
    frappe.setup_module_map()


def before_migrate() -> None:
    """Look at the site before new DocTypes arrive."""
    remember_roles()


def after_install() -> None:
    """Run every step once the DocTypes exist."""
    after_migrate()
    contact_roles.grant()


def after_migrate() -> None:
    """Run every step again; each changes nothing when its work is already there."""
    create_encryption_key()
    create_roles()
    create_address_template()
    shipping.sync()


def create_encryption_key() -> None:
    """Give the site the key that confidential notes are sealed with, unless it has one.

    Frappe makes it when something is first encrypted. v16 remembers a site's configuration for a minute in each process:
    two that encrypt first, one after the other, would each make a key, and what the first sealed would never open again.
    The key stays when the app goes: Frappe's own passwords are encrypted with it too.
    """
    get_encryption_key()


def remember_roles() -> None:
    """Note which of our role names the site has already: Frappe creates missing roles while it reads our DocTypes."""
    frappe.flags[_ROLES_BEFORE] = [role for role in ROLES if frappe.db.exists("Role", role)]


def create_roles() -> None:
    """Create the roles that the site lacks and remember which are ours: another app may have an "Auditor" too."""
    before = frappe.flags.get(_ROLES_BEFORE)
    for role in ROLES:
        exists = bool(frappe.db.exists("Role", role))
        if not exists:
            # Installing brings the roles that the permissions of our DocTypes name.
            frappe.get_doc({"doctype": "Role", "role_name": role, "desk_access": 1}).insert(
                ignore_permissions=True
            )
        if ledger.find("Role", role) is None:
            ledger.add("Role", "Role", role, existed_before=exists if before is None else role in before)


def create_address_template() -> None:
    """Create an address template for the site's country when no default exists.

    Frappe brings none, and without one it opens no family and no person who has an address.
    """
    country = frappe.db.get_single_value("System Settings", "country") or "Colombia"
    if frappe.db.exists("Address Template", {"is_default": 1}) or not frappe.db.exists("Country", country):
        return
    if not frappe.db.exists("Address Template", country):
        # Installing is nobody's permission to hold.
        frappe.get_doc({"doctype": "Address Template", "country": country, "is_default": 1}).insert(
            ignore_permissions=True
        )
        if ledger.find("Address Template", country) is None:
            ledger.add("Address Template", "Address Template", country, existed_before=False)
