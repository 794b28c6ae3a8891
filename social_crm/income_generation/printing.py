"""What the printed sheet of a productive unit calls; every function here becomes a Jinja global (hook `jinja`).

Frappe takes each function it finds here, imported ones included: import modules, never functions.
"""

from decimal import Decimal

import frappe

from social_crm.income_generation import services
from social_crm.income_generation.domain import activity, line_chart


def productive_unit_visits(unit: str) -> list[dict]:
    """Return the follow-up visits of a unit that the reader may see, oldest first."""
    return services.follow_up_series(unit)


def productive_unit_chart(visits: list[dict]) -> str:
    """Return the curve of sales, costs and net income as an SVG element; empty for fewer than two visits."""
    if len(visits) < 2:
        return ""
    lines = [
        line_chart.Line(
            frappe._(name, "es"), colour, tuple(Decimal(str(visit.get(field) or 0)) for visit in visits)
        )
        for name, field, colour in (
            ("Sales", "sales", "#2e7d6b"),
            ("Costs", "costs", "#c4573a"),
            ("Net Income", "income", "#3b6fb6"),
        )
    ]
    labels = [frappe.utils.getdate(visit["visit_date"]).strftime("%d/%m/%y") for visit in visits]
    return line_chart.line_chart(labels, lines)


def productive_unit_status(unit) -> str:
    """Return the state of a unit today, as the visits say, whatever was stored."""
    return services.derived_fields(unit.as_dict())["status"]


def productive_unit_closed(status: str) -> bool:
    """Tell whether a state is that of a closed unit."""
    return status == activity.UnitStatus.CLOSED.value
