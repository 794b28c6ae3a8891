"""Deliveries of goods: exact values, and no delivery without evidence."""

from decimal import Decimal

import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from social_crm.changes import has_changed, stored_rows
from social_crm.social_crm.domain import deliveries as rules
from social_crm.social_crm.services import guards

_FIXED = ("family", "beneficiary", "delivery_date", "programme", "total_value")


def check(doc: "frappe.model.document.Document") -> None:
    """Compute the values of a delivery about to be saved and refuse what is no delivery."""
    guards.require_whole(doc)
    compute(doc)
    if doc.beneficiary and has_changed(doc, "beneficiary"):
        guards.require_living(doc.beneficiary, doc.delivery_date)
    if doc.status == "Delivered":
        if not doc.evidence and not doc.signature:
            frappe.throw(
                _("Without evidence nothing counts as delivered: attach it or let the recipient sign."),
                title=_("Evidence Missing"),
            )
        if not doc.items:
            frappe.throw(_("Enter the goods that were delivered."), title=_("Goods Delivery"))
        if getdate(doc.delivery_date) > getdate(nowdate()):
            frappe.throw(
                _("The delivery lies in the future: it is planned, not delivered."), title=_("Goods Delivery")
            )
    before = doc.get_doc_before_save()
    if before and before.status == "Delivered" and doc.status != "Cancelled":
        _refuse_changes(doc, before)


def compute(doc: "frappe.model.document.Document") -> None:
    """Set the value of each line and the total, exact to the cent."""
    lines = []
    for row in doc.items:
        try:
            value = rules.line_value(Decimal(str(row.quantity or 0)), Decimal(str(row.unit_value or 0)))
        except ValueError as error:
            messages = {
                "quantity": _("Row {0}: the quantity is more than zero."),
                "value": _("Row {0}: the value is not negative."),
            }
            frappe.throw(messages[str(error)].format(row.idx), title=_("Goods Delivery"))
        row.total_value = float(value)
        lines.append(value)
    doc.total_value = float(rules.total_value(lines))


def _refuse_changes(doc: "frappe.model.document.Document", before: "frappe.model.document.Document") -> None:
    goods = stored_rows(doc.items) != stored_rows(before.items)
    changed = doc.status != "Delivered" or goods or has_changed(doc, *_FIXED)
    if changed:
        frappe.throw(
            _("What was delivered is not edited. Cancel the delivery and register the right one."),
            title=_("Goods Delivery"),
        )
