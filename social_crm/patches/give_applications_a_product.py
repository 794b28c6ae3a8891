"""Applications older than the products get one of their own: its terms are those by which they were reckoned."""

import frappe
from frappe import _

from social_crm.microcredit.services import offers, products

NAME = "Microcrédito anterior a los productos"


def execute() -> None:
    """Fill product, version, quoting of the rate and currency where there is no product yet."""
    application = frappe.qb.DocType("Microcredit Application")
    is_older = application.product.isnull() | (application.product == "")
    rows = (
        frappe.qb.from_(application).select(application.programme).distinct().where(is_older).run(pluck=True)
    )
    if not rows:
        return
    version = products.current(_product())
    for programme in rows:
        same = application.programme.isnull() if programme is None else application.programme == programme
        (
            frappe.qb.update(application)
            .set(application.product, version.product)
            .set(application.product_version, version.name)
            .set(application.rate_period, version.values["rate_period"])
            .set(application.currency, offers.currency_of(version, programme))
            .where(is_older & same)
            .run()
        )


def _product() -> str:
    """Equal instalments a month, compared with no cap, and not offered any more: new ones are lent by the present products."""
    if frappe.db.exists("Microcredit Product", NAME):
        return NAME
    doc = frappe.get_doc(
        {
            "doctype": "Microcredit Product",
            "product_name": NAME,
            "enabled": 0,
            "rate_period": "Monthly",
            "interest_rate": 2,
            "method": "Equal Instalment",
            "frequency": "Monthly",
            "day_count": "30/360",
            "rest_sunday": 1,
            "cap_exception": _(
                "Applications of before there were products, which named no modality.",
                frappe.db.get_default("lang") or "es",
            ),
        }
    )
    # A migration runs as nobody in particular.
    return doc.insert(ignore_permissions=True).name
