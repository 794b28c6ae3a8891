"""Closed days of the accounts: nothing is posted into them any more."""

from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.query_builder import DocType
from frappe.utils import getdate


def closed_from(day: date) -> frozenset[date]:
    """Return the closed days from a day on, and keep any other from being closed until the transaction ends."""
    closed = DocType("Microcredit Closed Day")
    # The lock reaches the rows that are not there yet: closing a day waits for the postings under way, and they for it.
    found = frappe.qb.from_(closed).select(closed.day).where(closed.day >= day).for_update().run()
    return frozenset(getdate(row[0]) for row in found)


def validate(doc: Any) -> None:
    """Refuse to close a day that is not over, and to change one that is closed."""
    if not doc.is_new():
        frappe.throw(
            _("A closed day stays closed: a late fact is posted on the first open day, as an adjustment."),
            frappe.PermissionError,
            title=_("Closed Day"),
        )
    if getdate(doc.day) > getdate():
        frappe.throw(_("A day that has not come cannot be closed."), title=_("Date not Possible"))
    doc.closed_by = frappe.session.user


def refuse_deletion() -> None:
    """A closed day is never opened again."""
    frappe.throw(
        _("A closed day stays closed: a late fact is posted on the first open day, as an adjustment."),
        frappe.PermissionError,
        title=_("Closed Day"),
    )
