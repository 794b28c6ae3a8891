"""What is to be collected in a week, by community and officer: what falls due, and what is overdue since before."""

from collections import defaultdict
from decimal import Decimal

import frappe
from frappe import _
from frappe.utils import add_days, getdate

from social_crm.microcredit.report.parts import column, money, officer
from social_crm.microcredit.services import collecting, snapshots
from social_crm.microcredit.services.collecting import Due

_GROUPS = {"Community": "community", "Credit Officer": "credit_officer"}
_DAYS = 6


def execute(filters: dict | None = None) -> tuple:
    """Return columns, rows, message, chart and summary; only loans that the user may see.

    filters: as_of (the first day), until (six days later), known_at, group_by (Microcredit, Community, Credit Officer), and
        which loans.
    """
    given = filters or {}
    asked = snapshots.question(filters)
    last = getdate(given.get("until") or add_days(asked.as_of, _DAYS))
    if last < asked.as_of:
        frappe.throw(_("The last day lies before the first one."), title=_("Date not Possible"))
    found = collecting.due_until(asked, last)
    currency = asked.filters["currency"]
    group = given.get("group_by") if given.get("group_by") in _GROUPS else None
    rows = _sums(found, group, currency) if group else [_row(due, currency) for due in found]
    return _columns(group), rows, None, _chart(found, currency), _summary(found, currency)


def _row(due: Due, currency: str) -> dict:
    return {
        **due.loan,
        "credit_officer": officer(due.loan["credit_officer"]),
        "due_on": due.due_on,
        "due": float(due.due),
        "overdue": float(due.overdue),
        "total": float(due.total),
        "days_late": due.days_late,
        "currency": currency,
    }


def _sums(found: list[Due], group: str, currency: str) -> list[dict]:
    parts: dict[str, list[Due]] = defaultdict(list)
    for due in found:
        parts[due.loan[_GROUPS[group]] or ""].append(due)
    return [
        {
            _GROUPS[group]: officer(key) if group == "Credit Officer" else key or None,
            "loans": len(part),
            "due": float(_sum(due.due for due in part)),
            "overdue": float(_sum(due.overdue for due in part)),
            "total": float(_sum(due.total for due in part)),
            "currency": currency,
        }
        for key, part in sorted(parts.items())
    ]


def _columns(group: str | None) -> list[dict]:
    amounts = [
        money("due", _("Falls Due")),
        money("overdue", _("Overdue before"), 140),
        money("total", _("To Collect"), 140),
    ]
    if group:
        return [
            column("community", _("Community"), "Link", 220, "Community")
            if group == "Community"
            else column("credit_officer", _("Credit Officer"), "Data", 220),
            column("loans", _("Loans"), "Int", 90),
            *amounts,
        ]
    return [
        column("community", _("Community"), "Link", 150, "Community"),
        column("credit_officer", _("Credit Officer"), "Data", 170),
        column("beneficiary_name", _("Name"), "Data", 210),
        column("name", _("Microcredit"), "Link", 120, "Microcredit"),
        column("due_on", _("Due Date"), "Date", 110),
        *amounts,
        column("days_late", _("Days Late"), "Int", 100),
    ]


def _chart(found: list[Due], currency: str) -> dict | None:
    rows = _sums(found, "Community", currency)
    if not rows:
        return None
    return {
        "data": {
            "labels": [row["community"] or _("Without Community") for row in rows],
            "datasets": [
                {"name": _("Falls Due"), "values": [row["due"] for row in rows]},
                {"name": _("Overdue before"), "values": [row["overdue"] for row in rows]},
            ],
        },
        "type": "bar",
        # A redraw while the bars still grow is an error of the chart library.
        "animate": 0,
        "disableEntryAnimation": 1,
        "colors": ["#1f7a6d", "#c4573a"],
        "barOptions": {"stacked": 1},
        "fieldtype": "Currency",
        "currency": currency,
        "axisOptions": {"shortenYAxisNumbers": 1},
    }


def _summary(found: list[Due], currency: str) -> list[dict]:
    amount = {"datatype": "Currency", "currency": currency}
    overdue = float(_sum(due.overdue for due in found))
    return [
        {"label": _("Falls Due"), "value": float(_sum(d.due for d in found)), "indicator": "Blue", **amount},
        {
            "label": _("Overdue before"),
            "value": overdue,
            "indicator": "Red" if overdue else "Green",
            **amount,
        },
        {
            "label": _("To Collect"),
            "value": float(_sum(d.total for d in found)),
            "indicator": "Blue",
            **amount,
        },
        {"label": _("Loans"), "value": len(found), "datatype": "Int", "indicator": "Blue"},
    ]


def _sum(amounts) -> Decimal:
    return sum(amounts, Decimal(0))
