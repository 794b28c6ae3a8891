"""How many persons of the higher-education fund are in each phase."""

import frappe

from social_crm.charts import Chart, chart, count_by, stages


@frappe.whitelist()
def get(chart_name: str | None = None, **_arguments: str) -> Chart | None:
    """Return the counts over the rows that the user may see (checked in `count_by`)."""
    return chart("Students", count_by("FES Student", "phase"), stages("FES Student", "phase"))
