"""What other processes must see is committed, and so it is swept away by name afterwards: the site is left as it was."""

from collections.abc import Iterator
from contextlib import contextmanager

import frappe

from social_crm.microcredit import factories as make

# What a loan leaves behind, in the order in which nothing refers to what is gone.
OF_LOANS = (
    "Microcredit Repayment",
    "Microcredit Ledger Entry",
    "Microcredit Disbursement",
    "Microcredit Instalment",
    "Microcredit",
    "Microcredit Application",
    "Version",
    "File",
)


@contextmanager
def swept(*doctypes: str) -> Iterator[None]:
    """Delete afterwards whatever was added to these DocTypes, and the people, users and community of the loans' factories."""
    frappe.set_user("Administrator")
    frappe.db.commit()
    before = {doctype: set(_names(doctype)) for doctype in doctypes}
    people = set(_names("Beneficiary"))
    try:
        yield
    finally:
        frappe.db.rollback()
        frappe.set_user("Administrator")
        # First: a user who goes looks for the contact that was made with it.
        _sweep_people(people)
        for doctype in doctypes:
            mine = [name for name in _names(doctype) if name not in before[doctype]]
            if doctype == "File":
                for name in mine:
                    frappe.delete_doc("File", name, force=True, ignore_permissions=True)
            else:
                frappe.db.delete(doctype, {"name": ["in", mine or [""]]})
        frappe.db.commit()


def _sweep_people(before: set[str]) -> None:
    borrowers = [name for name in _names("Beneficiary") if name not in before] or [""]
    families = frappe.get_all("Beneficiary", {"name": ["in", borrowers]}, pluck="family") or [""]
    frappe.db.delete("Family Membership", {"beneficiary": ["in", borrowers]})
    frappe.db.delete("Family Event", {"family": ["in", families]})
    frappe.db.delete("Beneficiary", {"name": ["in", borrowers]})
    frappe.db.delete("Family", {"name": ["in", families]})
    for user in (make.OFFICER, make.COMMITTEE, make.DIRECTOR):
        frappe.db.delete("Staff Assignment", {"user": user})
        frappe.delete_doc("User", user, force=True, ignore_missing=True)
    frappe.db.delete("Community", {"name": make.COMMUNITY})


def _names(doctype: str) -> list[str]:
    return frappe.get_all(doctype, pluck="name")
