"""Agreeing anew on what is owed: other terms from a day on, the schedule before it kept as a version."""

from dataclasses import replace
from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, getdate

from social_crm import permissions
from social_crm.microcredit.domain.ledger import Loan, LoanState
from social_crm.microcredit.domain.schedule import Terms
from social_crm.microcredit.services import ledger, loans, products, schedules, vouchers
from social_crm.microcredit.services.ledger import Fact
from social_crm.microcredit.services.money import monthly_fraction, to_decimal

_FIGURES = ("principal_before", "charges_before", "principal_after", "schedule_version")
MAX_RATE_PERCENT = 100


@frappe.whitelist()
def preview_restructuring(
    microcredit: str,
    restructured_on: str,
    method: str,
    frequency: str,
    periods: int,
    monthly_rate: float,
    first_due: str,
    arrears_mode: str,
    principal_grace: int = 0,
) -> dict:
    """Return what a loan would owe and the schedule it would have: principal before and after, unpaid charges, rows.

    For whoever may read the loan. Errors: nothing is owed, no schedule can be made of the terms, an impossible date.
    """
    permissions.require("Microcredit", "read", microcredit)
    doc = frappe._dict(
        microcredit=microcredit,
        restructured_on=restructured_on,
        method=method,
        frequency=frequency,
        periods=periods,
        monthly_rate=monthly_rate,
        first_due=first_due,
        arrears_mode=arrears_mode,
        principal_grace=principal_grace,
    )
    return _preview(doc)


def validate(doc: Any) -> None:
    """Check a draft, and show in it what is owed today."""
    vouchers.check_draft(doc, doc.restructured_on, _FIGURES)
    if not (doc.reason or "").strip():
        frappe.throw(_("Write the reason."), title=_("Reason Missing"))
    if doc.docstatus == 0:
        shown = _preview(doc)
        doc.update({field: shown[field] for field in _FIGURES})


def fact(doc: Any) -> Fact:
    """Return what a restructuring says to the ledger."""
    return replace(_fact(doc, loans.read_one(doc.microcredit)), voucher=doc)


def post(doc: Any) -> None:
    """Post a restructuring that was approved, with the rows that follow from it."""
    book = loans.read_one(doc.microcredit)
    before = ledger.domain.state(book, getdate(doc.restructured_on))
    posted = vouchers.post(doc, fact(doc))
    vouchers.write(doc, _figures(before, posted.state))


def _preview(doc: Any) -> dict:
    book = loans.read_one(doc.microcredit)
    currency = frappe.db.get_value("Microcredit", doc.microcredit, "currency")
    day = getdate(doc.restructured_on)
    entry = ledger.prepare(book, _fact(doc, book), currency)
    before = ledger.domain.state(book, day)
    after = ledger.state_with(book, entry)
    return {
        **_figures(before, after),
        "rows": schedules.table_of(after.versions[-1].new_rows),
        "total": float(sum(row.total for row in after.versions[-1].new_rows)),
    }


def _fact(doc: Any, book: Loan) -> Fact:
    posting_day = doc.get("posting_day")
    return Fact(
        kind="restructuring",
        value_date=getdate(doc.restructured_on),
        mode=vouchers.mode_of(doc.arrears_mode),
        terms=_terms(doc, book.terms, getdate(doc.restructured_on)),
        posting_day=getdate(posting_day) if posting_day else None,
    )


def _terms(doc: Any, agreed: Terms, day: date) -> Terms:
    """The newly agreed terms; what the form does not ask (day count, rounding, insurance, holidays) stays as agreed."""
    if not 0 <= to_decimal(doc.monthly_rate) < MAX_RATE_PERCENT:
        frappe.throw(
            _("The monthly rate must be at least 0 % and below 100 %."), title=_("Rate not Possible")
        )
    if doc.method not in products.METHODS:
        frappe.throw(_("Choose the method."), title=_("Choice Missing"))
    if not doc.first_due or getdate(doc.first_due) <= day:
        frappe.throw(
            _("The first instalment must fall due after {0}.").format(frappe.format(day, "Date")),
            title=_("Date not Possible"),
        )
    return replace(
        agreed,
        rate=monthly_fraction(doc.monthly_rate),
        rate_period="monthly",
        method=products.METHODS[doc.method],
        frequency=(doc.frequency or "").lower(),
        periods=cint(doc.periods),
        disbursed=day,
        first_due=getdate(doc.first_due),
        principal_grace=cint(doc.principal_grace),
        total_grace=0,
        capitalise=False,
        instalment=None,
        calendar=(),
        tranches=(),
        residue="last",
    )


def _figures(before: LoanState, after: LoanState) -> dict:
    new = after.versions[-1].new_rows
    charges = before.position.overdue - before.position.overdue_principal
    return {
        "principal_before": float(before.position.balance),
        "charges_before": float(charges),
        "principal_after": float(sum(row.principal - row.capitalised for row in new)),
        "schedule_version": len(after.versions),
    }
