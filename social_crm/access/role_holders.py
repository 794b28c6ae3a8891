"""The people of the organisation who hold a role, for link fields that offer them."""

from collections.abc import Iterable
from typing import Any

import frappe
from frappe.query_builder import DocType


def named(roles: Iterable[str], text: str) -> Any:
    """Return a query for the name and full_name of the enabled users who hold one of the roles, by name.

    text: a part of the name or of the e-mail address; empty for everybody. No permission is checked here.
    """
    user, role = DocType("User"), DocType("Has Role")
    like = f"%{text}%"
    return (
        frappe.qb.from_(user)
        .join(role)
        .on((role.parent == user.name) & (role.parenttype == "User"))
        .select(user.name, user.full_name)
        .distinct()
        # The database knows no empty list: nobody holds a role without a name.
        .where(role.role.isin([*roles, ""]) & (user.enabled == 1) & (user.name != "Administrator"))
        .where(user.full_name.like(like) | user.name.like(like))
        .orderby(user.full_name)
    )
