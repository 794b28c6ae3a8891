"""The commitments that an acta makes: they live on as records of their own."""

from typing import Any

import frappe


def commitments_of(acta: str) -> list[Any]:
    """Return the commitments that an acta made, oldest first."""
    # They belong to the acta's content: whoever may read the acta reads what was agreed in it.
    return frappe.get_all(
        "Commitment",
        filters={"reference_doctype": "Acta", "reference_name": acta},
        fields=["name", "subject", "due_date", "responsible_party", "responsible", "status", "creation"],
        order_by="creation, name",
    )


def agreed(acta: str) -> list[dict[str, str]]:
    """The commitments as they stood when the acta was closed: they live on as records of their own."""
    return [
        {
            "name": row.name,
            "subject": row.subject,
            "due_date": str(row.due_date),
            "responsible_party": row.responsible_party or "",
        }
        for row in commitments_of(acta)
    ]


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
            "productive_unit": acta.productive_unit,
            "family": acta.family,
            "community": acta.community,
            "programme": acta.programme,
            "reference_doctype": "Acta",
            "reference_name": acta.name,
        }
    )
    return doc
