"""Which units wait for a visit: none within the term, or the agreed next visit has passed."""

from datetime import timedelta

from frappe import _
from frappe.utils import getdate

from social_crm.income_generation import services
from social_crm.income_generation.domain.activity import UnitStatus


def execute(filters: dict | None = None) -> tuple:
    """Return columns and rows, the longest wait first; only units the user may see."""
    today = services.today()
    days = services.unverified_after_days(today)
    units = services.units_with_status(today, filters)
    rows = [row for unit in units if (row := _row(unit, today, days))]
    rows.sort(key=lambda row: (-row["days_late"], row["unit"]))
    return (
        _columns(),
        rows,
        _("Units with no visit in {0} days, or whose agreed visit has passed.").format(days),
    )


def _row(unit: dict, today, days: int) -> dict | None:
    if unit.status is UnitStatus.CLOSED:
        return None
    # A visit vouches for a unit up to and with the last day of the term; who was never visited waits from the start.
    last = getdate(unit.last_follow_up) if unit.last_follow_up else None
    due = last + timedelta(days=days) if last else getdate(unit.started_on)
    if unit.next_visit:
        due = min(due, getdate(unit.next_visit))
    if due >= today:
        return None
    return {
        "unit": unit.name,
        "unit_name": unit.unit_name,
        "person": unit.person,
        "community": unit.present_community,
        "stage": _(unit.workflow_state),
        "status": _(unit.status.value),
        "last_follow_up": last,
        "next_visit": unit.next_visit,
        "days_late": (today - due).days,
    }


def _columns() -> list[dict]:
    return [
        {
            "fieldname": "unit",
            "fieldtype": "Link",
            "options": "Productive Unit",
            "label": _("Productive Unit"),
            "width": 130,
        },
        {"fieldname": "unit_name", "fieldtype": "Data", "label": _("Name"), "width": 200},
        {"fieldname": "person", "fieldtype": "Data", "label": _("Person"), "width": 220},
        {
            "fieldname": "community",
            "fieldtype": "Link",
            "options": "Community",
            "label": _("Community"),
            "width": 160,
        },
        {"fieldname": "stage", "fieldtype": "Data", "label": _("Stage"), "width": 130},
        {"fieldname": "status", "fieldtype": "Data", "label": _("Status"), "width": 120},
        {"fieldname": "last_follow_up", "fieldtype": "Date", "label": _("Last Follow-up"), "width": 140},
        {"fieldname": "next_visit", "fieldtype": "Date", "label": _("Next Visit"), "width": 130},
        {"fieldname": "days_late", "fieldtype": "Int", "label": _("Days Late"), "width": 110},
    ]
