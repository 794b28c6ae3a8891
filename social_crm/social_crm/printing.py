"""What the prints of people and places may call; every function of this module becomes a Jinja global (hook `jinja`).

Frappe takes each function it finds here, imported ones included: import modules, never functions.
"""

import frappe.utils

from social_crm.print_formats import jinja
from social_crm.social_crm.services import family_actions


def family_members_for_print(doc) -> list[list[str]]:
    """Return name, kinship, age and date of joining of the present members of a family, for a table of plain text."""
    return [
        [
            row["beneficiary_name"] or "",
            frappe._(row["kinship"]),
            str(row["age"]) if row.get("age") is not None else "",
            jinja.spanish_date(row["from_date"]),
        ]
        for row in family_actions.members(doc.name, frappe.utils.nowdate())
    ]
