"""By which modality's usury cap a product's loans are judged, and for which reason by none.

Colombian law caps what a loan in pesos may cost. A product without a modality is an exception, written on it with its reason
and its date; it lends nothing in pesos without one.
"""

from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, getdate

from social_crm.microcredit.domain.schedule import Terms, build, exact_annual_rate
from social_crm.microcredit.domain.usury import is_within
from social_crm.microcredit.services import caps

# The currency of the law that the caps are of.
CAPPED_CURRENCY = "COP"


def modality_of(version: Any, currency: str | None) -> str | None:
    """Return the modality by whose usury cap a loan of a product's version is judged; None where no cap holds.

    That of the version, or the one that its product has been given since. Errors: in COP without either, where the product
    does not say why.
    """
    own = version.values.get("modality")
    if own or currency != CAPPED_CURRENCY:
        return own or None
    product = frappe.db.get_value(
        "Microcredit Product", version.product, ["modality", "cap_exception"], as_dict=True
    )
    if not product or not (product.modality or product.cap_exception):
        _throw_missing(version.product)
    return product.modality or None


def exception_of(version: Any) -> dict[str, Any] | None:
    """Return why a product lends without a cap, and since when: reason, since (ISO date); None where a cap holds."""
    found = frappe.db.get_value(
        "Microcredit Product", version.product, ["cap_exception", "cap_exception_on"], as_dict=True
    )
    if not found or not found.cap_exception:
        return None
    return {"reason": found.cap_exception, "since": str(found.cap_exception_on or "")}


def check_product(doc: Any, before: Any) -> None:
    """Check the modality of a product, and date the reason of one without.

    Errors: a modality in another currency than its law's; in COP neither a modality nor a reason.
    """
    if doc.modality and doc.currency not in (None, "", CAPPED_CURRENCY):
        frappe.throw(
            _("The caps of a modality are Colombian law: its products lend in COP."),
            title=_("Currency not Possible"),
        )
    doc.cap_exception = None if doc.modality else (doc.cap_exception or "").strip() or None
    currency = doc.currency or frappe.db.get_default("currency") or CAPPED_CURRENCY
    if currency == CAPPED_CURRENCY and not doc.modality and not doc.cap_exception:
        _throw_missing(doc.product_name)
    is_same = before and before.cap_exception == doc.cap_exception
    doc.cap_exception_on = (before.cap_exception_on if is_same else getdate()) if doc.cap_exception else None


def check_further_part(modality: str | None, terms: Terms, day: date) -> None:
    """Refuse a further part of a loan whose true rate is above the cap of the month in which the part is handed over.

    terms: as agreed for the whole loan; its modality stays that of the whole amount on the day of the first part.
    Errors: above the cap; no cap known for that day.
    """
    if not modality:
        return
    cap = next((cap for cap in caps.of_modality(modality, day) if cap.valid_from <= day), None)
    if not cap:
        caps.throw_no_cap(modality, day)
    rule = caps.rule_on(modality, day)
    rate = exact_annual_rate(build(terms), bool(cint(rule.count_fees)), bool(cint(rule.count_insurance)))
    if not is_within(rate, cap.rate):
        frappe.throw(
            _(
                "This part would be lent at {0} % effective a year, and the usury cap of {1} from {2} to {3} is {4} %: lend it as a new loan at a lower rate."
            ).format(
                caps.percent(rate),
                modality,
                frappe.format(cap.valid_from, "Date"),
                frappe.format(cap.valid_to, "Date"),
                caps.percent(cap.rate),
            ),
            title=_("Above the Usury Cap"),
        )


def _throw_missing(product: str) -> None:
    frappe.throw(
        _(
            "{0} lends in COP without a usury cap: choose the modality in the product, or write there why it is lent without one."
        ).format(product),
        title=_("Usury Cap Missing"),
    )
