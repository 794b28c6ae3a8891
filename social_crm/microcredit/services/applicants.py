"""Who stands behind an application: the person, their unit, their group, and the users who may not judge it."""

from typing import Any

import frappe
from frappe import _


def check_productive_unit(doc: Any) -> None:
    """Refuse the productive unit of somebody else."""
    if not doc.productive_unit:
        return
    owner = frappe.db.get_value("Productive Unit", doc.productive_unit, "beneficiary")
    if owner != doc.beneficiary:
        frappe.throw(
            _("{0} is not a productive unit of {1}.").format(doc.productive_unit, doc.beneficiary_name),
            title=_("Another Person's Unit"),
        )


def interested_users(doc: Any) -> frozenset[str]:
    """Return the users who may neither vote nor decide: who wrote it, its officer, and users who are the applicant or a
    guarantor.

    A person is a user when a contact of theirs names the user.
    """
    people = {doc.beneficiary, *(row.beneficiary for row in doc.guarantors if row.beneficiary)}
    link, contact = frappe.qb.DocType("Dynamic Link"), frappe.qb.DocType("Contact")
    rows = (
        frappe.qb.from_(link)
        .join(contact)
        .on((contact.name == link.parent) & (link.parenttype == "Contact"))
        .select(contact.user, contact.email_id)
        .where((link.link_doctype == "Beneficiary") & link.link_name.isin(sorted(people)))
        .run()
    )
    named = {name for row in rows for name in row if name}
    return frozenset({doc.owner, doc.credit_officer, *named} - {None, ""})
