"""What the settings of accounting must hold, and where the sending stands."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import frappe
from frappe import _
from frappe.query_builder.functions import Count
from frappe.utils import getdate

from social_crm.microcredit.services.accounting import erpnext

NAME = "Microcredit Accounting Settings"


@dataclass(frozen=True)
class Target:
    """The books in which the loans of a programme are kept."""

    company: str
    cost_center: str


def is_on() -> bool:
    """Tell whether the journal is sent to ERPNext from this site."""
    return bool(frappe.db.get_single_value(NAME, "post_to_erpnext")) and erpnext.is_here()


def target_of(programme: str | None) -> Target | None:
    """Return company and cost centre of a programme: its own row, else the one for every programme."""
    rows = frappe.get_cached_doc(NAME).companies
    for wanted in (programme or "", ""):
        for row in rows:
            if (row.programme or "") == wanted:
                return Target((row.company or "").strip(), (row.cost_center or "").strip())
    return None


def next_days(limit: int) -> list[date]:
    """Return the closed days that come next, at most so many: they follow each other without a gap.

    A day after an open one waits: a late payment could still be posted before it and change it.
    """
    values = frappe.get_doc(NAME)
    if not values.first_day:
        return []
    start = getdate(values.sent_until) + timedelta(days=1) if values.sent_until else getdate(values.first_day)
    table = frappe.qb.DocType("Microcredit Closed Day")
    end = start + timedelta(days=limit - 1)
    query = frappe.qb.from_(table).select(table.day).where(table.day.between(start, end))
    closed = {getdate(day) for (day,) in query.run()}
    found = []
    for ahead in range(limit):
        day = start + timedelta(days=ahead)
        if day not in closed:
            break
        found.append(day)
    return found


def close_past_days(today: date) -> int:
    """Close the days that are over and not yet closed, where the settings say so; return how many."""
    values = frappe.get_doc(NAME)
    if not values.close_days or not values.first_day or not is_on():
        return 0
    first = getdate(values.sent_until or values.first_day)
    closed = 0
    for ahead in range(max((today - first).days, 0)):
        day = first + timedelta(days=ahead)
        if not frappe.db.exists("Microcredit Closed Day", {"day": day}):
            # The settings say that days are closed; whoever wrote them had the right.
            frappe.get_doc({"doctype": "Microcredit Closed Day", "day": day}).insert(ignore_permissions=True)
            closed += 1
    return closed


def validate(doc: Any) -> None:
    """Check the settings; how far the journal was sent is written by the sending alone."""
    before = doc.get_doc_before_save()
    doc.sent_until = before.sent_until if before else None
    if doc.post_to_erpnext and not erpnext.is_here():
        frappe.throw(
            _("ERPNext is not installed on this site. The journal can be exported as a spreadsheet."),
            title=_("ERPNext"),
        )
    if doc.post_to_erpnext and not doc.first_day:
        frappe.throw(_("Write the first day that is sent."), title=_("Date Missing"))
    if doc.sent_until and before and getdate(doc.first_day) != getdate(before.first_day):
        frappe.throw(
            _("The journal was sent from {0} on: the first day stays.").format(
                frappe.format(before.first_day, "Date")
            ),
            title=_("Not Possible"),
        )
    programmes = [row.programme or "" for row in doc.companies]
    if len(set(programmes)) != len(programmes):
        frappe.throw(_("Each programme has one company."), title=_("Two Companies"))
    if any(not (row.company or "").strip() for row in doc.companies):
        frappe.throw(_("Write the company of each row."), title=_("Company Missing"))


def status() -> dict[str, Any]:
    """Return what the form shows: whether ERPNext is here, how far the journal was sent, and what waits or failed."""
    values = frappe.get_doc(NAME)
    posting = frappe.qb.DocType("Microcredit Journal Posting")
    counts = dict(
        frappe.qb.from_(posting).select(posting.status, Count(posting.name)).groupby(posting.status).run()
    )
    return {
        "erpnext": erpnext.is_here(),
        "on": is_on(),
        "sent_until": str(values.sent_until or ""),
        "closed_days_waiting": len(next_days(400)) if values.first_day else 0,
        "counts": counts,
        "problems": [
            {"name": row.name, "day": str(row.day), "problem": row.problem}
            for row in frappe.get_list(
                "Microcredit Journal Posting",
                filters={"status": "Failed"},
                fields=["name", "day", "problem"],
                order_by="day asc, name asc",
                limit_page_length=5,
            )
        ],
    }
