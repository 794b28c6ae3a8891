"""How much was repaid in each of the last twelve months, in the currency of the site."""

import frappe
from frappe.utils import getdate

from social_crm.charts import Chart, by_month, sum_by


@frappe.whitelist()
def get(chart_name: str | None = None, **_arguments: str) -> Chart | None:
    """Return the sums over the rows that the user may see (checked in `sum_by`)."""
    repaid = sum_by("Microcredit Repayment", "paid_on", "amount", {"docstatus": 1})
    return by_month("Repayments", repaid, getdate())
