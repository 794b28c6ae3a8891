"""Loans from before the table of standings get theirs, from every entry that was ever posted."""

import frappe
from frappe.query_builder import DocType
from frappe.utils import update_progress_bar

from social_crm.microcredit.services import loans, standings

_BATCH = 200


def execute() -> None:
    """Write what was known of each loan that has entries and no standing yet; a run that broke off goes on."""
    names = _missing()
    for start in range(0, len(names), _BATCH):
        part = names[start : start + _BATCH]
        standings.rebuild(loans.read(part))
        update_progress_bar("Microcredit standings", min(start + _BATCH, len(names)) - 1, len(names))
        # A migration of many loans keeps what is done.
        frappe.db.commit()


def _missing() -> list[str]:
    entry, standing = DocType("Microcredit Ledger Entry"), DocType(standings.STANDING)
    query = (
        frappe.qb.from_(entry)
        .left_join(standing)
        .on(standing.microcredit == entry.microcredit)
        .select(entry.microcredit)
        .distinct()
        .where(standing.name.isnull())
        .orderby(entry.microcredit)
    )
    return [row[0] for row in query.run()]
