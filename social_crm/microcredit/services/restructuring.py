"""Agreeing anew on what is owed: other terms from a day on, the schedule before it kept as a version."""

from dataclasses import replace
from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, getdate

from social_crm import permissions
from social_crm.microcredit.domain.dates import PERIODS_A_YEAR
from social_crm.microcredit.domain.ledger import Loan, LoanState
from social_crm.microcredit.domain.rounding import as_percentage
from social_crm.microcredit.domain.schedule import MAX_PERIODS, Schedule, Terms, build, true_annual_rate
from social_crm.microcredit.services import (
    calendars,
    caps,
    judging,
    ledger,
    loans,
    offers,
    products,
    schedules,
    vouchers,
)
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
    """Return what a loan would owe, the schedule it would have, its true rate (%) and how that compares with the usury cap.

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
        if shown["cap"] and shown["cap"].get("is_within") is False:
            frappe.throw(shown["cap"]["message"], title=_("Above the Usury Cap"))


def check_cap(doc: Any) -> None:
    """Refuse terms above the usury cap of the day from which they count, or for which none is certified yet.

    The rate is agreed anew, so it is the cap of that day and not that of the disbursement.
    """
    book = loans.read_one(doc.microcredit)
    currency = frappe.db.get_value("Microcredit", doc.microcredit, "currency")
    after = ledger.state_with(book, ledger.prepare(book, _fact(doc, book), currency))
    caps.check_cap(_modality(doc.microcredit), _new_schedule(after), book.terms.principal)


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
    schedule = _new_schedule(after)
    return {
        **_figures(before, after),
        "true_annual_rate": float(as_percentage(true_annual_rate(schedule))),
        "cap": offers.described_cap(_modality(doc.microcredit), schedule, book.terms.principal),
        "rows": schedules.table_of(after.versions[-1].new_rows),
        "total": float(sum(row.total for row in after.versions[-1].new_rows)),
    }


def _new_schedule(after: LoanState) -> Schedule:
    """The schedule of the new terms alone: what is carried over from before them is no price of theirs."""
    return build(after.versions[-1].terms)


def _modality(loan: str) -> str | None:
    """The modality by which loans of the version that it keeps are judged; a loan older than the products has none."""
    version, currency = frappe.db.get_value("Microcredit", loan, ["product_version", "currency"])
    return judging.modality_of(products.read(version), currency) if version else None


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
    frequency = (doc.frequency or "").lower()
    if frequency not in PERIODS_A_YEAR:
        frappe.throw(_("Choose the frequency."), title=_("Choice Missing"))
    if not doc.first_due or getdate(doc.first_due) <= day:
        frappe.throw(
            _("The first instalment must fall due after {0}.").format(frappe.format(day, "Date")),
            title=_("Date not Possible"),
        )
    first, count = getdate(doc.first_due), min(max(cint(doc.periods), 1), MAX_PERIODS)
    return replace(
        agreed,
        rate=monthly_fraction(doc.monthly_rate),
        rate_period="monthly",
        method=products.METHODS[doc.method],
        frequency=frequency,
        periods=cint(doc.periods),
        disbursed=day,
        first_due=first,
        principal_grace=cint(doc.principal_grace),
        total_grace=0,
        capitalise=False,
        instalment=None,
        calendar=(),
        tranches=(),
        residue="last",
        # The rule stays; the days that it is about are those of the new schedule.
        holidays=calendars.holidays_of(frequency, first, count, ())
        if agreed.holiday_rule != "none"
        else frozenset(),
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
