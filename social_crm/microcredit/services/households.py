"""The household behind an application: what it can pay."""

from collections.abc import Mapping
from typing import Any

import frappe
from frappe import _

from social_crm.microcredit.domain.capacity import Capacity, CapacityError, Item, a_month, capacity
from social_crm.microcredit.domain.rounding import round_to
from social_crm.microcredit.services.money import decimals_of, to_decimal
from social_crm.microcredit.services.products import Version

_KINDS = ("Income", "Expense", "Debt")
_TOTALS = {"Income": "monthly_income", "Expense": "monthly_expenses", "Debt": "monthly_debts"}


def capacity_of(values: Mapping[str, Any], version: Version, decimals: int) -> Capacity:
    """Return what a household can pay a month.

    values: `household_items` rows (kind, concept, amount, frequency, counted), or the monthly totals where there are none.
    Errors: an amount below zero, or a part counted that is not from 0 to 100 %.
    """
    rows = [row for row in values.get("household_items") or [] if to_decimal(row.get("amount"))]
    items: dict[str, list[Item]] = {kind: [] for kind in _KINDS}
    for row in rows:
        items[row.get("kind") or "Income"].append(_item(row))
    for kind in _KINDS:
        if not items[kind]:
            items[kind] = [Item(_TOTALS[kind], to_decimal(values.get(_TOTALS[kind])))]
    share = version.amount("max_surplus_share") / 100 or to_decimal(1)
    try:
        return capacity(items["Income"], items["Expense"], items["Debt"], min(share, to_decimal(1)), decimals)
    except CapacityError as error:
        texts = {
            "amount": _("The incomes, expenses and debts of the household cannot be below zero."),
            "counted": _("Between 0 and 100 % of an income, an expense or a debt can be counted."),
        }
        frappe.throw(texts.get(error.field, str(error)), title=_("Amount not Possible"))
        raise


def rows_a_month(doc: Any) -> list[dict[str, Any]]:
    """Return the rows of a household with what each is a month, in the order income, expense, debt."""
    decimals = decimals_of(doc.currency)
    return [
        {
            "kind": row.kind,
            "concept": row.concept,
            "amount": to_decimal(row.amount),
            "frequency": row.frequency,
            "counted": _item(row).counted * 100,
            "a_month": round_to(a_month(_item(row)), decimals),
        }
        for kind in _KINDS
        for row in doc.household_items
        if row.kind == kind and to_decimal(row.amount)
    ]


def _item(row: Any) -> Item:
    counted = row.get("counted")
    return Item(
        name=row.get("concept") or "",
        amount=to_decimal(row.get("amount")),
        frequency=(row.get("frequency") or "Monthly").lower(),
        counted=to_decimal(100 if counted is None else counted) / 100,
    )


def write_capacity(doc: Any, version: Version) -> Capacity:
    """Write on an application what its household has a month; rows replace the totals that were typed."""
    found = capacity_of(doc.as_dict(), version, decimals_of(doc.currency))
    named = {row.kind for row in doc.household_items if to_decimal(row.amount)}
    for kind, value in (("Income", found.income), ("Expense", found.expenses), ("Debt", found.debts)):
        if kind in named:
            doc.set(_TOTALS[kind], float(value))
    doc.payment_capacity = float(found.free)
    return found
