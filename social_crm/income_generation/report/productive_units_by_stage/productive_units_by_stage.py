"""How many productive units stand in each stage of the workflow."""

from collections import Counter
from decimal import Decimal

from frappe import _

from social_crm.charts import stages
from social_crm.income_generation import services
from social_crm.income_generation.domain.activity import percentage


def execute(filters: dict | None = None) -> tuple:
    """Return columns, rows, message and chart; only units the user may see are counted."""
    units = services.units_with_status(services.today(), filters, unstarted=True)
    order = stages(services.UNIT)
    counts = Counter(unit.workflow_state or order[0] for unit in units)
    invested: dict[str, Decimal] = {}
    for unit in units:
        stage = unit.workflow_state or order[0]
        invested[stage] = invested.get(stage, Decimal(0)) + services.exact(unit.investment)
    rows = [
        {
            "stage": _(stage),
            "units": counts[stage],
            "share": float(percentage(counts[stage], len(units)) or 0),
            "investment": float(invested.get(stage, 0)),
        }
        # Stages that the workflow no longer has come after those that it has.
        for stage in (*order, *sorted(set(counts) - set(order)))
    ]
    return _columns(), rows, None, _chart(rows)


def _columns() -> list[dict]:
    return [
        {"fieldname": "stage", "fieldtype": "Data", "label": _("Stage"), "width": 220},
        {"fieldname": "units", "fieldtype": "Int", "label": _("Productive Units"), "width": 160},
        {"fieldname": "share", "fieldtype": "Percent", "label": _("Share of All"), "width": 110},
        {
            "fieldname": "investment",
            "fieldtype": "Currency",
            "label": _("Investment"),
            "width": 170,
            "options": "currency",
        },
    ]


def _chart(rows: list[dict]) -> dict:
    return {
        "data": {
            "labels": [row["stage"] for row in rows],
            "datasets": [{"name": _("Productive Units"), "values": [row["units"] for row in rows]}],
        },
        "type": "bar",
        # A redraw while the bars still grow is an error of the chart library.
        "animate": 0,
        "disableEntryAnimation": 1,
        "colors": ["#2e7d6b"],
        "fieldtype": "Int",
    }
