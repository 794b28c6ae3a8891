"""Link fields to a professional offer those who practise, and nobody else."""

from typing import Any

import frappe
from frappe.utils import cint

from social_crm.access import role_holders
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
    query = role_holders.named([PROFESSIONAL_ROLE], txt).limit(cint(page_len) or 10).offset(cint(start))
    return query.run(as_dict=as_dict)
