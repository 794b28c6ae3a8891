"""The household behind an application: what it can pay, and who answers for it."""

from collections.abc import Mapping
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint

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


def check_guarantors(doc: Any, version: Version) -> None:
    """Refuse guarantors who cannot answer for this loan: the borrower, one person twice, somebody of the same household.

    How many a product asks for is judged when the application is to be decided, by `missing_guarantors`.
    """
    seen: set[str] = set()
    for row in doc.guarantors:
        keys = {key for key in (row.beneficiary, _digits(row.document_number)) if key}
        if row.beneficiary == doc.beneficiary:
            _refuse(_("{0} is the borrower and cannot be the guarantor.").format(row.guarantor_name))
        if keys & seen:
            _refuse(_("{0} is named twice among the guarantors.").format(row.guarantor_name))
        seen |= keys
        if cint(version.values.get("guarantor_other_household")) and row.beneficiary:
            families = [_family(person) for person in (row.beneficiary, doc.beneficiary)]
            if families[0] and families[0] == families[1]:
                _refuse(_("{0} lives in the borrower's household.").format(row.guarantor_name))
        _check_how_many(doc, row, cint(version.values.get("guarantor_max_loans")))


def missing_guarantors(doc: Any, version: Version) -> int:
    """Return how many guarantors the product still asks for."""
    above = version.amount("guarantors_above")
    amount = to_decimal(doc.approved_amount) or to_decimal(doc.requested_amount)
    if above and amount <= above:
        return 0
    return max(cint(version.values.get("min_guarantors")) - len(doc.guarantors), 0)


def _check_how_many(doc: Any, row: Any, most: int) -> None:
    if not most or not (row.beneficiary or row.document_number):
        return
    guarantor = frappe.qb.DocType("Microcredit Guarantor")
    application = frappe.qb.DocType("Microcredit Application")
    loan = frappe.qb.DocType("Microcredit")
    same = (
        guarantor.beneficiary == row.beneficiary
        if row.beneficiary
        else guarantor.document_number == row.document_number
    )
    # Counted across all communities, without saying which: a person's promises are known to whoever lends again.
    found = (
        frappe.qb.from_(guarantor)
        .join(application)
        .on(application.name == guarantor.parent)
        .left_join(loan)
        .on(loan.application == application.name)
        .select(application.name)
        .distinct()
        .where(same & (application.name != (doc.name or "")))
        .where(
            (application.status == "Approved") | ((application.status == "Disbursed") & (loan.balance > 0))
        )
        .run()
    )
    if len(found) >= most:
        _refuse(
            _("{0} already guarantees {1} open microcredits; this product allows {2}.").format(
                row.guarantor_name, len(found), most
            )
        )


def _family(person: str) -> str | None:
    return frappe.db.get_value("Beneficiary", person, "family")


def _digits(text: str | None) -> str:
    return "".join(character for character in (text or "") if character.isalnum()).upper()


def _refuse(text: str) -> None:
    frappe.throw(text, title=_("Guarantor not Possible"))
