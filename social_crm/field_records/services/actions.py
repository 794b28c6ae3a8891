"""What people do with an acta: amend it, and agree on commitments."""

from typing import Any

import frappe
from frappe import _

from social_crm.field_records.services.actas import commitments_of

_COPIED = (
    "template",
    "visit_date",
    "start_time",
    "end_time",
    "family",
    "beneficiary",
    "productive_unit",
    "community",
    "programme",
    "place",
    "latitude",
    "longitude",
    "answers",
)


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


def new_commitment(
    acta: Any, subject: str, due_date: str, responsible_party: str = "Family", responsible: str | None = None
) -> Any:
    """Return a commitment of an acta, not saved yet: about whom the acta is about."""
    doc = frappe.new_doc("Commitment")
    doc.update(
        {
            "subject": subject,
            "status": "Open",
            "due_date": due_date,
            "responsible_party": responsible_party,
            "responsible": responsible or (acta.gestor if responsible_party == "Staff" else None),
            "beneficiary": acta.beneficiary,
            "family": acta.family,
            "community": acta.community,
            "programme": acta.programme,
            "reference_doctype": "Acta",
            "reference_name": acta.name,
        }
    )
    return doc


@frappe.whitelist()
def commitments(acta: str) -> list[dict]:
    """Return the commitments of an acta for its form."""
    frappe.get_doc("Acta", acta).check_permission("read")
    return commitments_of(acta)
