"""Permanence and dropout of the fund's students at a cut-off date, at one of three levels."""

import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from social_crm.higher_education.domain.permanence import Figures, Level, Standing, figures, standings
from social_crm.higher_education.services.permanence import records, rules


def execute(filters: dict | None = None) -> tuple:
    """Return columns, rows, message, chart and summary; only students the user may see are counted.

    At the level of the system one row stands for all; at the finer levels there is one for each institution or
    programme, and the total counts each study: who left one and began another is in both rows.
    """
    filters = filters or {}
    cut_off = getdate(filters.get("cut_off") or nowdate())
    level = Level(filters.get("level") or Level.SYSTEM.value)
    students, rule = records(filters), rules(cut_off)
    total = figures(students, cut_off, level, rule)
    rows = []
    if level is not Level.SYSTEM:
        keys = {study.key for student in students for study in standings(student, cut_off, level, rule)}
        rows = [_row(" · ".join(key), figures(students, cut_off, level, rule, key)) for key in sorted(keys)]
    if total.ever_enrolled or rows:
        rows.append({**_row(_("Total"), total), "bold": 1})
    return _columns(), rows, None, _chart(total), _summary(total), True


def _row(label: str, result: Figures) -> dict:
    return {
        "label": label,
        "ever_enrolled": result.ever_enrolled,
        **{frappe.scrub(standing.value): result.counts[standing] for standing in Standing},
        "permanence": None if result.permanence is None else float(result.permanence),
        "dropout": None if result.dropout is None else float(result.dropout),
    }


def _columns() -> list[dict]:
    return [
        {"fieldname": "label", "fieldtype": "Data", "label": _("Studies"), "width": 280},
        {"fieldname": "ever_enrolled", "fieldtype": "Int", "label": _("Ever Enrolled"), "width": 120},
        {"fieldname": "permanence", "fieldtype": "Percent", "label": _("Permanence"), "width": 120},
        {"fieldname": "dropout", "fieldtype": "Percent", "label": _("Dropout"), "width": 110},
        *(
            {
                "fieldname": frappe.scrub(standing.value),
                "fieldtype": "Int",
                "label": _(standing.value),
                "width": 110,
            }
            for standing in Standing
        ),
    ]


def _chart(total: Figures) -> dict:
    return {
        "data": {
            "labels": [_(standing.value) for standing in Standing],
            "datasets": [
                {"name": _("Students"), "values": [total.counts[standing] for standing in Standing]}
            ],
        },
        "type": "bar",
        # A redraw while the bars still grow is an error of the chart library.
        "animate": 0,
        "disableEntryAnimation": 1,
        "colors": ["#3b6fb6"],
        "fieldtype": "Int",
    }


def _summary(total: Figures) -> list[dict]:
    def percent(label: str, value, indicator: str) -> dict:
        if value is None:
            return {"label": label, "value": "—", "datatype": "Data", "indicator": indicator}
        return {"label": label, "value": float(value), "datatype": "Percent", "indicator": indicator}

    return [
        percent(_("Permanence"), total.permanence, "Green"),
        percent(_("Dropout"), total.dropout, "Red"),
        {"label": _("Ever Enrolled"), "value": total.ever_enrolled, "datatype": "Int", "indicator": "Blue"},
        {
            "label": _("Absent"),
            "value": total.counts[Standing.ABSENT],
            "datatype": "Int",
            "indicator": "Orange",
        },
    ]
