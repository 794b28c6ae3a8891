"""What is at risk by community, officer, programme or product: PAR, ages, restructured loans apart, provisions."""

import frappe
from frappe import _

from social_crm.microcredit.domain.portfolio import AGEING, PAR_DAYS
from social_crm.microcredit.report.parts import as_percent, column, money, officer, percent, range_name
from social_crm.microcredit.services import provisions, risk, snapshots

_LINKS = {
    "Community": "Community",
    "Programme": "Social Programme",
    "Product": "Microcredit Product",
}
_AGES = {label: f"age_{number}" for number, (label, _last) in enumerate(AGEING)}


def execute(filters: dict | None = None) -> tuple:
    """Return columns, rows, message, chart and summary; only loans that the user may see.

    filters: as_of, known_at, group_by, community, programme, credit_officer, product, currency.
    """
    asked = snapshots.question(filters)
    group = (filters or {}).get("group_by") or "Community"
    if group not in risk.GROUPS:
        frappe.throw(_("Choose by what the portfolio is divided."), title=_("Choice Missing"))
    ranges = provisions.ranges_on(asked.as_of)
    parts, whole = risk.by_group(asked, group, ranges)
    currency = asked.filters["currency"]
    rows = [_row(part, currency) for part in parts if part.risk.gross]
    if group == "Credit Officer":
        rows = [{**row, "group_key": officer(row["group_key"])} for row in rows]
    if len(rows) > 1:
        rows.append({**_row(whole, currency), "group_key": None, "group_label": _("Total"), "is_total": 1})
    message = None if ranges else _("No provision table is in force on that day.")
    return _columns(group), rows, message, _chart(whole, currency), _summary(whole, currency)


def _row(part: risk.Group, currency: str) -> dict:
    found = part.risk
    return {
        "group_key": part.key,
        "loans": part.loans,
        "balance": float(found.gross),
        **{f"par_{days}": as_percent(found.par[days]) for days in PAR_DAYS},
        **{_AGES[label]: float(amount) for label, amount in found.ageing.items()},
        "restructured": float(found.restructured),
        "restructured_share": as_percent(found.restructured_share),
        "provision": float(part.provision),
        "currency": currency,
    }


def _columns(group: str) -> list[dict]:
    return [
        column("group_key", _(group), "Link" if group in _LINKS else "Data", 190, _LINKS.get(group, "")),
        column("loans", _("Loans"), "Int", 80),
        money("balance", _("Outstanding Principal"), 150),
        *(percent(f"par_{days}", _("At Risk > {0} d").format(days), 125) for days in PAR_DAYS),
        *(money(_AGES[label], range_name(label)) for label, _last in AGEING),
        money("restructured", _("Restructured, Balance"), 150),
        percent("restructured_share", _("Restructured, Share"), 120),
        money("provision", _("Provision"), 130),
        column("group_label", "", "Data", 90),
    ]


def _chart(whole: risk.Group, currency: str) -> dict | None:
    if not whole.risk.gross:
        return None
    values = [float(whole.risk.ageing[label]) for label, _last in AGEING]
    return {
        "data": {
            "labels": [range_name(label) for label, _last in AGEING],
            "datasets": [{"name": _("Outstanding Principal"), "values": values}],
        },
        "type": "bar",
        # A redraw while the bars still grow is an error of the chart library.
        "animate": 0,
        "disableEntryAnimation": 1,
        "colors": ["#1f7a6d"],
        "fieldtype": "Currency",
        "currency": currency,
        "axisOptions": {"shortenYAxisNumbers": 1},
    }


def _summary(whole: risk.Group, currency: str) -> list[dict]:
    found = whole.risk
    amount = {"datatype": "Currency", "currency": currency}
    shares = [
        {
            "label": _("PAR {0}").format(days),
            "value": as_percent(found.par[days]),
            "datatype": "Percent",
            "indicator": "Red" if found.par[days] else "Green",
        }
        for days in PAR_DAYS
    ]
    return [
        {"label": _("Portfolio Balance"), "value": float(found.gross), "indicator": "Blue", **amount},
        *shares,
        {
            "label": _("Restructured, Balance"),
            "value": float(found.restructured),
            "indicator": "Orange",
            **amount,
        },
        {"label": _("Provision"), "value": float(whole.provision), "indicator": "Blue", **amount},
    ]
