"""Who stands in the documents of a loan: the debtor, who answers with them, and the solidarity group."""

from typing import Any

import frappe

from social_crm import permissions
from social_crm.microcredit.services import groups
from social_crm.print_formats import jinja


def parties_of(loan: Any) -> dict[str, Any]:
    """Return debtor, guarantors and group of a loan.

    Each person is a dict of name, document ("CC 1.234.567"), place, address and telephone, empty where it is not known.
    group: None, or name, number, rule and the other members on the day of disbursement, who answer jointly.
    """
    application = _application(loan.application)
    return {
        "debtor": {**_person(loan.beneficiary, loan.disbursed_on), "name": loan.beneficiary_name},
        "guarantors": guarantors_of(application, loan.disbursed_on) if application else [],
        "group": _group(application.solidarity_group, loan.beneficiary, loan.disbursed_on)
        if application and application.solidarity_group
        else None,
    }


def guarantors_of(application: Any, day: Any) -> list[dict[str, str]]:
    """Return the guarantors of an application as persons, with their relationship and income."""
    return [
        {
            **_person(row.beneficiary, day),
            "name": row.guarantor_name or "",
            "document": jinja.identity_document(row.beneficiary, day) or row.document_number or "",
            "address": row.address or "",
            "telephone": row.telephone or "",
            "relationship": row.relationship or "",
            "monthly_income": row.monthly_income,
        }
        for row in application.guarantors
    ]


def _application(name: str | None) -> Any:
    if not name:
        return None
    permissions.require("Microcredit Application", "read", name)
    return frappe.get_doc("Microcredit Application", name)


def _person(beneficiary: str | None, day: Any) -> dict[str, str]:
    found = {"name": "", "document": "", "place": "", "address": "", "telephone": ""}
    if beneficiary and frappe.has_permission("Beneficiary", "read", doc=beneficiary):
        found["document"] = jinja.identity_document(beneficiary, day)
        found["place"] = place_of(frappe.db.get_value("Beneficiary", beneficiary, "community"))
    return found


def place_of(community: str | None) -> str:
    """Return a community with its municipality and department, as a document names a residence."""
    if not community:
        return ""
    row = frappe.db.get_value(
        "Community", community, ["community_name", "municipality", "department"], as_dict=True
    )
    divisions = [
        frappe.db.get_value("Territorial Division", code, "division_name")
        for code in (row.municipality, row.department)
        if code
    ]
    return ", ".join([row.community_name or community, *(name for name in divisions if name)])


def _group(name: str, debtor: str, day: Any) -> dict[str, Any]:
    """The members are named to whoever may read the group; its name stands on the loan's application anyway."""
    row = frappe.db.get_value("Solidarity Group", name, ["group_name", "liability_rule"], as_dict=True)
    found = {"number": name, "name": row.group_name, "rule": row.liability_rule, "members": []}
    if frappe.has_permission("Solidarity Group", "read", doc=name):
        found["members"] = [
            {**_person(row.beneficiary, day), "name": row.beneficiary_name or "", "role": row.member_role}
            for row in groups.members_on(name, day)
            if row.beneficiary != debtor
        ]
    return found
