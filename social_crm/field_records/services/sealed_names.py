"""The names that the paper of an acta shows and that stand in other records: kept with the seal.

A family may be renamed and a person's document change; what was signed does not. So the paper of a closed acta
says what they were when it was closed, and can be made again from the acta alone.
"""

import json
from typing import Any

import frappe

from social_crm.print_formats import jinja


def live(doc: Any) -> dict[str, str]:
    """Return the names as they are now: gestor, closed_by, family, beneficiary, identity_document, productive_unit."""
    family = frappe.db.get_value("Family", doc.family, "family_name") if doc.family else ""
    return {
        "gestor": _full_name(doc.gestor),
        "closed_by": _full_name(doc.closed_by),
        "family": f"{family or ''} ({doc.family})".strip() if doc.family else "",
        "beneficiary": _value("Beneficiary", doc.beneficiary, "full_name"),
        "identity_document": jinja.identity_document(doc.beneficiary, doc.visit_date),
        "productive_unit": _value("Productive Unit", doc.productive_unit, "unit_name"),
        "community": doc.community or "",
        "programme": doc.programme or "",
    }


def shown(doc: Any) -> dict[str, str]:
    """Return the names for the paper: as sealed, or as they are now for a draft and for seals of older rules."""
    return json.loads(doc.sealed_names) if doc.get("sealed_names") else live(doc)


def _full_name(user: str | None) -> str:
    return _value("User", user, "full_name")


def _value(doctype: str, name: str | None, field: str) -> str:
    return str(frappe.db.get_value(doctype, name, field) or name) if name else ""
