"""The usury cap of a loan: which one holds, whether the loan's true rate is within it, and what to say if it is not."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, get_datetime, getdate

from social_crm.microcredit.domain.rounding import as_percentage
from social_crm.microcredit.domain.schedule import Schedule, exact_annual_rate
from social_crm.microcredit.domain.usury import (
    Cap,
    UsuryError,
    choose_cap,
    highest_rate,
    is_within,
)
from social_crm.microcredit.services.money import to_decimal

# Domain quantities of the law, as fractions of a percentage of two decimals.
_ONE_PERCENT = Decimal(100)


@dataclass(frozen=True)
class CapCheck:
    """What came of judging a loan.

    cap: the one in force. rate: the true annual rate as it is judged, a fraction. highest: the highest rate that the loan's
    product could quote, a fraction, or None where not even 0 is allowed. count_fees, count_insurance: whether they count.
    """

    cap: Cap
    rate: Decimal
    is_within: bool
    highest: Decimal | None
    count_fees: bool
    count_insurance: bool


def check_cap(modality: str | None, schedule: Schedule, agreed: Decimal | None = None) -> CapCheck | None:
    """Refuse a schedule whose true rate is above the cap of the month of its disbursement.

    agreed: of a schedule that is agreed anew, the amount that was lent; see `judge`.
    Returns what was judged, or None where no modality is given. Errors: above the cap (with the cap, its dates and the
    highest rate allowed); no cap known for that day; an amount or fees outside what the modality allows.
    """
    if not modality:
        return None
    found = judge(modality, schedule, agreed=agreed)
    if not found.is_within:
        frappe.throw(breach_text(found, schedule), title=_("Above the Usury Cap"))
    return found


def judge(
    modality: str,
    schedule: Schedule,
    always_highest: bool = False,
    agreed: Decimal | None = None,
    known_at: datetime | None = None,
) -> CapCheck:
    """Judge a schedule without refusing it for its rate.

    always_highest: reckon the highest rate allowed of a loan within its cap too.
    agreed: the amount lent, where what is left of it is agreed anew: the loan stays in the modality of that amount, and its
        fees were judged when it was lent. The rate is a new agreement, and is judged by the cap of its own day.
    known_at: judge by the caps that were known at a moment (None: now).
    """
    terms = schedule.terms
    day = terms.disbursed
    rule = rule_on(modality, day)
    cap = _cap_on(modality, rule, day, terms.principal if agreed is None else agreed, known_at)
    count_fees, count_insurance = bool(cint(rule.count_fees)), bool(cint(rule.count_insurance))
    if agreed is None:
        _check_fees(modality, rule, schedule)
    rate = exact_annual_rate(schedule, count_fees, count_insurance)
    within = is_within(rate, cap.rate)
    highest = None
    if always_highest or not within:
        highest = highest_rate(terms, cap.rate, count_fees, count_insurance)
    return CapCheck(cap, rate, within, highest, count_fees, count_insurance)


def breach_text(found: CapCheck, schedule: Schedule) -> str:
    """Say that a loan is above its cap: the cap, its dates and the highest rate allowed."""
    text = _("The loan costs {0} % effective a year; the usury cap of {1} from {2} to {3} is {4} %.").format(
        percent(found.rate),
        found.cap.modality,
        frappe.format(found.cap.valid_from, "Date"),
        frappe.format(found.cap.valid_to, "Date"),
        percent(found.cap.rate),
    )
    if found.highest is None:
        return text + " " + _("Its charges alone are above the cap.")
    period = {
        "monthly": _("a month"),
        "annual_nominal": _("nominal a year"),
        "annual_effective": _("effective a year"),
    }
    return (
        text
        + " "
        + _("The highest rate allowed is {0} % {1}.").format(
            percent(found.highest), period[schedule.terms.rate_period]
        )
    )


def percent(rate: Decimal) -> str:
    """Return a fraction as a percentage of two decimals in the user's format."""
    return frappe.utils.fmt_money(as_percentage(rate), 2)


def throw_no_cap(modality: str, day: date) -> None:
    """Say that the cap of a day has not been registered."""
    frappe.throw(
        _("No usury cap of {0} is registered for {1}: register the certified one first.").format(
            modality, frappe.format(day, "Date")
        ),
        title=_("No Usury Cap"),
    )


def rule_on(modality: str, day: Any) -> Any:
    """Return the row of what the law says of a modality on a day."""
    rules = frappe.get_cached_doc("Microcredit Modality", modality).rules
    started = [row for row in rules if getdate(row.valid_from) <= getdate(day)]
    if not started:
        frappe.throw(
            _("Nothing is known of {0} on {1}: write what the law says of it first.").format(
                modality, frappe.format(getdate(day), "Date")
            ),
            title=_("Modality Incomplete"),
        )
    return max(started, key=lambda row: getdate(row.valid_from))


def of_modality(
    modality: str, since: date, rule: Any = None, known_at: datetime | None = None
) -> tuple[Cap, ...]:
    """Return the caps of a modality that hold on a day or later, in order.

    known_at: those that were registered, and not withdrawn, at a moment (None: now).
    """
    table = frappe.qb.DocType("Microcredit Usury Cap")
    query = (
        frappe.qb.from_(table)
        .select(table.valid_from, table.valid_to, table.cap)
        .where((table.modality == modality) & (table.valid_to >= since))
        .orderby(table.valid_from)
    )
    if known_at is None:
        query = query.where(table.is_withdrawn == 0)
    else:
        stood = table.withdrawn_at.isnull() | (table.withdrawn_at > known_at)
        query = query.where((table.registered_at <= known_at) & stood)
    above = to_decimal(rule.above_wages) if rule else Decimal(0)
    up_to = to_decimal(rule.up_to_wages) if rule else Decimal(0)
    return tuple(
        Cap(
            modality,
            getdate(start),
            getdate(end),
            to_decimal(rate) / _ONE_PERCENT,
            above or None,
            up_to or None,
        )
        for start, end, rate in query.run()
    )


@dataclass(frozen=True)
class Registered:
    """A cap with the moments at which it was registered and withdrawn, and the days of the accounts of both."""

    cap: Cap
    registered_at: datetime
    posting_day: date
    withdrawn_at: datetime | None
    withdrawn_day: date | None


def registered(modality: str, since: date) -> tuple[Registered, ...]:
    """Return the caps of a modality that hold on a day or later, withdrawn ones too."""
    table = frappe.qb.DocType("Microcredit Usury Cap")
    query = (
        frappe.qb.from_(table)
        .select(
            table.valid_from,
            table.valid_to,
            table.cap,
            table.registered_at,
            table.posting_day,
            table.withdrawn_at,
            table.withdrawn_day,
        )
        .where((table.modality == modality) & (table.valid_to >= since) & table.registered_at.isnotnull())
        .orderby(table.registered_at)
    )
    return tuple(
        Registered(
            Cap(modality, getdate(start), getdate(end), to_decimal(rate) / _ONE_PERCENT),
            get_datetime(registered_at),
            getdate(day),
            get_datetime(withdrawn_at) if withdrawn_at else None,
            getdate(until) if until else None,
        )
        for start, end, rate, registered_at, day, withdrawn_at, until in query.run()
    )


def is_known(modality: str, day: Any) -> bool:
    """Say whether a cap of a modality is registered for a day."""
    day = getdate(day)
    return any(cap.valid_from <= day for cap in of_modality(modality, day))


def _cap_on(modality: str, rule: Any, day: date, amount: Decimal, known_at: datetime | None = None) -> Cap:
    bounded = to_decimal(rule.above_wages) or to_decimal(rule.up_to_wages)
    wage = frappe.db.get_value("Minimum Wage", str(day.year), "monthly_value")
    if bounded and not wage:
        frappe.throw(
            _("Register the minimum wage of {0} first: the amounts of {1} are counted in it.").format(
                day.year, modality
            ),
            title=_("Minimum Wage"),
        )
    try:
        return choose_cap(of_modality(modality, day, rule, known_at), modality, day, amount, to_decimal(wage))
    except UsuryError as error:
        _throw_usury_error(error, modality, day, rule, to_decimal(wage))
        raise


def _throw_usury_error(error: UsuryError, modality: str, day: date, rule: Any, wage: Decimal) -> None:
    if error.reason == "no_cap":
        throw_no_cap(modality, day)
    wages = to_decimal(rule.above_wages if error.reason == "below" else rule.up_to_wages)
    text = {
        "below": _("{0} is for amounts above {1} minimum wages (SMMLV) of {2}, which are {3}."),
        "above": _("{0} is for amounts up to {1} minimum wages (SMMLV) of {2}, which are {3}."),
    }[error.reason]
    frappe.throw(
        text.format(
            modality, format(wages.normalize(), "f"), day.year, frappe.utils.fmt_money(wages * wage, 0, "COP")
        ),
        title=_("Amount not Possible"),
    )


def _check_fees(modality: str, rule: Any, schedule: Schedule) -> None:
    ceiling = to_decimal(rule.max_fees)
    share = schedule.total_fees / schedule.terms.principal * _ONE_PERCENT
    if ceiling and share > ceiling:
        frappe.throw(
            _("The fees are {0} % of the amount lent; {1} allows {2} %.").format(
                percent(share / _ONE_PERCENT), modality, percent(ceiling / _ONE_PERCENT)
            ),
            title=_("Fees not Possible"),
        )
