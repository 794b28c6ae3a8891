"""Applications older than the products get the default one: its terms are those by which they were reckoned."""

import frappe

from social_crm.microcredit.services import offers, products
from social_crm.shipping import apply as shipping


def execute() -> None:
    """Fill product, version, quoting of the rate and currency where there is no product yet."""
    # Masters arrive after the patches of a migrate; this one needs the product now. Syncing twice changes nothing.
    shipping.sync()
    product = products.default_product()
    if not product:
        return
    version = products.current(product)
    application = frappe.qb.DocType("Microcredit Application")
    is_older = application.product.isnull() | (application.product == "")
    rows = (
        frappe.qb.from_(application).select(application.programme).distinct().where(is_older).run(pluck=True)
    )
    for programme in rows:
        same = application.programme.isnull() if programme is None else application.programme == programme
        (
            frappe.qb.update(application)
            .set(application.product, product)
            .set(application.product_version, version.name)
            .set(application.rate_period, version.values["rate_period"])
            .set(application.currency, offers.currency_of(version, programme))
            .where(is_older & same)
            .run()
        )
