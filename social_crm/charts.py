"""Figures for the charts of the workspaces: only rows the reader may see, and labels in the reader's language.

The platform's own "Group By" charts print the stored English options as they are, and its charts of months name these
in English; hence chart sources of our own.
"""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

import frappe
from frappe import _
from frappe.query_builder.functions import Count, Sum

from social_crm.permissions import visible

Chart = dict[str, Any]
MOST_BARS = 10


def count_by(doctype: str, field: str, filters: Mapping[str, Any] | None = None) -> dict[Any, int]:
    """Count the rows of a DocType that the user may see by the values of a field.

    Raises PermissionError for who may not read the DocType at all.
    """
    return _by(doctype, field, Count(frappe.qb.DocType(doctype).name), filters)


def sum_by(
    doctype: str, field: str, amount: str, filters: Mapping[str, Any] | None = None
) -> dict[Any, float]:
    """Add up an amount over the rows of a DocType that the user may see by the values of a field.

    Raises PermissionError for who may not read the DocType at all.
    """
    return _by(doctype, field, Sum(frappe.qb.DocType(doctype)[amount]), filters)


def _by(doctype: str, field: str, figure: Any, filters: Mapping[str, Any] | None) -> dict[Any, Any]:
    if not frappe.has_permission(doctype, "read"):
        frappe.throw(
            _("You may not read {0}.").format(_(doctype)), frappe.PermissionError, _("Not Permitted")
        )
    table = frappe.qb.DocType(doctype)
    query = frappe.qb.from_(table).select(table[field], figure).groupby(table[field])
    for name, value in (filters or {}).items():
        query = query.where(table[name] == value)
    limit = visible(doctype)
    if limit is not None:
        query = query.where(limit)
    return dict(query.run())


def stages(doctype: str, field: str = "workflow_state") -> list[str]:
    """Return the stages of a DocType in their own order: of the active workflow, otherwise of the field's options."""
    workflow = frappe.get_meta(doctype).get_workflow()
    if workflow:
        return list(dict.fromkeys(row.state for row in frappe.get_cached_doc("Workflow", workflow).states))
    options = frappe.get_meta(doctype).get_field(field).options or ""
    return [option for option in options.split("\n") if option]


def chart(name: str, counts: Mapping[str, int], order: Sequence[str] | None = None) -> Chart | None:
    """Return counts in the shape that the Desk draws; None (an empty chart) when there is nothing to count.

    order: the values in the order of drawing, zeros included; without it the largest comes first, and what is beyond
    `MOST_BARS` is drawn together as "Others".
    """
    if not counts:
        return None
    values = order or sorted(counts, key=lambda value: (-counts[value], str(value)))
    shown = [value for value in (*values, *(value for value in counts if value not in values)) if value]
    bars = [(_(value), counts.get(value, 0)) for value in shown]
    if order is None and len(bars) > MOST_BARS:
        bars = [*bars[: MOST_BARS - 1], (_("Others"), sum(count for _label, count in bars[MOST_BARS - 1 :]))]
    return {
        "labels": [label for label, _count in bars],
        "datasets": [{"name": _(name), "values": [count for _label, count in bars]}],
    }


def by_month(
    name: str, counts: Mapping[datetime.date, float], today: datetime.date, months: int = 12
) -> Chart | None:
    """Return figures by day as figures of the last `months` months, the present one included, oldest first."""
    first = today.year * 12 + today.month - months
    totals: list[float] = [0] * months
    for day, count in counts.items():
        position = day.year * 12 + day.month - 1 - first if day else -1
        if 0 <= position < months:
            totals[position] += count
    if not any(totals):
        return None
    labels = [
        f"{(first + number) % 12 + 1:02d}/{(first + number) // 12 % 100:02d}" for number in range(months)
    ]
    return {"labels": labels, "datasets": [{"name": _(name), "values": totals}]}
