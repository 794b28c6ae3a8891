"""The rate of active productive units as of a date, for each community and in all."""

import frappe
from frappe import _
from frappe.utils import getdate

from social_crm.income_generation import services
from social_crm.income_generation.domain.activity import UnitStatus, percentage

COUNTED = (UnitStatus.ACTIVE, UnitStatus.NOT_OPERATING, UnitStatus.UNVERIFIED, UnitStatus.CLOSED)


def execute(filters: dict | None = None) -> tuple:
    """Return columns, rows, message, chart and summary; only units the user may see are counted."""
    filters = filters or {}
    as_of = getdate(filters.get("as_of")) if filters.get("as_of") else services.today()
    units = services.units_with_status(as_of, filters)
    communities = sorted({unit.present_community or "" for unit in units})
    rows = [
        _row(community, [unit for unit in units if (unit.present_community or "") == community])
        for community in communities
    ]
    total = _row(_("Total"), units)
    if rows:
        rows.append({**total, "bold": 1})
    return _columns(), rows, None, _chart(total), _summary(total), True


def _row(community: str, units: list[dict]) -> dict:
    row = {"community": community, "ever_started": len(units)}
    for status in COUNTED:
        row[frappe.scrub(status.value)] = sum(unit.status is status for unit in units)
    rate = percentage(row["active"], len(units))
    row["rate"] = None if rate is None else float(rate)
    return row


def _columns() -> list[dict]:
    counts = [(frappe.scrub(status.value), _(status.value)) for status in COUNTED]
    return [
        {"fieldname": "community", "fieldtype": "Data", "label": _("Community"), "width": 220},
        {"fieldname": "ever_started", "fieldtype": "Int", "label": _("Ever Started"), "width": 150},
        *(
            {"fieldname": fieldname, "fieldtype": "Int", "label": label, "width": 130}
            for fieldname, label in counts
        ),
        {"fieldname": "rate", "fieldtype": "Percent", "label": _("Rate of Active Units"), "width": 190},
    ]


def _chart(total: dict) -> dict:
    return {
        "data": {
            "labels": [_(status.value) for status in COUNTED],
            "datasets": [
                {
                    "name": _("Productive Units"),
                    "values": [total[frappe.scrub(status.value)] for status in COUNTED],
                }
            ],
        },
        "type": "bar",
        # A redraw while the bars still grow is an error of the chart library.
        "animate": 0,
        "disableEntryAnimation": 1,
        "colors": ["#2e7d6b"],
        "fieldtype": "Int",
    }


def _summary(total: dict) -> list[dict]:
    return [
        {
            "label": _("Rate of Active Units"),
            "value": total["rate"] if total["rate"] is not None else "—",
            "datatype": "Percent" if total["rate"] is not None else "Data",
            "indicator": "Green",
        },
        {"label": _("Active"), "value": total["active"], "datatype": "Int", "indicator": "Green"},
        {"label": _("Ever Started"), "value": total["ever_started"], "datatype": "Int", "indicator": "Blue"},
    ]
