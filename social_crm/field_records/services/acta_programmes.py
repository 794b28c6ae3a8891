"""Which programme an acta counts in, and whose chain of seals it stands in, where its author has not said."""

from typing import Any

import frappe
from frappe.utils import getdate

from social_crm import permissions

_SUBJECT = ("productive_unit", "community")


def fill(doc: Any, before: Any) -> None:
    """Give an acta without a programme the one that follows from what it is about, where only one does.

    That of its productive unit; else the only programme that runs in its community on the day of the visit. Asked when the acta is
    made and when it comes to be about something else; what its author chose stays, and so does what was filled while a device says
    nothing. Never a programme that would take the acta out of its author's sight.
    """
    if doc.programme:
        return
    if before and all((doc.get(field) or None) == (before.get(field) or None) for field in _SUBJECT):
        # A device that was never told the programme sends none; a person at a desk who empties it means it.
        doc.programme = before.programme if doc.flags.arrival else None
        return
    doc.programme = following(doc.productive_unit, doc.community, doc.visit_date)
    if doc.programme and not permissions.has_permission(doc, "write"):
        doc.programme = None


def following(unit: str | None, community: str | None, day: Any) -> str | None:
    """Return the programme of a productive unit, else the only one that runs in a community on a day; None where several do."""
    programme = frappe.db.get_value("Productive Unit", unit, "programme") if unit else None
    if programme or not community:
        return programme
    places, programmes = frappe.qb.DocType("Programme Community"), frappe.qb.DocType("Social Programme")
    on = getdate(day)
    found = (
        frappe.qb.from_(places)
        .join(programmes)
        .on((programmes.name == places.parent) & (places.parenttype == "Social Programme"))
        .select(programmes.name)
        .distinct()
        .where((places.community == community) & (programmes.status == "Running"))
        .where(places.from_date.isnull() | (places.from_date <= on))
        .where(places.to_date.isnull() | (places.to_date >= on))
        .where(programmes.start_date.isnull() | (programmes.start_date <= on))
        .where(programmes.end_date.isnull() | (programmes.end_date >= on))
        .limit(2)
        .run()
    )
    return str(found[0][0]) if len(found) == 1 else None
