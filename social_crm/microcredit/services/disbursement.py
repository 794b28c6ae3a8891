"""An approved application becomes a loan, once, with the terms that were approved; its money may come in parts."""

import json
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import frappe
from frappe import _
from frappe.utils import getdate

from social_crm import permissions
from social_crm.microcredit.domain import stored
from social_crm.microcredit.domain.ledger import Policy
from social_crm.microcredit.domain.rates import effective_annual_rate, nominal_annual
from social_crm.microcredit.domain.schedule import Schedule
from social_crm.microcredit.services import (
    applicants,
    funds,
    groups,
    judging,
    ledger,
    loans,
    offers,
    products,
    refinancing,
    schedules,
    vouchers,
)
from social_crm.microcredit.services.ledger import Fact
from social_crm.microcredit.services.money import decimals_of, positive_amount
from social_crm.workflow_status import require_status

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
    "annual_rate",
    "first_due",
    "product_version",
    "conditions",
    "committee_minutes",
    "committee_date",
)
_FIGURES = ("fees_held", "net_amount")


@dataclass(frozen=True)
class Handover:
    """How the first money of a loan is handed over; amount: None is all of it. refinances: a loan that it pays off."""

    disbursed_on: str | None = None
    first_due: str | None = None
    amount: float | None = None
    channel: str = "Cash"
    reference: str | None = None
    refinances: str | None = None


@dataclass(frozen=True)
class Agreement:
    """What a loan keeps of its product: the schedule with its terms, the rules and the version."""

    schedule: Schedule
    policy: Policy
    version: products.Version
    currency: str


@frappe.whitelist(methods=["POST"])
def disburse(
    application: str,
    disbursed_on: str | None = None,
    first_due: str | None = None,
    amount: float | None = None,
    channel: str = "Cash",
    reference: str | None = None,
    refinances: str | None = None,
) -> str:
    """Hand over the money of an approved application and return the name of its microcredit.

    disbursed_on: ISO date, today by default, neither in the future nor before the committee met.
    first_due: ISO date of the first instalment, by default a month later.
    amount: of the first part; by default all that was approved. refinances: an older loan of the person, paid off with it.
    Errors: not approved, already disbursed, an impossible date, not enough in the fund, no such step in the site's workflow;
    no permission to read it or to create microcredits.
    """
    permissions.require("Microcredit Application", "read", application)
    terms = _terms(application)
    if terms.status == "Disbursed":
        frappe.throw(_("{0} has already been disbursed.").format(application), title=_("Already Disbursed"))
    if terms.status != "Approved":
        frappe.throw(
            _("{0} is not approved: only an approved application can be disbursed.").format(application),
            title=_("Not Approved"),
        )
    doc = frappe.get_doc("Microcredit Application", application)
    state = require_status(doc, "Disbursed")
    if state:
        doc.workflow_state = state
    doc.flags.disbursement = Handover(disbursed_on, first_due, amount, channel, reference, refinances)
    doc.save(ignore_version=False)
    return doc.microcredit


def disburse_by_workflow(doc: Any) -> None:
    """Create the loan of an application that has just moved to Disbursed: by `disburse`, or by the workflow as of today."""
    before = doc.get_doc_before_save()
    if before and (before.status, doc.status) == ("Approved", "Disbursed"):
        permissions.require("Microcredit", "create")
        _open_loan(doc, _terms(doc.name), doc.flags.disbursement or Handover())


def validate(doc: Any) -> None:
    """Check the draft of money to be handed over; a part after the first agreement is judged by the cap of its own month."""
    loan = vouchers.check_draft(doc, doc.disbursed_on, _FIGURES)
    positive_amount(doc.amount, "Amount", loan.currency)
    is_first = not _has_money(doc.microcredit)
    if not is_first and getdate(doc.disbursed_on) < getdate(loan.disbursed_on):
        frappe.throw(
            _("A further part cannot precede the first one, of {0}.").format(
                frappe.format(loan.disbursed_on, "Date")
            ),
            title=_("Date not Possible"),
        )
    if not doc.flags.is_judged:
        version = frappe.db.get_value("Microcredit", doc.microcredit, "product_version")
        modality = judging.modality_of(products.read(version), loan.currency) if version else None
        terms = loans.read_one(doc.microcredit).terms
        judging.check_further_part(modality, terms, getdate(doc.disbursed_on))
    if doc.refinances:
        refinancing.check(doc, loan, is_first, _net(doc, loan.currency))
    vouchers.refuse_known_reference(doc)


def fact(doc: Any) -> Fact:
    """Return what a disbursement says to the ledger."""
    return Fact(
        kind="disbursement",
        value_date=getdate(doc.disbursed_on),
        amount=positive_amount(doc.amount, "Amount", doc.currency),
        posting_day=getdate(doc.posting_day) if doc.posting_day else None,
        voucher=doc,
    )


def post(doc: Any) -> None:
    """Post money that was handed over: a loan is paid off first where the money is for that."""
    is_first = not _has_money(doc.microcredit)
    said = fact(doc)
    if doc.refinances:
        said = replace(said, mode=refinancing.mode_of(doc))
        refinancing.pay_off(doc)
    posted = vouchers.post(doc, said)
    fund = frappe.db.get_value("Microcredit", doc.microcredit, "fund")
    vouchers.write(
        doc,
        {
            "net_amount": float(-posted.cash),
            "fees_held": float(posted.entry.amount + posted.cash),
            "fund": fund,
        },
    )
    if is_first:
        values = {"disbursed_on": posted.entry.value_date, "refinances": doc.refinances}
        frappe.db.set_value("Microcredit", doc.microcredit, values, update_modified=False)


def _terms(application: str) -> Any:
    """Lock an application and return what was approved: a second disbursement waits here, and reads what the first left."""
    return frappe.db.get_value("Microcredit Application", application, _TERMS, as_dict=True, for_update=True)


def _open_loan(doc: Any, terms: Any, handover: Handover) -> None:
    applicants.check_people(doc)
    groups.check_active(doc.solidarity_group)
    day = _disbursement_date(terms, handover.disbursed_on)
    agreement = _agreement(terms, day, handover)
    fund = funds.open_fund(terms.programme, agreement.currency)
    ledger.lock(handover.refinances, fund=fund)
    if fund and funds.lock(fund).status != "Open":
        fund = None
    loan = _create(terms, agreement, fund)
    vouchers.write(doc, {"microcredit": loan.name})
    money = frappe.new_doc("Microcredit Disbursement")
    money.update(
        {
            "microcredit": loan.name,
            "disbursed_on": day,
            "amount": handover.amount if handover.amount is not None else terms.approved_amount,
            "channel": handover.channel,
            "reference": handover.reference,
            "refinances": handover.refinances,
        }
    )
    # With the whole loan, when its terms were agreed.
    money.flags.is_judged = True
    money.submit()


def _agreement(terms: Any, day: date, handover: Handover) -> Agreement:
    """What is agreed with the borrower on the day: the version of the product, within the usury cap of the month."""
    version = products.read(terms.product_version)
    currency = offers.currency_of(version, terms.programme)
    amount = positive_amount(terms.approved_amount, "Approved Amount", currency)
    asked = terms.first_due if terms.first_due and getdate(terms.first_due) > day else None
    schedule = offers.schedule_for(
        version,
        amount,
        terms.approved_periods,
        offers.rate_of(terms, version),
        day,
        handover.first_due or asked,
        currency,
    )
    products.check_cap(judging.modality_of(version, currency), schedule)
    return Agreement(schedule, products.policy_for(version, day), version, currency)


def _disbursement_date(terms: Any, disbursed_on: str | None) -> date:
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


def _create(terms: Any, agreement: Agreement, fund: str | None) -> Any:
    schedule, currency = agreement.schedule, agreement.currency
    agreed = schedule.terms
    monthly = nominal_annual(agreed.rate, agreed.rate_period, agreed.frequency) / 12
    effective = effective_annual_rate(agreed.rate, agreed.rate_period, agreed.frequency)
    assert sum((row.principal - row.capitalised for row in schedule.rows), Decimal(0)) == schedule.amount
    assert decimals_of(currency) == agreed.decimals
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
            "principal": float(agreed.principal),
            "monthly_rate": float(round(monthly * 100, 4)),
            "effective_annual_rate": float(effective * 100),
            "periods": len(schedule.rows),
            "disbursed_on": agreed.disbursed,
            "first_due": schedule.rows[0].due,
            "last_due": schedule.rows[-1].due,
            "method": loans.METHOD_LABELS[agreed.method],
            "frequency": agreed.frequency.capitalize(),
            "method_version": METHOD_VERSION,
            "product": agreement.version.product,
            "product_version": agreement.version.name,
            "total_interest": float(schedule.total_interest),
            "total_amount": float(schedule.total),
            "status": "Pending",
            "terms": json.dumps(stored.terms_to_json(agreed)),
            "policy": json.dumps(stored.policy_to_json(agreement.policy)),
            "signed_rows": json.dumps(stored.rows_to_json(schedule.rows)),
        }
    )
    loan.flags.by_disbursement = True
    loan.insert()
    if fund:
        # It follows from the programme; who hands money over need not be one of those who look after the fund.
        loan.fund = fund
        frappe.db.set_value("Microcredit", loan.name, "fund", fund, update_modified=False)
    return loan


def _net(doc: Any, currency: str) -> Decimal:
    """Return what a first disbursement hands over: its amount less the fees that are held back."""
    book = loans.read_one(doc.microcredit)
    state = ledger.state_with(book, ledger.prepare(book, fact(doc), currency))
    return -state.accounts["cash"]


def _has_money(loan: str) -> bool:
    entries = loans.entries_of([loan]).get(loan, [])
    return any(entry.kind == "disbursement" for entry in ledger.in_force(entries))


@frappe.whitelist()
def preview_part(microcredit: str, amount: float, disbursed_on: str | None = None) -> dict:
    """Return the balance, what is still to be handed over, and the schedule after a further part of a loan's money.

    For whoever may read the loan. Errors: more than was agreed, an impossible amount or date.
    """
    permissions.require("Microcredit", "read", microcredit)
    currency = frappe.db.get_value("Microcredit", microcredit, "currency")
    book = loans.read_one(microcredit)
    money = positive_amount(amount, "Amount", currency)
    entry = ledger.prepare(book, Fact("disbursement", getdate(disbursed_on), money), currency)
    state = ledger.state_with(book, entry)
    return {
        "balance": float(state.position.balance),
        "undrawn": float(book.terms.principal - state.disbursed),
        "rows": schedules.table_of(item.row for item in state.position.instalments),
    }


@frappe.whitelist(methods=["POST"])
def hand_over(
    microcredit: str,
    amount: float,
    disbursed_on: str | None = None,
    channel: str = "Cash",
    reference: str | None = None,
) -> str:
    """Hand over a further part of a loan's money in one step; return the name of the disbursement.

    Errors: those of posting it; no permission to create or submit disbursements, or to read the microcredit.
    """
    permissions.require("Microcredit", "read", microcredit)
    doc = frappe.new_doc("Microcredit Disbursement")
    doc.update(
        {
            "microcredit": microcredit,
            "amount": amount,
            "disbursed_on": disbursed_on or frappe.utils.today(),
            "channel": channel,
            "reference": reference,
        }
    )
    doc.submit()
    return doc.name
