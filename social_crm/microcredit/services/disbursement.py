"""An approved application becomes a loan, once, with the terms that were approved."""

from decimal import Decimal
from typing import Any

import frappe
from frappe import _
from frappe.utils import getdate

from social_crm import permissions
from social_crm.microcredit.domain.schedule import Schedule, effective_annual_rate
from social_crm.microcredit.services import applications, ledger
from social_crm.microcredit.services.money import decimals_of, positive_amount
from social_crm.workflow_status import require_transition, state_for_status

# Changes whenever the same terms would give another schedule; a loan keeps the version that made its own.
METHOD_VERSION = "equal-instalment-1"
_TERMS = (
    "name",
    "status",
    "beneficiary",
    "beneficiary_name",
    "programme",
    "productive_unit",
    "credit_officer",
    "approved_amount",
    "approved_periods",
    "monthly_rate",
    "conditions",
    "committee_minutes",
    "committee_date",
)


@frappe.whitelist(methods=["POST"])
def disburse(application: str, disbursed_on: str | None = None, first_due: str | None = None) -> str:
    """Hand over the money of an approved application and return the name of its microcredit.

    disbursed_on: ISO date, today by default, neither in the future nor before the committee met.
    first_due: ISO date of the first instalment, by default a month later.
    Errors: not approved, already disbursed, an impossible date; no permission to read it or to create microcredits.
    """
    permissions.require("Microcredit Application", "read", application)
    permissions.require("Microcredit", "create")
    terms = _terms(application)
    if terms.status == "Disbursed":
        frappe.throw(_("{0} has already been disbursed.").format(application), title=_("Already Disbursed"))
    if terms.status != "Approved":
        frappe.throw(
            _("{0} is not approved: only an approved application can be disbursed.").format(application),
            title=_("Not Approved"),
        )
    doc = frappe.get_doc("Microcredit Application", application)
    state = state_for_status(doc.doctype, "Disbursed")
    if state:
        require_transition(doc, state)
    doc.db_set({"status": "Disbursed", "workflow_state": state or doc.workflow_state})
    # Writing past the form leaves no trace by itself.
    doc.save_version()
    return _open_loan(doc, terms, disbursed_on, first_due)


def disburse_by_workflow(doc: Any) -> None:
    """Create the loan, as of today, of an application that the workflow has just moved to Disbursed."""
    before = doc.get_doc_before_save()
    if before and (before.status, doc.status) == ("Approved", "Disbursed"):
        permissions.require("Microcredit", "create")
        _open_loan(doc, _terms(doc.name), None, None)


def _terms(application: str) -> Any:
    """Lock an application and return what was approved: a second disbursement waits here, and reads what the first left."""
    return frappe.db.get_value("Microcredit Application", application, _TERMS, as_dict=True, for_update=True)


def _open_loan(doc: Any, terms: Any, disbursed_on: str | None, first_due: str | None) -> str:
    day = _disbursement_date(terms, disbursed_on)
    currency = _currency(terms.programme)
    positive_amount(terms.approved_amount, "Approved Amount", currency)
    schedule = applications.schedule_for(
        terms.approved_amount, terms.approved_periods, terms.monthly_rate, day, first_due, currency
    )
    loan = _create(terms, schedule, currency)
    doc.db_set("microcredit", loan.name)
    ledger.refresh(loan.name)
    return loan.name


def _disbursement_date(terms: Any, disbursed_on: str | None) -> Any:
    day = getdate(disbursed_on)
    if day > getdate():
        frappe.throw(_("The disbursement date lies in the future."), title=_("Date not Possible"))
    if terms.committee_date and day < getdate(terms.committee_date):
        frappe.throw(
            _("The disbursement cannot precede the committee of {0}.").format(
                frappe.format(terms.committee_date, "Date")
            ),
            title=_("Date not Possible"),
        )
    return day


def _currency(programme: str | None) -> str:
    own = frappe.db.get_value("Social Programme", programme, "currency") if programme else None
    return own or frappe.db.get_default("currency") or "COP"


def _create(terms: Any, schedule: Schedule, currency: str) -> Any:
    loan = frappe.new_doc("Microcredit")
    loan.update(
        {
            "application": terms.name,
            "beneficiary": terms.beneficiary,
            "beneficiary_name": terms.beneficiary_name,
            "programme": terms.programme,
            "productive_unit": terms.productive_unit,
            "credit_officer": terms.credit_officer,
            "conditions": terms.conditions,
            "committee_minutes": terms.committee_minutes,
            "currency": currency,
            "principal": float(schedule.terms.principal),
            "monthly_rate": terms.monthly_rate,
            "effective_annual_rate": float(effective_annual_rate(schedule.terms.rate) * 100),
            "periods": len(schedule.rows),
            "disbursed_on": schedule.terms.disbursed,
            "first_due": schedule.rows[0].due,
            "last_due": schedule.rows[-1].due,
            "method": "Equal Instalment",
            "frequency": "Monthly",
            "method_version": METHOD_VERSION,
            "total_interest": float(schedule.total_interest),
            "total_amount": float(schedule.total),
            "status": "Active",
        }
    )
    for row in schedule.rows:
        loan.append(
            "schedule",
            {
                "number": row.number,
                "due_date": row.due,
                "principal": float(row.principal),
                "interest": float(row.interest),
                "fees": float(row.fees),
                "total": float(row.total),
                "balance": float(row.balance),
                "unpaid": float(row.total),
                "currency": currency,
            },
        )
    assert sum((row.principal for row in schedule.rows), Decimal(0)) == schedule.terms.principal
    assert decimals_of(currency) == schedule.terms.decimals
    loan.flags.by_disbursement = True
    return loan.insert()
