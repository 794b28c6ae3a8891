"""How many active families live in each community."""

import frappe

from social_crm.charts import Chart, chart, count_by


@frappe.whitelist()
def get(chart_name: str | None = None, **_arguments: str) -> Chart | None:
    """Return the counts over the rows that the user may see (checked in `count_by`)."""
    return chart("Families", count_by("Family", "community", {"status": "Active"}))
