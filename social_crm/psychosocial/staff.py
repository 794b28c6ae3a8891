"""Link fields to a professional offer those who practise, and nobody else."""

from typing import Any

import frappe
from frappe.query_builder import DocType
from frappe.utils import cint

from social_crm.psychosocial.team import PROFESSIONAL_ROLE


@frappe.whitelist()
@frappe.validate_and_sanitize_search_inputs
def professional_query(
    doctype: str,
    txt: str,
    searchfield: str,
    start: int,
    page_len: int,
    filters: dict | list | None,
    as_dict: bool = False,
    reference_doctype: str | None = None,
) -> list[Any]:
    """Return the enabled users who hold the role of a psychosocial professional, by name or e-mail address."""
    frappe.has_permission("Psychosocial Case", "read", throw=True)
    user, role = DocType("User"), DocType("Has Role")
    like = f"%{txt}%"
    query = (
        frappe.qb.from_(user)
        .join(role)
        .on((role.parent == user.name) & (role.parenttype == "User"))
        .select(user.name, user.full_name)
        .where((role.role == PROFESSIONAL_ROLE) & (user.enabled == 1) & (user.name != "Administrator"))
        .where(user.full_name.like(like) | user.name.like(like))
        .orderby(user.full_name)
        .limit(cint(page_len) or 10)
        .offset(cint(start))
    )
    return query.run(as_dict=as_dict)
