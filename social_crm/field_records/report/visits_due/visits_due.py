"""Which visits the rules ask for, the longest wait first, and which of them are planned already."""

import datetime
from collections import Counter

from frappe import _
from frappe.utils import getdate

from social_crm.field_records.services.visits_due import due_visits

LATE_DAYS = (30, 7, 0)


def execute(filters: dict | None = None) -> tuple:
    """Return columns, rows, message and chart; only families and units the user may see."""
    rows = due_visits(filters)
    for row in rows:
        row["kind"] = _(row["doctype"])
    late = sum(1 for row in rows if row["days_late"] > 0)
    message = _("{0} visits are due, {1} of them late. Choose rows to plan them into a day.").format(
        len(rows), late
    )
    return _columns(), rows, message, _chart(rows) if rows else None


def _chart(rows: list[dict]) -> dict:
    labels = (
        _("More than {0} days late").format(30),
        _("{0} to {1} days late").format(8, 30),
        _("{0} to {1} days late").format(1, 7),
        _("Today or later"),
    )
    counts = Counter(_class(row["due"]) for row in rows)
    return {
        "data": {
            "labels": labels,
            "datasets": [{"name": _("Visits"), "values": [counts[place] for place in range(len(labels))]}],
        },
        "type": "bar",
        "horizontal_bars": 1,
        "colors": ["#C77700"],
        "fieldtype": "Int",
    }


def _class(due: datetime.date) -> int:
    late = (getdate() - due).days
    return next((place for place, days in enumerate(LATE_DAYS) if late > days), len(LATE_DAYS))


def _columns() -> list[dict]:
    link = {"fieldtype": "Link"}
    return [
        {"fieldname": "kind", "fieldtype": "Data", "label": _("Visit to"), "width": 140},
        {
            "fieldname": "subject",
            "fieldtype": "Dynamic Link",
            "options": "doctype",
            "label": _("Record"),
            "width": 120,
        },
        {"fieldname": "title", "fieldtype": "Data", "label": _("Name"), "width": 220},
        {
            **link,
            "fieldname": "community",
            "options": "Community",
            "label": _("Community"),
            "width": 160,
        },
        {"fieldname": "last_visit", "fieldtype": "Date", "label": _("Last Visit"), "width": 120},
        {"fieldname": "due", "fieldtype": "Date", "label": _("Due"), "width": 110},
        {"fieldname": "days_late", "fieldtype": "Int", "label": _("Days Late"), "width": 110},
        {"fieldname": "planned", "fieldtype": "Date", "label": _("Planned for"), "width": 120},
        {**link, "fieldname": "gestor", "options": "User", "label": _("Gestor"), "width": 190},
        {**link, "fieldname": "rule", "options": "Visit Rule", "label": _("Rule"), "width": 190},
    ]
