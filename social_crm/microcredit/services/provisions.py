"""Provisions: which part of a balance is set aside for loss, by dated tables that the fund's own people decide."""

from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, getdate

from social_crm.microcredit.domain.portfolio import ProvisionRange
from social_crm.microcredit.services.money import to_decimal


def ranges_on(day: Any) -> tuple[ProvisionRange, ...]:
    """Return the ranges of the table in force on a day, in order; none where no table is."""
    table = frappe.qb.DocType("Microcredit Provision Table")
    found = (
        frappe.qb.from_(table)
        .select(table.name)
        .where(table.valid_from <= getdate(day))
        .orderby(table.valid_from, order=frappe.qb.desc)
        .limit(1)
        .run()
    )
    return _ranges(frappe.get_cached_doc("Microcredit Provision Table", found[0][0]).ranges) if found else ()


def validate(doc: Any) -> None:
    """Check a table: the ranges begin at 0, each later than the one before, each from 0 % to 100 %."""
    days = [cint(row.from_day) for row in doc.ranges]
    if not days or days[0] != 0 or days != sorted(set(days)):
        frappe.throw(
            _("The first range begins at 0 days late, and each range after the one before."),
            title=_("Ranges not Possible"),
        )
    for row in doc.ranges:
        if not 0 <= to_decimal(row.rate) <= 100:
            frappe.throw(
                _("Row {0}: the part of the balance is from 0 % to 100 %.").format(row.idx),
                title=_("Ranges not Possible"),
            )


def _ranges(rows: list[Any]) -> tuple[ProvisionRange, ...]:
    ends = [cint(row.from_day) - 1 for row in rows[1:]]
    return tuple(
        ProvisionRange(end, to_decimal(row.rate) / 100) for row, end in zip(rows, [*ends, None], strict=True)
    )
