"""What the reports of the portfolio share: columns, names of ranges, amounts for the screen."""

from decimal import Decimal
from typing import Any

from frappe import _
from frappe.utils import get_fullname

from social_crm.microcredit.domain.rounding import as_percentage

# The ranges of days late of the domain, as they are shown.
RANGES = {
    "0": "Up to date",
    "1-30": "1 to 30 days",
    "31-60": "31 to 60 days",
    "61-90": "61 to 90 days",
    "91-180": "91 to 180 days",
    "181+": "More than 180 days",
    "paid": "Paid",
    "written_off": "Written Off",
}
COLOURS = ("#1f7a6d", "#d08a2e", "#2f6db5", "#c4573a", "#7a5ba6", "#6b7785")


def column(fieldname: str, label: str, fieldtype: str, width: int = 120, options: str = "") -> dict[str, Any]:
    """Return a column of a report. label: translated."""
    return {
        "fieldname": fieldname,
        "label": label,
        "fieldtype": fieldtype,
        "width": width,
        "options": options,
    }


def money(fieldname: str, label: str, width: int = 130) -> dict[str, Any]:
    """Return a column of amounts in the currency of its row."""
    return column(fieldname, label, "Currency", width, "currency")


def percent(fieldname: str, label: str, width: int = 100) -> dict[str, Any]:
    """Return a column of percentages."""
    return column(fieldname, label, "Percent", width)


def officer(user: str | None) -> str:
    """Return the full name of a credit officer; the column shows it as text."""
    return get_fullname(user) if user else ""


def as_percent(share: Decimal) -> float:
    """Return a fraction as a percentage of two decimals, half up."""
    return float(as_percentage(share))


def range_name(code: str) -> str:
    """Return the translated name of a range of days late, or of where else a balance may go."""
    return _(RANGES[code])
