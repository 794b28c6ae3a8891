"""What the documents of an application and of a session of the committee show."""

from typing import Any

import frappe
from frappe.utils import cint, getdate, strip_html

from social_crm import permissions
from social_crm.microcredit.services import committee, households, offers, products, schedules
from social_crm.microcredit.services.documents.agreements import described, rates_of
from social_crm.microcredit.services.documents.parties import guarantors_of, place_of
from social_crm.microcredit.services.money import decimals_of, to_decimal
from social_crm.print_formats import jinja


def request_of(doc: Any) -> dict[str, Any]:
    """Return what an application shows: applicant, group, household, guarantors, the offer and earlier microcredits.

    The offer is as the form shows it; its schedule is reckoned as if the money were handed over on `offer.day`.
    Errors: no permission to read it.
    """
    permissions.require("Microcredit Application", "read", doc.name)
    version = products.read(doc.product_version) if doc.product_version else None
    capacity = households.capacity_of(doc.as_dict(), version, decimals_of(doc.currency)) if version else None
    person = frappe.db.get_value("Beneficiary", doc.beneficiary, ["community", "family"], as_dict=True) or {}
    return {
        "decimals": decimals_of(doc.currency),
        "document": jinja.identity_document(doc.beneficiary, doc.application_date),
        "place": place_of(person.get("community")),
        "family": person.get("family") or "",
        "unit": frappe.db.get_value("Productive Unit", doc.productive_unit, "unit_name")
        or doc.productive_unit
        or ""
        if doc.productive_unit
        else "",
        "group": frappe.db.get_value("Solidarity Group", doc.solidarity_group, "group_name")
        if doc.solidarity_group
        else "",
        "household": households.rows_a_month(doc),
        "payable": capacity.payable if capacity else to_decimal(0),
        "allowed_share": version.amount("max_surplus_share") if version else to_decimal(0),
        "guarantors": guarantors_of(doc, doc.application_date),
        "offer": _offer(doc, version),
        "earlier": _earlier(doc),
        "votes": committee.votes_on(application=doc.name) if doc.committee_session else [],
    }


def _offer(doc: Any, version: Any) -> dict[str, Any] | None:
    """The terms as they were last reckoned; none for an application older than the products, or one that became a loan."""
    if not version or doc.microcredit:
        return None
    amount = doc.approved_amount or doc.requested_amount
    periods = doc.approved_periods or doc.requested_periods
    day = getdate(doc.expected_disbursement)
    first_due = doc.first_due if doc.first_due and getdate(doc.first_due) > day else None
    schedule = offers.schedule_for(
        version, amount, periods, offers.rate_of(doc, version), day, first_due, doc.currency
    )
    return {
        "day": day,
        "amount": to_decimal(amount),
        "net": schedule.net,
        "rows": schedules.table_of(schedule.rows),
        "total_interest": schedule.total_interest,
        "total_charges": sum((row.fees + row.insurance for row in schedule.rows), to_decimal(0)),
        "total": schedule.total,
        **described(schedule.terms),
        **rates_of(schedule.terms, schedule),
        "cap": offers.described_cap(version.values.get("modality"), schedule),
    }


def _earlier(doc: Any) -> list[Any]:
    """The person's other microcredits that the reader may see, newest first."""
    return frappe.get_list(
        "Microcredit",
        filters={
            "beneficiary": doc.beneficiary,
            "status": ["!=", "Annulled"],
            "name": ["!=", doc.microcredit or ""],
        },
        fields=["name", "disbursed_on", "principal", "balance", "status", "days_late", "is_restructured"],
        order_by="disbursed_on desc",
        limit_page_length=0,
    )


def session_of(doc: Any) -> dict[str, Any]:
    """Return what the minutes of a session show: who attended, and each application with its votes.

    Errors: no permission to read it.
    """
    permissions.require("Microcredit Committee", "read", doc.name)
    votes: dict[str, list[Any]] = {}
    for vote in committee.votes_on(committee=doc.name):
        votes.setdefault(vote["application"], []).append(vote)
    return {
        "chair": next((row.full_name or row.user for row in doc.members if row.user == doc.chair), doc.chair),
        "present": [row for row in doc.members if cint(row.attends)],
        "absent": [row for row in doc.members if not cint(row.attends)],
        "place": place_of(doc.community),
        "items": [_item(row, votes.get(row.application, [])) for row in doc.agenda],
        "minutes": doc.minutes if strip_html(doc.minutes or "").strip() else "",
        "closed_by": frappe.db.get_value("User", doc.closed_by, "full_name") if doc.closed_by else "",
    }


def _item(row: Any, votes: list[Any]) -> dict[str, Any]:
    """An application of the agenda as it was asked for; details to whoever may read it."""
    found: dict[str, Any] = {
        "row": row,
        "votes": votes,
        "decimals": decimals_of(row.currency),
        "application": None,
    }
    if frappe.has_permission("Microcredit Application", "read", doc=row.application):
        doc = frappe.get_doc("Microcredit Application", row.application)
        version = products.read(doc.product_version) if doc.product_version else None
        found["application"] = doc
        found["document"] = jinja.identity_document(doc.beneficiary, doc.application_date)
        found["required_votes"] = cint(version.values.get("required_votes")) if version else 0
        found["rate"] = to_decimal(offers.rate_of(doc, version)) if version else to_decimal(doc.monthly_rate)
        found["unit"] = (
            frappe.db.get_value("Productive Unit", doc.productive_unit, "unit_name")
            if doc.productive_unit
            else ""
        )
        found["group"] = (
            frappe.db.get_value("Solidarity Group", doc.solidarity_group, "group_name")
            if doc.solidarity_group
            else ""
        )
    return found
