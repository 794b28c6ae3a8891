"""How many psychosocial activities were held in each of the last twelve months."""

import frappe
from frappe.utils import getdate

from social_crm.charts import Chart, by_month, count_by


@frappe.whitelist()
def get(chart_name: str | None = None, **_arguments: str) -> Chart | None:
    """Return the counts over the rows that the user may see (checked in `count_by`)."""
    held = count_by("Psychosocial Activity", "activity_date", {"status": "Held"})
    return by_month("Activities", held, getdate())
