"""What people do with an acta: amend it, and agree on commitments."""

import frappe
from frappe import _

from social_crm.field_records.domain.acta_fields import HEADER
from social_crm.field_records.services.agreements import commitments_of, new_commitment

_COPIED = ("template", *HEADER, "answers")


@frappe.whitelist(methods=["POST"])
def amend(acta: str, reason: str) -> str:
    """Begin the amendment of a closed acta: a new draft with its answers, which names it; return its name."""
    source = frappe.get_doc("Acta", acta)
    source.check_permission("read")
    doc = frappe.new_doc("Acta")
    doc.update({field: source.get(field) for field in _COPIED})
    doc.update({"amends": source.name, "amendment_reason": reason})
    doc.insert()
    return doc.name


@frappe.whitelist(methods=["POST"])
def add_commitment(
    acta: str, subject: str, due_date: str, responsible_party: str = "Family", responsible: str | None = None
) -> str:
    """Record a commitment that was agreed in an acta still open; return its name."""
    source = frappe.get_doc("Acta", acta)
    source.check_permission("write")
    if source.status == "Closed":
        frappe.throw(
            _("The acta is closed: a new commitment needs an amendment."),
            frappe.PermissionError,
            title=_("Closed Acta"),
        )
    doc = new_commitment(source, subject, due_date, responsible_party, responsible)
    return doc.insert().name


@frappe.whitelist()
def commitments(acta: str) -> list[dict]:
    """Return the commitments of an acta for its form."""
    frappe.get_doc("Acta", acta).check_permission("read")
    return commitments_of(acta)
