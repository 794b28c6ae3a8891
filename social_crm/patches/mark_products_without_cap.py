"""Products that lend without a modality go on doing so, as what it is: an exception, dated, with its reason to be written."""

import frappe
from frappe import _

from social_crm.microcredit.services.judging import CAPPED_CURRENCY


def execute() -> None:
    """Mark the exception of products without a modality that may lend in COP; their versions stay as they are."""
    product = frappe.qb.DocType("Microcredit Product")
    reason = _(
        "Came with an upgrade: the product had no modality. Choose one, or write the reason of law.",
        frappe.db.get_default("lang") or "es",
    )
    lends_in_pesos = (
        product.currency.isnull() | (product.currency == "") | (product.currency == CAPPED_CURRENCY)
    )
    (
        frappe.qb.update(product)
        .set(product.cap_exception, reason)
        .set(product.cap_exception_on, frappe.utils.nowdate())
        .where(lends_in_pesos & (product.modality.isnull() | (product.modality == "")))
        .where(product.cap_exception.isnull() | (product.cap_exception == ""))
        .run()
    )
