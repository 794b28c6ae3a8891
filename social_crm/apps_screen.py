"""Who sees the app on the apps screen."""

import frappe

from social_crm.install import ROLES


def has_permission() -> bool:
    """Say whether the present user works with Social CRM: a role of ours, or the care of the whole site."""
    return bool({*ROLES, "System Manager"} & set(frappe.get_roles()))
