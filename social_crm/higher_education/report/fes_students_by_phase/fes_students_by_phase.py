"""How many students of the fund stood in each phase on a day."""

from collections import Counter

from frappe import _
from frappe.utils import getdate, nowdate

from social_crm.higher_education.domain.phases import Phase, phase_as_of
from social_crm.higher_education.services.permanence import phases_of, visible_students


def execute(filters: dict | None = None) -> tuple:
    """Return columns, rows, message and chart; only students the user may see are counted."""
    filters = filters or {}
    day = getdate(filters.get("as_of") or nowdate())
    students = visible_students(filters)
    phases = phases_of(students)
    present = {student.name: phase_as_of(phases.get(student.name, ()), day) for student in students}
    counts = Counter(present.values())
    at_risk = Counter(present[student.name] for student in students if student.withdrawal_risk == "High")
    rows = [
        {"phase": _(phase.value), "students": counts[phase], "high_risk": at_risk[phase]} for phase in Phase
    ]
    return _columns(), rows, None, _chart(rows)


def _columns() -> list[dict]:
    return [
        {"fieldname": "phase", "fieldtype": "Data", "label": _("Phase"), "width": 240},
        {"fieldname": "students", "fieldtype": "Int", "label": _("Students"), "width": 140},
        {"fieldname": "high_risk", "fieldtype": "Int", "label": _("High Risk of Giving up"), "width": 220},
    ]


def _chart(rows: list[dict]) -> dict:
    return {
        "data": {
            "labels": [row["phase"] for row in rows],
            "datasets": [{"name": _("Students"), "values": [row["students"] for row in rows]}],
        },
        "type": "bar",
        # A redraw while the bars still grow is an error of the chart library.
        "animate": 0,
        "disableEntryAnimation": 1,
        "colors": ["#3b6fb6"],
        "fieldtype": "Int",
    }
