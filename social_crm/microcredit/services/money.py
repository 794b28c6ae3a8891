"""Amounts between the site and the domain: Frappe gives floats, the domain knows `Decimal` alone."""

from decimal import Decimal, InvalidOperation
from typing import Any

import frappe
from frappe import _
from pypika.functions import Cast, Sum

from social_crm.microcredit.domain.schedule import MAX_PRINCIPAL, ScheduleError, Terms, round_money

# ISO 4217 currencies without a smaller unit in use; every other one has two decimals.
_WHOLE_CURRENCIES = frozenset({"COP", "CLP", "PYG", "JPY", "KRW", "VND", "XAF", "XOF"})


def decimals_of(currency: str | None) -> int:
    """Return how many decimals amounts of a currency have."""
    return 0 if (currency or "COP") in _WHOLE_CURRENCIES else 2


def to_decimal(value: Any) -> Decimal:
    """Return the exact decimal that a field shows; 0 for an empty one. Floats go through their shortest text."""
    if value in (None, ""):
        return Decimal(0)
    if isinstance(value, float) and value.is_integer():
        # 100.0 is 100: no decimal that nobody wrote.
        return Decimal(int(value))
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        frappe.throw(_("{0} is not a number.").format(value), title=_("Not a Number"))
    return number


def exact_sum(term: Any) -> Any:
    """Return the sum of a column to be selected; it comes as text, since the database's driver gives decimals as floats."""
    return Cast(Sum(term), "CHAR")


def money_text(amount: Any, currency: str | None) -> str:
    """Return an amount for a message: without cents where it has none."""
    value = to_decimal(amount)
    return frappe.utils.fmt_money(value, 0 if value == int(value) else None, currency=currency)


def positive_amount(value: Any, label: str, currency: str | None = None) -> Decimal:
    """Return an amount above zero that the site can store and the currency can pay, or say what is wrong with it."""
    amount = to_decimal(value)
    if amount <= 0:
        frappe.throw(_("{0} must be above zero.").format(_(label)), title=_("Amount not Possible"))
    if amount > MAX_PRINCIPAL:
        frappe.throw(
            _("{0} is too large: the most that can be recorded is {1}.").format(
                _(label), frappe.utils.fmt_money(MAX_PRINCIPAL, 0)
            ),
            title=_("Amount not Possible"),
        )
    if round_money(amount, decimals_of(currency)) != amount:
        frappe.throw(
            _("{0} has more decimals than the currency: {1}.").format(_(label), amount),
            title=_("Amount not Possible"),
        )
    return amount


def monthly_fraction(rate_percent: Any) -> Decimal:
    """Return a monthly rate in percent as a fraction: 2 gives 0.02."""
    return to_decimal(rate_percent) / 100


def schedule_messages() -> dict[str, str]:
    """Return what is wrong with a term, by the name of the term, in the user's language."""
    return {
        "principal": _("The amount must be above zero and without more decimals than the currency has."),
        "rate": _("The monthly rate must be at least 0 % and below 100 %."),
        "periods": _(
            "The number of instalments must be from 1 to 1200, and small enough that each of them repays something."
        ),
        "principal_grace": _("The instalments of interest alone must be fewer than all instalments."),
        "first_due": _("The first instalment must fall due after the disbursement."),
        "tranches": _("What is handed over in parts must add up to what was agreed."),
        "fees": _("The fees held back leave nothing to hand over."),
    }


def throw_schedule_error(error: ScheduleError, terms: Terms) -> None:
    """Say in the user's language why no schedule can be made of the terms."""
    messages = schedule_messages()
    messages["first_due"] = _(
        "The first instalment must fall due after the disbursement, which is on {0}."
    ).format(frappe.format(terms.disbursed, "Date"))
    frappe.throw(messages.get(error.field, str(error)), title=_("No Schedule is Possible"))
