"""What the loans are still to bring, month by month, as their schedules agree it; what is overdue stands first."""

from decimal import Decimal

import frappe
from frappe import _

from social_crm.microcredit.domain.portfolio import COHORTS, Expected
from social_crm.microcredit.report.parts import column, money
from social_crm.microcredit.services import collecting, snapshots


def execute(filters: dict | None = None) -> tuple:
    """Return columns, rows, message, chart and summary; only loans that the user may see.

    filters: as_of, known_at, period (Month, Quarter, Year), and which loans.
    """
    asked = snapshots.question(filters)
    by = str((filters or {}).get("period") or "Month").lower()
    if by not in COHORTS:
        frappe.throw(_("Choose the period."), title=_("Choice Missing"))
    found = collecting.expected(asked, by)
    currency = asked.filters["currency"]
    rows, total = [], Decimal(0)
    for label, part in found.items():
        total += part.total
        rows.append({**_amounts(part), "period": _name(label), "running": float(total), "currency": currency})
    columns = [
        column("period", _("Period"), "Data", 130),
        money("principal", _("Principal")),
        money("interest", _("Interest")),
        money("other", _("Charges")),
        money("total", _("Total"), 140),
        money("running", _("Running Total"), 150),
    ]
    return columns, rows, None, _chart(found, currency), _summary(found, total, currency)


def _amounts(part: Expected) -> dict:
    return {
        "principal": float(part.principal),
        "interest": float(part.interest),
        "other": float(part.other),
        "total": float(part.total),
    }


def _name(label: str) -> str:
    return _("Overdue") if label == "overdue" else label


def _chart(found: dict[str, Expected], currency: str) -> dict | None:
    if not found:
        return None
    rows = [_amounts(part) for part in found.values()]
    series = (("principal", _("Principal")), ("interest", _("Interest")), ("other", _("Charges")))
    return {
        "data": {
            "labels": [_name(label) for label in found],
            "datasets": [{"name": name, "values": [row[key] for row in rows]} for key, name in series],
        },
        "type": "bar",
        # A redraw while the bars still grow is an error of the chart library.
        "animate": 0,
        "disableEntryAnimation": 1,
        "colors": ["#1f7a6d", "#d08a2e", "#c4573a"],
        "barOptions": {"stacked": 1},
        "fieldtype": "Currency",
        "currency": currency,
        "axisOptions": {"shortenYAxisNumbers": 1},
    }


def _summary(found: dict[str, Expected], total: Decimal, currency: str) -> list[dict]:
    amount = {"datatype": "Currency", "currency": currency}
    overdue = float(found.get("overdue", Expected()).total)
    return [
        {"label": _("Still to be Paid in all"), "value": float(total), "indicator": "Blue", **amount},
        {"label": _("Overdue"), "value": overdue, "indicator": "Red" if overdue else "Green", **amount},
    ]
