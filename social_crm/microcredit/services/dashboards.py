"""Figures that the dashboards of the director and of the officer show beside those of the workspace."""

from typing import Any

import frappe
from frappe.query_builder import DocType
from frappe.query_builder.functions import Sum
from frappe.utils import add_days, getdate, nowdate

from social_crm import permissions
from social_crm.microcredit.services import provisions, risk, snapshots
from social_crm.microcredit.services.money import to_decimal

# The first day of a week that ends today.
_WEEK = -6


@frappe.whitelist()
def provision_card(filters: str | None = None) -> dict[str, Any]:
    """Return what is set aside today for the loans that the user may see, by the provision table in force."""
    permissions.require("Microcredit", "read")
    asked = snapshots.question({})
    _parts, whole = risk.by_group(asked, "Programme", provisions.ranges_on(asked.as_of))
    return {
        "value": float(whole.provision),
        "fieldtype": "Currency",
        "route": ["query-report", "Microcredit Portfolio at Risk"],
    }


@frappe.whitelist()
def collected_card(filters: str | None = None) -> dict[str, Any]:
    """Return what was received in the seven days that end today, over the repayments that the user may see."""
    permissions.require("Microcredit Repayment", "read")
    first = getdate(add_days(nowdate(), _WEEK))
    paid = DocType("Microcredit Repayment")
    query = frappe.qb.from_(paid).select(Sum(paid.amount)).where(paid.docstatus == 1)
    # What a new loan paid of an older one brought no money in.
    query = query.where(paid.refinanced_by.isnull() | (paid.refinanced_by == ""))
    query = query.where(paid.paid_on[first : getdate()])
    limit = permissions.visible("Microcredit Repayment")
    if limit is not None:
        query = query.where(limit)
    return {
        "value": float(to_decimal(query.run()[0][0])),
        "fieldtype": "Currency",
        "route": ["List", "Microcredit Repayment"],
        "route_options": {"docstatus": 1, "paid_on": ["between", [str(first), nowdate()]]},
    }
