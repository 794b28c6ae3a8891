"""What an application must hold, and who may decide on it."""

from typing import Any

import frappe
from frappe import _
from frappe.utils import getdate

from social_crm.changes import changed_fields, has_changed, stored_rows
from social_crm.microcredit.services import (
    applicants,
    declining,
    groups,
    guarantors,
    households,
    offers,
    products,
)
from social_crm.microcredit.services.money import positive_amount, to_decimal
from social_crm.workflow_status import status_from_workflow

# What is asked for: written by the officer, and not by the committee that decides on it.
REQUEST_FIELDS = (
    "product",
    "beneficiary",
    "solidarity_group",
    "programme",
    "productive_unit",
    "application_date",
    "credit_officer",
    "requested_amount",
    "requested_periods",
    "monthly_rate",
    "annual_rate",
    "first_due",
    "purpose",
    "monthly_income",
    "monthly_expenses",
    "monthly_debts",
)
REQUEST_TABLES = ("household_items", "guarantors")
# What a decision was taken on; nobody changes it afterwards, whatever the workflow of the site lets them edit.
DECIDED_FIELDS = (
    *(field for field in REQUEST_FIELDS if field not in ("credit_officer", "first_due")),
    "product_version",
    "approved_amount",
    "approved_periods",
    "conditions",
    "committee_minutes",
    "committee_date",
    "capacity_exception",
)
# A change of one of these makes another loan, which is judged anew.
TERMS = (
    "product_version",
    "programme",
    "requested_amount",
    "requested_periods",
    "approved_amount",
    "approved_periods",
    "monthly_rate",
    "annual_rate",
    "expected_disbursement",
    "first_due",
)
# How the status may move; a site's workflow may offer fewer ways.
MOVES = frozenset(
    {
        ("Open", "Approved"),
        ("Open", "Rejected"),
        ("Approved", "Disbursed"),
        ("Approved", "Open"),
        ("Rejected", "Open"),
        ("Open", declining.DECLINED),
        ("Approved", declining.DECLINED),
    }
)
# Read-only on screen; over REST a value may still arrive, and is put back.
OWN_FIELDS = ("decided_by", "decided_on", "microcredit", "committee_session", "declined_on")


def validate(doc: Any) -> None:
    """Check an application and work out what follows from it."""
    before = doc.get_doc_before_save()
    doc.status = _status(doc)
    for field in OWN_FIELDS:
        if not doc.flags.get("by_committee"):
            doc.set(field, before.get(field) if before else None)
    version = _set_product(doc, before)
    _check_request(doc)
    applicants.check_productive_unit(doc)
    if not before or has_changed(doc, "beneficiary") or "guarantors" in _changed_tables(doc, before):
        applicants.check_people(doc)
    groups.check_membership(doc)
    if before:
        _refuse_request_of_others(doc, before)
    if before and before.status != "Open":
        _refuse_changes(doc, before)
        if doc.status == "Open":
            # Taken up again, it is voted on again.
            doc.committee_session = None
    else:
        _write_figures(doc, before, version)
    if before and doc.status != before.status:
        _check_move(doc, before)


def _status(doc: Any) -> str:
    """The status that the workflow gives; a service that moves an application says which one it reaches."""
    if doc.flags.disbursement:
        return "Disbursed"
    return declining.DECLINED if doc.flags.declined else status_from_workflow(doc, "Open")


def _set_product(doc: Any, before: Any) -> products.Version:
    """Let an application keep the version of the product that it began with, until another product is chosen."""
    doc.product = doc.product or products.default_product()
    if not doc.product:
        frappe.throw(_("Choose the product."), title=_("Product Missing"))
    kept = before.product_version if before and before.product == doc.product else None
    if not kept or (doc.flags.get("take_current_terms") and before.status == "Open"):
        version = products.current(doc.product)
        _check_offered(version)
    else:
        version = products.read(kept)
    doc.product_version = version.name
    doc.rate_period = version.values["rate_period"]
    doc.currency = offers.currency_of(version, doc.programme)
    for row in (*doc.household_items, *doc.guarantors):
        row.currency = doc.currency
    field, other = (
        ("monthly_rate", "annual_rate") if doc.rate_period == "Monthly" else ("annual_rate", "monthly_rate")
    )
    if doc.is_new() and doc.get(field) is None:
        doc.set(field, float(version.amount("interest_rate")))
    doc.set(other, 0)
    return version


def _check_offered(version: products.Version) -> None:
    if not frappe.db.get_value("Microcredit Product", version.product, "enabled"):
        frappe.throw(
            _("{0} is not offered any more.").format(version.product), title=_("Product not Offered")
        )


def _write_figures(doc: Any, before: Any, version: products.Version) -> None:
    capacity = households.write_capacity(doc, version)
    deciding = before and doc.status == "Approved"
    if not before or deciding or has_changed(doc, *TERMS):
        guarantors.check(doc, version)
        offers.write_figures(doc, offers.offer_of(doc, version))
    else:
        guarantors.check(doc, version)
        free = capacity.free
        share = to_decimal(doc.monthly_instalment) / free * 100 if free > 0 else 0
        doc.surplus_share = float(round(share, 2))


@frappe.whitelist(methods=["POST"])
def take_current_terms(application: str) -> str:
    """Give an open application the terms that its product has today; return the version."""
    doc = frappe.get_doc("Microcredit Application", application)
    doc.check_permission("write")
    doc.flags.take_current_terms = True
    doc.save()
    return doc.product_version


def record_decision(doc: Any) -> None:
    """Keep who decided and when, once the decision is saved."""
    before = doc.get_doc_before_save()
    if before and before.status == "Open" and doc.status in ("Approved", "Rejected"):
        values = {"decided_by": frappe.session.user, "decided_on": frappe.utils.now_datetime()}
        doc.update(values)
        # `db_set` would forget what the application was before, and with it the version of the decision.
        frappe.db.set_value(doc.doctype, doc.name, values, update_modified=False)


def check_decision(doc: Any) -> None:
    """Refuse a decision on one's own application, one without the votes it needs, and one that lacks what it must say."""
    if frappe.session.user in applicants.interested_users(doc):
        frappe.throw(
            _("Nobody decides on an application of their own: another member of the committee must do it."),
            frappe.PermissionError,
            title=_("Own Application"),
        )
    version = products.read(doc.product_version)
    votes = int(version.values.get("required_votes") or 0)
    if votes and not doc.committee_session:
        frappe.throw(
            _(
                "{0} is decided by {1} votes: put {2} on the agenda of a committee and close its session."
            ).format(version.product, votes, doc.name),
            title=_("Votes Missing"),
        )
    if doc.status == "Rejected":
        if not doc.rejection_reason:
            frappe.throw(_("Write the reason for the rejection first."), title=_("Reason Missing"))
        return
    missing = [
        _(doc.meta.get_label(field))
        for field in ("approved_amount", "approved_periods", "committee_minutes", "committee_date")
        if not doc.get(field)
    ]
    if missing:
        frappe.throw(
            _("Before approving, write: {0}.").format(", ".join(missing)), title=_("Approval Incomplete")
        )
    positive_amount(doc.approved_amount, "Approved Amount", doc.currency)
    applicants.check_people(doc)
    lacking = missing_for_decision(doc)
    if lacking:
        frappe.throw(
            _("Before approving, write: {0}.").format(", ".join(lacking)), title=_("Approval Incomplete")
        )


def missing_for_decision(doc: Any) -> list[str]:
    """Return what the product still asks for before an application may be approved, as texts."""
    version = products.read(doc.product_version)
    found = []
    lacking = guarantors.missing(doc, version)
    if lacking:
        found.append(_("guarantors still missing: {0}").format(lacking))
    allowed = version.amount("max_surplus_share")
    surplus = to_decimal(doc.payment_capacity)
    over = surplus <= 0 or to_decimal(doc.surplus_share) > allowed
    if allowed and over and not (doc.capacity_exception or "").strip():
        found.append(_("the reason for lending above the capacity to pay"))
    return found


def _check_move(doc: Any, before: Any) -> None:
    """Whatever the site's workflow allows: first the decision, then the money, and no way back from the money."""
    if (before.status, doc.status) not in MOVES:
        frappe.throw(
            _("An application cannot go from {0} to {1}.").format(_(before.status), _(doc.status)),
            title=_("Decision not Possible"),
        )
    if doc.status in ("Approved", "Rejected"):
        check_decision(doc)
    if doc.status == declining.DECLINED:
        declining.check(doc)


def _check_request(doc: Any) -> None:
    positive_amount(doc.requested_amount, "Requested Amount", doc.currency)
    if not 1 <= int(doc.requested_periods or 0) <= 1200:
        frappe.throw(
            _("The number of instalments must be from 1 to 1200."), title=_("Instalments not Possible")
        )
    if not 0 <= to_decimal(doc.monthly_rate) < 100:
        frappe.throw(
            _("The monthly rate must be at least 0 % and below 100 %."), title=_("Rate not Possible")
        )
    for field in ("annual_rate", "monthly_income", "monthly_expenses", "monthly_debts"):
        if to_decimal(doc.get(field)) < 0:
            frappe.throw(
                _("{0} cannot be below zero.").format(_(doc.meta.get_label(field))),
                title=_("Amount not Possible"),
            )
    if doc.application_date and getdate(doc.application_date) > getdate():
        frappe.throw(_("The application date lies in the future."), title=_("Date not Possible"))


def _refuse_request_of_others(doc: Any, before: Any) -> None:
    """Who cannot write applications (the committee) decides on them, and leaves what is asked for as it is."""
    if frappe.has_permission(doc.doctype, "create"):
        return
    changed = changed_fields(doc, *REQUEST_FIELDS)
    if not before.product:
        # An application older than the products gets its product late.
        changed -= {"product"}
    changed |= _changed_tables(doc, before)
    if changed:
        frappe.throw(
            _("What is asked for is the officer's to change: {0}. Send the application back.").format(
                ", ".join(sorted(_(doc.meta.get_label(field)) for field in changed))
            ),
            frappe.PermissionError,
            title=_("Not Yours to Change"),
        )


def _changed_tables(doc: Any, before: Any) -> set[str]:
    return {
        table for table in REQUEST_TABLES if stored_rows(doc.get(table)) != stored_rows(before.get(table))
    }


def _refuse_changes(doc: Any, before: Any) -> None:
    fields = changed_fields(doc, *DECIDED_FIELDS)
    # An application older than the products gets its product late.
    fields -= {field for field in ("product", "product_version") if not before.get(field)}
    fields |= _changed_tables(doc, before)
    changed = sorted(_(doc.meta.get_label(field)) for field in fields)
    if changed:
        frappe.throw(
            _("The application has been decided; this cannot change any more: {0}.").format(
                ", ".join(changed)
            ),
            frappe.PermissionError,
            title=_("Decided Application"),
        )
