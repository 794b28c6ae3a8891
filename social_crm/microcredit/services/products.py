"""Products: what the fund lends, on which terms. Each change of the terms makes a version, which nothing edits.

An application and a loan name their version; from it come the domain's `Terms` and `Policy`. Nothing here decides on
people: whoever calls has asked for the permission.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, getdate, now_datetime

from social_crm.microcredit.domain.allocation import DEFAULT_ORDER
from social_crm.microcredit.domain.entries import LaterRate, Policy
from social_crm.microcredit.domain.schedule import Fee, ScheduleError, Terms, build
from social_crm.microcredit.domain.usury import default_rate
from social_crm.microcredit.services import calendars, caps, judging
from social_crm.microcredit.services.caps import CapCheck, check_cap
from social_crm.microcredit.services.money import (
    decimals_of,
    positive_amount,
    throw_schedule_error,
    to_decimal,
)

__all__ = [
    "CapCheck",
    "Version",
    "allowed_rate",
    "check_cap",
    "check_limits",
    "current",
    "default_product",
    "policy_for",
    "quoted_rate",
    "read",
    "terms_for",
]

METHODS = {
    "Equal Instalment": "equal_instalment",
    "Equal Principal": "equal_principal",
    "Flat": "flat",
    "Bullet": "bullet",
}
FREQUENCIES = {
    "Weekly": "weekly",
    "Fortnightly": "fortnightly",
    "Monthly": "monthly",
    "Quarterly": "quarterly",
    "Seasonal": "seasonal",
}
RATE_PERIODS = {
    "Monthly": "monthly",
    "Annual Nominal": "annual_nominal",
    "Annual Effective": "annual_effective",
}
ROUNDINGS = {"Half Up": "half_up", "Half Even": "half_even", "Up": "up"}
FEE_TIMES = {"Upfront": "upfront", "Financed": "financed", "With each Instalment": "per_instalment"}
HOLIDAY_RULES = {"No Change": "none", "Next Business Day": "next", "Previous Business Day": "previous"}
COMPONENTS = {
    "Fees": "fees",
    "Insurance": "insurance",
    "Default Interest": "default_interest",
    "Interest": "interest",
    "Principal": "principal",
}
# Fields of a product that are no part of what a loan was given.
_NOT_TERMS = frozenset(
    {
        "product_name",
        "enabled",
        "is_default",
        "version",
        "description",
        "cap_exception",
        "cap_exception_on",
    }
)


@dataclass(frozen=True)
class Version:
    """A version of a product: its name, that of the product, its number and the values of the product's fields."""

    name: str
    product: str
    number: int
    values: Mapping[str, Any]

    def amount(self, field: str) -> Decimal:
        """Return a number of the version; 0 where it was left empty."""
        return to_decimal(self.values.get(field))

    def rows(self, field: str) -> list[dict[str, Any]]:
        """Return the rows of a table of the version."""
        return self.values.get(field) or []

    @property
    def is_judged(self) -> bool:
        """Whether the usury cap of a modality holds for it."""
        return bool(self.values.get("modality"))


def default_product() -> str | None:
    """Return the product that is proposed for a new application, or None."""
    return frappe.db.get_value("Microcredit Product", {"is_default": 1, "enabled": 1})


def current(product: str) -> Version:
    """Return the version of a product that is offered today."""
    number = frappe.db.get_value("Microcredit Product", product, "version")
    if not number:
        frappe.throw(_("There is no microcredit product {0}.").format(product), title=_("Unknown Product"))
    return read(version_name(product, number))


def read(version: str) -> Version:
    """Return a version by its name. Errors: there is none."""
    row = frappe.db.get_value(
        "Microcredit Product Version", version, ["name", "product", "version", "terms"], as_dict=True
    )
    if not row:
        frappe.throw(_("There is no microcredit product {0}.").format(version), title=_("Unknown Product"))
    return Version(row.name, row.product, row.version, json.loads(row.terms))


def version_name(product: str, number: int) -> str:
    """Return the name of a version."""
    return f"{product} v{number}"


def quoted_rate(version: Version, rate: Any = None) -> Decimal:
    """Return a rate as the product quotes it, as a fraction: 2 (percent) gives 0.02; None is the usual rate."""
    return (version.amount("interest_rate") if rate is None else to_decimal(rate)) / 100


def terms_for(
    version: Version,
    amount: Any,
    periods: Any,
    disbursed: Any,
    first_due: Any = None,
    rate: Any = None,
    currency: str | None = None,
) -> Terms:
    """Return the domain's terms of a loan of a product.

    amount: money. periods: number of instalments. disbursed, first_due: dates; without the second it is one step of the
    frequency later, or the first day of the seasonal calendar after the disbursement.
    rate: in percent, for the period in which the product quotes it; None is the product's usual rate.
    currency: of the loan; by default that of the product, or COP.
    """
    values = version.values
    start = getdate(disbursed)
    frequency = FREQUENCIES[values["frequency"]]
    count = cint(periods)
    wanted = getdate(first_due) if first_due else None
    calendar = (
        calendars.seasonal(version.rows("seasons"), start, count, wanted) if frequency == "seasonal" else ()
    )
    first = calendar[0].due if calendar else wanted or calendars.next_due(frequency, start)
    decimals = decimals_of(currency or values.get("currency"))
    rule = HOLIDAY_RULES[values.get("holiday_rule") or "No Change"]
    return Terms(
        principal=to_decimal(amount),
        rate=quoted_rate(version, rate),
        periods=count,
        disbursed=start,
        first_due=first,
        method=METHODS[values["method"]],
        frequency=frequency,
        decimals=decimals,
        rate_period=RATE_PERIODS[values["rate_period"]],
        day_count=values["day_count"],
        rounding=ROUNDINGS[values["rounding"]],
        interest_rounding=ROUNDINGS[values["interest_rounding"]],
        principal_grace=cint(values.get("principal_grace")),
        total_grace=cint(values.get("total_grace")),
        capitalise=bool(cint(values.get("capitalise"))),
        rounding_unit=version.amount("rounding_unit") or None,
        residue=values["residue"].lower(),
        fees=tuple(_fee(row) for row in version.rows("fees")),
        insurance_per_mil=version.amount("insurance_per_mil"),
        holiday_rule=rule,
        holidays=calendars.holidays_of(frequency, first, count, calendar) if rule != "none" else frozenset(),
        rest_weekdays=calendars.rest_weekdays(values) if rule != "none" else frozenset(),
        calendar=calendar,
    )


def policy_for(version: Version, day: Any) -> Policy:
    """Return the rules by which the payments of a loan disbursed on a day are allocated and default interest runs.

    Default interest follows the caps as they are certified: each period's rate is the agreed one, but not above its cap. What is
    registered later is `default_rates_since`.
    """
    start = getdate(day)
    order = tuple(COMPONENTS[row["component"]] for row in version.rows("allocation")) or DEFAULT_ORDER
    agreed = version.amount("default_rate") / 100
    if not agreed:
        return Policy(order=order)
    known = caps.of_modality(version.values["modality"], start) if version.is_judged else ()
    rates = {start: agreed}
    rates.update({max(cap.valid_from, start): default_rate(agreed, cap.rate) for cap in known})
    return Policy(order=order, default_rates=tuple(sorted(rates.items())))


def default_rates_since(version: Version, disbursed: date) -> tuple[LaterRate, ...]:
    """Return the rates of default interest by every cap ever registered, of a loan disbursed on a day."""
    agreed = version.amount("default_rate") / 100
    if not agreed or not version.is_judged:
        return ()
    return tuple(
        LaterRate(
            first=max(row.cap.valid_from, disbursed),
            rate=default_rate(agreed, row.cap.rate),
            known_from=row.registered_at,
            day=row.posting_day,
            known_to=row.withdrawn_at,
            until=row.withdrawn_day,
        )
        for row in caps.registered(version.values["modality"], disbursed)
    )


def allowed_rate(version: Version, rate: Any) -> None:
    """Refuse a rate outside the limits of the product. rate: percent, as the product quotes it."""
    value, lowest, highest = to_decimal(rate), version.amount("min_rate"), version.amount("max_rate")
    if value < lowest or (highest and value > highest):
        frappe.throw(
            _("{0} lends at {1} % to {2} %, {3}.").format(
                version.product,
                frappe.format(float(lowest), "Float"),
                frappe.format(float(highest), "Float") if highest else "…",
                _(version.values["rate_period"]).lower(),
            ),
            title=_("Rate not Possible"),
        )


def check_limits(version: Version, amount: Any, periods: Any, currency: str | None = None) -> None:
    """Refuse an amount or a number of instalments outside the limits of the product."""
    money = to_decimal(amount)
    for field, wrong, text in (
        ("min_amount", lambda limit: money < limit, _("{0} lends at least {1}.")),
        ("max_amount", lambda limit: money > limit, _("{0} lends at most {1}.")),
    ):
        limit = version.amount(field)
        if limit and wrong(limit):
            shown = frappe.utils.fmt_money(limit, decimals_of(currency), currency or "COP")
            frappe.throw(text.format(version.product, shown), title=_("Amount not Possible"))
    count, fewest, most = (
        cint(periods),
        cint(version.values["min_periods"]),
        cint(version.values["max_periods"]),
    )
    if count < fewest or (most and count > most):
        frappe.throw(
            _("{0} is repaid in {1} to {2} instalments.").format(version.product, fewest or 1, most or 1200),
            title=_("Instalments not Possible"),
        )


def validate(doc: Any) -> None:
    """Check a product by making a schedule of it, and number its version."""
    before = doc.get_doc_before_save()
    for field in ("fees", "insurance_per_mil", "default_rate", "interest_rate", "min_rate", "max_rate"):
        values = [row.value for row in doc.fees] if field == "fees" else [doc.get(field)]
        if any(to_decimal(value) < 0 for value in values):
            frappe.throw(
                _("{0} cannot be below zero.").format(_(doc.meta.get_label(field))),
                title=_("Amount not Possible"),
            )
    _check_order(doc)
    judging.check_product(doc, before)
    _try_out(doc)
    latest = cint(before.version) if before else 0
    doc.version = latest if before and snapshot(doc) == snapshot(before) else latest + 1


def on_update(doc: Any) -> None:
    """Write the version when it is new, and let one product alone be the one that is proposed."""
    name = version_name(doc.name, doc.version)
    if not frappe.db.exists("Microcredit Product Version", name):
        made = frappe.new_doc("Microcredit Product Version")
        made.update(
            {
                "product": doc.name,
                "version": doc.version,
                "made_on": now_datetime().replace(microsecond=0),
                "made_by": frappe.session.user,
                "terms": snapshot(doc),
            }
        )
        made.flags.by_product = True
        # Nobody has a right to write versions by hand: they follow from the product, whose permission was asked.
        made.insert(ignore_permissions=True, set_name=name)
    if doc.is_default:
        # One look at a setting; the product's permission was asked.
        for other in frappe.get_all(
            "Microcredit Product", {"is_default": 1, "name": ["!=", doc.name]}, pluck="name"
        ):
            frappe.db.set_value("Microcredit Product", other, "is_default", 0)


def snapshot(doc: Any) -> str:
    """Return the terms of a product as canonical JSON text."""
    values: dict[str, Any] = {}
    for field in doc.meta.fields:
        if field.fieldname in _NOT_TERMS:
            continue
        if field.fieldtype in frappe.model.table_fields:
            values[field.fieldname] = [
                {column.fieldname: _plain(column, row) for column in row.meta.fields}
                for row in doc.get(field.fieldname) or []
            ]
        elif field.fieldtype not in frappe.model.no_value_fields:
            values[field.fieldname] = _plain(field, doc)
    return json.dumps(values, ensure_ascii=False, sort_keys=True, indent=1)


def _plain(field: Any, row: Any) -> Any:
    value = row.get(field.fieldname)
    if field.fieldtype in ("Float", "Currency", "Percent"):
        return format(to_decimal(value).normalize(), "f")
    if field.fieldtype in ("Int", "Check"):
        return cint(value)
    return value or ""


def _try_out(doc: Any) -> None:
    """Make a schedule of the smallest kind that the product allows: what cannot be made here never can."""
    version = Version(doc.name or "", doc.product_name, 0, json.loads(snapshot(doc)))
    grace = max(cint(doc.principal_grace), cint(doc.total_grace))
    periods = max(cint(doc.min_periods), grace + 1, len(doc.seasons) or 1)
    amount = to_decimal(doc.max_amount) or to_decimal(doc.min_amount) or Decimal(1_000_000)
    positive_amount(amount, "Largest Amount", doc.currency)
    if doc.frequency == "Seasonal" and not doc.seasons:
        frappe.throw(_("A seasonal product needs the due dates of a year."), title=_("Calendar Missing"))
    for row in doc.seasons:
        if calendars.day_of(row) is None:
            frappe.throw(
                _("Row {0}: {1} has no day {2}.").format(row.idx, _(row.month), row.day),
                title=_("Date not Possible"),
            )
    terms = terms_for(
        version, amount, periods, date(2025, 1, 15), rate=doc.interest_rate or 0, currency=doc.currency
    )
    try:
        build(terms)
    except ScheduleError as error:
        throw_schedule_error(error, terms)


def _check_order(doc: Any) -> None:
    named = [row.component for row in doc.allocation]
    if named and sorted(named) != sorted(COMPONENTS):
        frappe.throw(
            _("The order of payment names each of these once: {0}.").format(
                ", ".join(_(name) for name in COMPONENTS)
            ),
            title=_("Order Incomplete"),
        )


def _fee(row: Mapping[str, Any]) -> Fee:
    value = to_decimal(row["value"])
    if row["kind"] == "Percentage":
        return Fee(row["fee_name"], FEE_TIMES[row["charged"]], "share", value / 100)
    return Fee(row["fee_name"], FEE_TIMES[row["charged"]], "amount", value)
