"""How many productive units stand in each stage."""

import frappe

from social_crm.charts import Chart, chart, count_by, stages


@frappe.whitelist()
def get(chart_name: str | None = None, **_arguments: str) -> Chart | None:
    """Return the counts over the rows that the user may see (checked in `count_by`)."""
    return chart(
        "Productive Units",
        count_by("Productive Unit", "workflow_state"),
        stages("Productive Unit", "workflow_state"),
    )
