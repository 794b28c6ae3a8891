"""What a loan would be if it were disbursed: schedule, both rates, the usury cap and what it takes of the household.

The same figures are written on an application and shown while it is being filled in.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import frappe
from frappe import _
from frappe.utils import getdate

from social_crm import permissions
from social_crm.microcredit.domain.capacity import highest_a_month, highest_principal
from social_crm.microcredit.domain.rates import effective_annual_rate, nominal_annual
from social_crm.microcredit.domain.rounding import as_percentage
from social_crm.microcredit.domain.schedule import Row, Schedule, ScheduleError, build, true_annual_rate
from social_crm.microcredit.services import caps, households, judging, products
from social_crm.microcredit.services.money import (
    decimals_of,
    positive_amount,
    throw_schedule_error,
    to_decimal,
)

# The highest rate of a long schedule takes many schedules to find; the answer is shown where it comes at once.
_ROWS_AT_ONCE = 60


@dataclass(frozen=True)
class Offer:
    """A schedule with the version it comes from, and how it was judged (None: no modality, or no cap known that day)."""

    version: products.Version
    schedule: Schedule
    currency: str
    judged: caps.CapCheck | None


def currency_of(version: products.Version, programme: str | None) -> str:
    """Return the currency of a loan: that of the product, of the programme, or of the site."""
    own = frappe.db.get_value("Social Programme", programme, "currency") if programme else None
    return version.values.get("currency") or own or frappe.db.get_default("currency") or "COP"


def rate_of(doc: Any, version: products.Version) -> Any:
    """Return the rate of an application, in percent, as its product quotes it."""
    return doc.get("monthly_rate" if version.values["rate_period"] == "Monthly" else "annual_rate")


def schedule_for(
    version: products.Version,
    amount: Any,
    periods: Any,
    rate: Any,
    disbursed_on: Any,
    first_due: Any = None,
    currency: str | None = None,
) -> Schedule:
    """Return the schedule of such a loan. Errors: no schedule can be made of it, in words for people."""
    terms = products.terms_for(version, amount, periods, disbursed_on, first_due, rate, currency)
    try:
        if terms.rate_period == "monthly" and terms.rate >= 1:
            raise ScheduleError("rate", "The monthly rate must be at least 0 % and below 100 %.")
        return build(terms)
    except ScheduleError as error:
        throw_schedule_error(error, terms)
        raise


def offer_of(doc: Any, version: products.Version) -> Offer:
    """Return what an application asks for, or what was approved of it once there is something.

    Refused: amounts, periods and rates that the product does not lend; a rate above the usury cap known for the day of
    disbursement. A day whose cap is not certified yet is judged when the money is handed over.
    """
    amount = doc.approved_amount or doc.requested_amount
    periods = doc.approved_periods or doc.requested_periods
    currency = currency_of(version, doc.programme)
    day = getdate(doc.expected_disbursement)
    rate = rate_of(doc, version)
    products.allowed_rate(version, rate)
    products.check_limits(version, amount, periods, currency)
    first_due = doc.first_due if doc.first_due and getdate(doc.first_due) > day else None
    schedule = schedule_for(version, amount, periods, rate, day, first_due, currency)
    modality = judging.modality_of(version, currency)
    judged = None
    if modality and caps.is_known(modality, day):
        judged = caps.check_cap(modality, schedule)
    return Offer(version, schedule, currency, judged)


def write_figures(doc: Any, offer: Offer) -> None:
    """Write on an application what its loan would cost."""
    terms, cap = offer.schedule.terms, offer.judged
    rate = effective_annual_rate(terms.rate, terms.rate_period, terms.frequency)
    doc.effective_annual_rate = float(rate * 100)
    doc.true_annual_rate = float(true_annual_rate(offer.schedule) * 100)
    doc.usury_cap = float(cap.cap.rate * 100) if cap else None
    doc.cap_valid_from = cap.cap.valid_from if cap else None
    doc.cap_valid_to = cap.cap.valid_to if cap else None
    doc.instalment_amount = float(max(row.total for row in offer.schedule.rows))
    monthly = highest_a_month(offer.schedule)
    doc.monthly_instalment = float(round(monthly, terms.decimals))
    surplus = to_decimal(doc.payment_capacity)
    doc.surplus_share = float(round(monthly / surplus * 100, 2)) if surplus > 0 else 0


@frappe.whitelist()
def preview_schedule(
    amount: float,
    periods: int,
    monthly_rate: float | None = None,
    disbursed_on: str | None = None,
    first_due: str | None = None,
    product: str | None = None,
    version: str | None = None,
    programme: str | None = None,
    household: str | None = None,
) -> dict:
    """Return what such a loan would be: rows, totals, both rates (%), the cap, and what it takes of the household.

    monthly_rate: percent, as the product quotes it; None is its usual rate. product, version: names; by default the product
    that is proposed. household: JSON with the fields and rows of the application that describe the household.
    What cannot be is answered as {"error": text}. For whoever may read applications.
    """
    permissions.require("Microcredit Application", "read")
    try:
        chosen = products.read(version) if version else products.current(product or _proposed())
        currency = currency_of(chosen, programme)
        positive_amount(amount, "Requested Amount", currency)
        day = getdate(disbursed_on)
        rate = chosen.values["interest_rate"] if monthly_rate is None else monthly_rate
        schedule = schedule_for(chosen, amount, periods, rate, day, first_due, currency)
        answer = _described(chosen, schedule, currency)
        answer["warnings"] = _warnings(chosen, amount, periods, rate, currency)
        answer["cap"] = described_cap(judging.modality_of(chosen, currency), schedule)
        answer["cap_exception"] = None if answer["cap"] else judging.exception_of(chosen)
        if household:
            answer["capacity"] = _capacity(chosen, schedule, json.loads(household))
    except frappe.ValidationError as error:
        # While a form is being filled in, what is still impossible is shown beside it and not thrown in front of it.
        frappe.clear_messages()
        return {"error": str(error)}
    return answer


@frappe.whitelist()
def first_due_on(application: str, disbursed_on: str | None = None) -> str:
    """Return when the first instalment falls due (ISO date) if an application is disbursed on a day, today by default.

    The day that the application names, or the one that follows from the product's frequency or harvests. For whoever may read
    the application.
    """
    permissions.require("Microcredit Application", "read", application)
    doc = frappe.get_doc("Microcredit Application", application)
    day = getdate(disbursed_on)
    if doc.first_due and getdate(doc.first_due) > day:
        return getdate(doc.first_due).isoformat()
    version = products.read(doc.product_version)
    amount, periods = (
        doc.approved_amount or doc.requested_amount,
        doc.approved_periods or doc.requested_periods,
    )
    return products.terms_for(version, amount, periods, day, currency=doc.currency).first_due.isoformat()


def _proposed() -> str:
    name = products.default_product()
    if not name:
        frappe.throw(_("Choose the product."), title=_("Product Missing"))
    return str(name)


def _described(version: products.Version, schedule: Schedule, currency: str) -> dict[str, Any]:
    terms = schedule.terms
    effective = effective_annual_rate(terms.rate, terms.rate_period, terms.frequency)
    return {
        "version": version.name,
        "currency": currency,
        "decimals": decimals_of(currency),
        "rows": [_row(row) for row in schedule.rows],
        "total_interest": float(schedule.total_interest),
        "total_fees": float(schedule.total_fees),
        "total_insurance": float(schedule.total_insurance),
        "total": float(schedule.total),
        "amount": float(schedule.amount),
        "net": float(schedule.net),
        "highest_instalment": float(max(row.total for row in schedule.rows)),
        "disbursed_on": terms.disbursed.isoformat(),
        "nominal_annual_rate": float(
            as_percentage(nominal_annual(terms.rate, terms.rate_period, terms.frequency))
        ),
        "effective_annual_rate": float(effective * 100),
        "true_annual_rate": float(true_annual_rate(schedule) * 100),
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "number": row.number,
        "due_date": row.due.isoformat(),
        "principal": float(row.principal),
        "interest": float(row.interest),
        "charges": float(row.fees + row.insurance),
        "total": float(row.total),
        "balance": float(row.balance),
    }


def _warnings(version: products.Version, amount: Any, periods: Any, rate: Any, currency: str) -> list[str]:
    """What the product does not lend, as texts."""
    found = []
    for check in (
        lambda: products.allowed_rate(version, rate),
        lambda: products.check_limits(version, amount, periods, currency),
    ):
        try:
            check()
        except frappe.ValidationError as error:
            frappe.clear_messages()
            found.append(str(error))
    return found


def described_cap(
    modality: str | None,
    schedule: Schedule,
    agreed: Decimal | None = None,
    known_at: datetime | None = None,
) -> dict[str, Any] | None:
    """Return how a schedule compares with the cap of a modality, to be shown: rates in percent, and what is wrong as a text.

    agreed, known_at: see `caps.judge`.
    """
    if not modality:
        return None
    at_once = len(schedule.rows) <= _ROWS_AT_ONCE
    try:
        judged = caps.judge(modality, schedule, at_once, agreed, known_at)
    except frappe.ValidationError as error:
        frappe.clear_messages()
        return {"modality": modality, "message": str(error)}
    return {
        "modality": modality,
        "cap": float(judged.cap.rate * 100),
        "valid_from": judged.cap.valid_from.isoformat(),
        "valid_to": judged.cap.valid_to.isoformat(),
        "rate": float(as_percentage(judged.rate)),
        "is_within": judged.is_within,
        "highest": None if judged.highest is None else float(judged.highest * 100),
        "message": "" if judged.is_within else caps.breach_text(judged, schedule),
    }


def _capacity(version: products.Version, schedule: Schedule, household: dict[str, Any]) -> dict[str, Any]:
    found = households.capacity_of(household, version, schedule.terms.decimals)
    monthly = highest_a_month(schedule)
    answer = {
        "income": float(found.income),
        "expenses": float(found.expenses),
        "debts": float(found.debts),
        "free": float(found.free),
        "payable": float(found.payable),
        "allowed_share": float(version.amount("max_surplus_share")),
        "monthly_instalment": float(round(monthly, schedule.terms.decimals)),
        "share": float(round(monthly / found.free * 100, 1)) if found.free > 0 else None,
        "fits": monthly <= found.payable,
    }
    if monthly > found.payable > 0 and len(schedule.rows) <= _ROWS_AT_ONCE:
        answer["highest_principal"] = float(highest_principal(schedule.terms, found.payable, Decimal(10_000)))
    return answer
