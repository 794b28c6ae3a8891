"""How many actas tell of each of the last twelve months."""

import frappe
from frappe.utils import getdate

from social_crm.charts import Chart, by_month, count_by


@frappe.whitelist()
def get(chart_name: str | None = None, **_arguments: str) -> Chart | None:
    """Return the counts over the rows that the user may see (checked in `count_by`)."""
    return by_month("Field Minutes", count_by("Acta", "visit_date"), getdate())
