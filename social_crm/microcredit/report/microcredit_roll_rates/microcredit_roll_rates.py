"""Where the balance of each range of days late went between two days: cured, later still, paid or written off."""

import frappe
from frappe import _
from frappe.utils import add_months, getdate

from social_crm.microcredit.domain.portfolio import AGEING, PAID, WRITTEN_OFF
from social_crm.microcredit.report.parts import COLOURS, as_percent, column, money, percent, range_name
from social_crm.microcredit.services import risk, snapshots

_ENDS = [*(label for label, _last in AGEING), PAID, WRITTEN_OFF]
_FIELDS = {end: f"to_{number}" for number, end in enumerate(_ENDS)}


def execute(filters: dict | None = None) -> tuple:
    """Return columns, rows, message and chart; only loans that the user may see.

    filters: first_day (a month before), as_of (the last day), known_at, and which loans.
    """
    asked = snapshots.question(filters)
    first = getdate((filters or {}).get("first_day") or add_months(asked.as_of, -1))
    if first >= asked.as_of:
        frappe.throw(_("The last day lies before the first one."), title=_("Date not Possible"))
    found = risk.roll(asked, first)
    rows = [
        {
            "range": range_name(label),
            "opening": float(found.opening[label]),
            "currency": asked.filters["currency"],
            **{_FIELDS[end]: as_percent(share) for end, share in shares.items()},
        }
        for label, shares in found.shares.items()
    ]
    columns = [
        column("range", _("On {0}").format(frappe.format(first, "Date")), "Data", 170),
        money("opening", _("Outstanding Principal"), 150),
        *(percent(_FIELDS[end], range_name(end), 125) for end in _ENDS),
    ]
    message = _("Each row says where its balance of the first day stands on {0}.").format(
        frappe.format(asked.as_of, "Date")
    )
    return columns, rows, message, _chart(found)


def _chart(found: risk.Roll) -> dict | None:
    if not found.shares:
        return None
    series = [end for end in _ENDS if any(end in shares for shares in found.shares.values())]
    colours = dict(zip(_ENDS, (*COLOURS, "#9fc9a8", "#333333"), strict=True))
    return {
        "data": {
            "labels": [range_name(label) for label in found.shares],
            "datasets": [
                {
                    "name": range_name(end),
                    "values": [
                        as_percent(shares[end]) if end in shares else 0 for shares in found.shares.values()
                    ],
                }
                for end in series
            ],
        },
        "type": "bar",
        # A redraw while the bars still grow is an error of the chart library.
        "animate": 0,
        "disableEntryAnimation": 1,
        "colors": [colours[end] for end in series],
        "barOptions": {"stacked": 1},
        "fieldtype": "Percent",
    }
