"""What an application must hold, who may decide on it, and the preview of its schedule."""

from typing import Any

import frappe
from frappe import _
from frappe.utils import getdate

from social_crm import permissions
from social_crm.microcredit.domain.schedule import (
    Schedule,
    ScheduleError,
    Terms,
    add_months,
    build,
    effective_annual_rate,
)
from social_crm.microcredit.services.money import (
    decimals_of,
    monthly_fraction,
    positive_amount,
    throw_schedule_error,
    to_decimal,
)
from social_crm.workflow_status import status_from_workflow

# What a decision was taken on; nobody changes it afterwards, whatever the workflow of the site lets them edit.
DECIDED_FIELDS = (
    "beneficiary",
    "programme",
    "productive_unit",
    "application_date",
    "requested_amount",
    "requested_periods",
    "monthly_rate",
    "approved_amount",
    "approved_periods",
    "conditions",
    "committee_minutes",
    "committee_date",
)
# How the status may move; a site's workflow may offer fewer ways.
MOVES = frozenset(
    {
        ("Open", "Approved"),
        ("Open", "Rejected"),
        ("Approved", "Disbursed"),
        ("Approved", "Open"),
        ("Rejected", "Open"),
    }
)
# Read-only on screen; over REST a value may still arrive, and is put back.
OWN_FIELDS = ("decided_by", "decided_on", "microcredit")


def validate(doc: Any) -> None:
    """Check an application and work out what follows from it."""
    before = doc.get_doc_before_save()
    doc.status = "Disbursed" if doc.flags.disbursement else status_from_workflow(doc, "Open")
    for field in OWN_FIELDS:
        doc.set(field, before.get(field) if before else None)
    _check_request(doc)
    doc.payment_capacity = float(to_decimal(doc.monthly_income) - to_decimal(doc.monthly_expenses))
    doc.effective_annual_rate = float(effective_annual_rate(monthly_fraction(doc.monthly_rate)) * 100)
    _check_productive_unit(doc)
    if before and before.status != "Open":
        _refuse_changes(doc, before)
    if before and doc.status != before.status:
        _check_move(doc, before)


def record_decision(doc: Any) -> None:
    """Keep who decided and when, once the decision is saved."""
    before = doc.get_doc_before_save()
    if before and before.status == "Open" and doc.status in ("Approved", "Rejected"):
        doc.db_set({"decided_by": frappe.session.user, "decided_on": frappe.utils.now_datetime()})


def check_decision(doc: Any) -> None:
    """Refuse a decision by the applicant's own officer, and one that lacks what it must say."""
    if frappe.session.user in (doc.owner, doc.credit_officer):
        frappe.throw(
            _("Nobody decides on an application of their own: another member of the committee must do it."),
            frappe.PermissionError,
            title=_("Own Application"),
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
    positive_amount(doc.approved_amount, "Approved Amount")
    schedule_for(doc.approved_amount, doc.approved_periods, doc.monthly_rate, doc.committee_date)


def schedule_for(
    amount: Any,
    periods: Any,
    rate_percent: Any,
    disbursed_on: Any,
    first_due: Any = None,
    currency: str | None = None,
) -> Schedule:
    """Return the schedule of such a loan; without a first due date it is a month after the disbursement."""
    disbursed = getdate(disbursed_on)
    terms = Terms(
        principal=to_decimal(amount),
        rate=monthly_fraction(rate_percent),
        periods=int(periods or 0),
        disbursed=disbursed,
        first_due=getdate(first_due) if first_due else add_months(disbursed, 1),
        decimals=decimals_of(currency),
    )
    try:
        if not 0 <= terms.rate < 1:
            raise ScheduleError("rate", "The monthly rate must be at least 0 % and below 100 %.")
        return build(terms)
    except ScheduleError as error:
        throw_schedule_error(error, terms)
        raise


@frappe.whitelist()
def preview_schedule(
    amount: float,
    periods: int,
    monthly_rate: float,
    disbursed_on: str | None = None,
    first_due: str | None = None,
) -> dict:
    """Return the schedule that such a loan would have: rows, total_interest, total, effective_annual_rate (%).

    For whoever may read applications.
    """
    permissions.require("Microcredit Application", "read")
    positive_amount(amount, "Requested Amount")
    schedule = schedule_for(amount, periods, monthly_rate, disbursed_on or frappe.utils.today(), first_due)
    return {
        "rows": [
            {
                "number": row.number,
                "due_date": row.due.isoformat(),
                "principal": float(row.principal),
                "interest": float(row.interest),
                "total": float(row.total),
                "balance": float(row.balance),
            }
            for row in schedule.rows
        ],
        "total_interest": float(schedule.total_interest),
        "total": float(schedule.total),
        "effective_annual_rate": float(effective_annual_rate(schedule.terms.rate) * 100),
    }


def _check_move(doc: Any, before: Any) -> None:
    """Whatever the site's workflow allows: first the decision, then the money, and no way back from the money."""
    if (before.status, doc.status) not in MOVES:
        frappe.throw(
            _("An application cannot go from {0} to {1}.").format(_(before.status), _(doc.status)),
            title=_("Decision not Possible"),
        )
    if doc.status in ("Approved", "Rejected"):
        check_decision(doc)


def _check_request(doc: Any) -> None:
    positive_amount(doc.requested_amount, "Requested Amount")
    if not 1 <= int(doc.requested_periods or 0) <= 1200:
        frappe.throw(
            _("The number of instalments must be from 1 to 1200."), title=_("Instalments not Possible")
        )
    if not 0 <= to_decimal(doc.monthly_rate) < 100:
        frappe.throw(
            _("The monthly rate must be at least 0 % and below 100 %."), title=_("Rate not Possible")
        )
    for field in ("monthly_income", "monthly_expenses"):
        if to_decimal(doc.get(field)) < 0:
            frappe.throw(
                _("{0} cannot be below zero.").format(_(doc.meta.get_label(field))),
                title=_("Amount not Possible"),
            )
    if doc.application_date and getdate(doc.application_date) > getdate():
        frappe.throw(_("The application date lies in the future."), title=_("Date not Possible"))


def _check_productive_unit(doc: Any) -> None:
    if not doc.productive_unit:
        return
    owner = frappe.db.get_value("Productive Unit", doc.productive_unit, "beneficiary")
    if owner != doc.beneficiary:
        frappe.throw(
            _("{0} is not a productive unit of {1}.").format(doc.productive_unit, doc.beneficiary_name),
            title=_("Another Person's Unit"),
        )


def _refuse_changes(doc: Any, before: Any) -> None:
    now, then = (row.get_valid_dict(convert_dates_to_str=True) for row in (doc, before))
    changed = [
        _(doc.meta.get_label(field)) for field in DECIDED_FIELDS if (now[field] or "") != (then[field] or "")
    ]
    if changed:
        frappe.throw(
            _("The application has been decided; this cannot change any more: {0}.").format(
                ", ".join(changed)
            ),
            frappe.PermissionError,
            title=_("Decided Application"),
        )
