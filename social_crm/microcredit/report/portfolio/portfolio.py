"""Every loan with its balance and days late as of a date."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

import frappe
from frappe import _
from frappe.utils import get_datetime, getdate

from social_crm.microcredit.report.parts import officer
from social_crm.microcredit.services import portfolio as service


def execute(filters: dict | None = None) -> tuple:
    """Return columns, rows, message, chart and summary; only loans that the user may see."""
    filters = filters or {}
    known_at = get_datetime(filters["known_at"]) if filters.get("known_at") else None
    loans = service.portfolio(filters, getdate(filters.get("as_of")), known_at)
    shown = [row for row in loans if row["days_late"] > 0] if filters.get("only_arrears") else loans
    return _columns(), [_plain(row) for row in shown], None, _chart(loans), _summary(loans)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    amounts = ("principal", "balance", "overdue", "paid", "next_amount")
    return {
        **row,
        "credit_officer": officer(row["credit_officer"]),
        **{field: float(row[field]) for field in amounts},
        "status": _(row["status"]),
        "ageing": _(row["ageing"]),
    }


def _columns() -> list[dict]:
    def column(fieldname: str, label: str, fieldtype: str, width: int, options: str | None = None) -> dict:
        return {
            "fieldname": fieldname,
            "label": label,
            "fieldtype": fieldtype,
            "width": width,
            "options": options,
        }

    return [
        column("name", _("Microcredit"), "Link", 130, "Microcredit"),
        column("beneficiary_name", _("Name"), "Data", 200),
        column("community", _("Community"), "Link", 150, "Community"),
        column("credit_officer", _("Credit Officer"), "Data", 170),
        column("status", _("Status"), "Data", 100),
        column("disbursed_on", _("Disbursed on"), "Date", 120),
        column("principal", _("Principal"), "Currency", 130, "currency"),
        column("balance", _("Outstanding Principal"), "Currency", 150, "currency"),
        column("overdue", _("Overdue Amount"), "Currency", 130, "currency"),
        column("days_late", _("Days Late"), "Int", 100),
        column("ageing", _("Ageing"), "Data", 130),
        column("is_restructured", _("Restructured"), "Check", 110),
        column("next_due", _("Next Due Date"), "Date", 130),
        column("programme", _("Programme"), "Link", 160, "Social Programme"),
        column("product", _("Product"), "Link", 160, "Microcredit Product"),
    ]


def _chart(loans: list[dict[str, Any]]) -> dict | None:
    if not loans:
        return None
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for row in loans:
        totals[row["ageing"]] += row["balance"]
    labels = [*(label for _bound, label in service.AGEING), service.OLDEST]
    return {
        "data": {
            "labels": [_(label) for label in labels],
            "datasets": [
                {"name": _("Outstanding Principal"), "values": [float(totals[label]) for label in labels]}
            ],
        },
        "type": "bar",
        # A redraw while the bars still grow is an error of the chart library.
        "animate": 0,
        "disableEntryAnimation": 1,
        "colors": ["#1f7a6d"],
        "fieldtype": "Currency",
        "axisOptions": {"shortenYAxisNumbers": 1},
    }


def _summary(loans: list[dict[str, Any]]) -> list[dict]:
    currency = frappe.db.get_default("currency") or "COP"
    money = {"datatype": "Currency", "currency": currency}
    balance = float(sum((row["balance"] for row in loans), Decimal(0)))
    overdue = float(sum((row["overdue"] for row in loans), Decimal(0)))
    par = service.at_risk(loans, 30)
    return [
        {"label": _("Portfolio Balance"), "value": balance, "indicator": "Blue", **money},
        {"label": _("Overdue Amount"), "value": overdue, "indicator": "Red" if overdue else "Green", **money},
        {"label": _("PAR 30"), "value": par, "datatype": "Percent", "indicator": "Red" if par else "Green"},
        {
            "label": _("Loans in Arrears"),
            "value": sum(row["days_late"] > 0 for row in loans),
            "datatype": "Int",
            "indicator": "Blue",
        },
    ]
