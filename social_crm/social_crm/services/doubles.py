"""What a person can have once only: two records of one person that both have it are not made one as they stand.

A person who counts twice in the figures of a programme is what a merge is to end, not to cause.
"""

from dataclasses import dataclass

import frappe
from frappe import _


@dataclass(frozen=True)
class OncePerPerson:
    """A DocType of which a person has at most one row with the same value of a field.

    finished: field and values of rows that stand beside another one by right.
    """

    doctype: str
    same: str
    finished: tuple[str, tuple[str, ...]] | None = None


# A DocType of ours that refuses a second row of a person has its line here; its own check says the same.
RULES = (
    OncePerPerson("FES Student", "programme", ("phase", ("Graduated", "Expelled"))),
    OncePerPerson("Activity Attendance", "activity"),
)


def between(duplicate: str, target: str) -> list[str]:
    """Return in words what both persons have and one person can have only once. Asks no permissions."""
    found = []
    for rule in RULES:
        ours, theirs = _rows(rule, duplicate), _rows(rule, target)
        for value in sorted(ours.keys() & theirs.keys()):
            found.append(
                _("{0} {1} and {2}: both for {3}.").format(
                    _(rule.doctype), ours[value], theirs[value], _title(rule, value)
                )
            )
    return found


def _rows(rule: OncePerPerson, person: str) -> dict[str, str]:
    """The rows of a person by the value of which there is one."""
    filters: dict = {"beneficiary": person}
    if rule.finished:
        filters[rule.finished[0]] = ["not in", rule.finished[1]]
    # Whoever merges two persons may see that both have something; nothing is told but the names of the rows.
    rows = frappe.get_all(rule.doctype, filters=filters, fields=["name", rule.same], order_by="creation desc")
    return {row[rule.same]: row.name for row in rows}


def _title(rule: OncePerPerson, value: str) -> str:
    doctype = frappe.get_meta(rule.doctype).get_field(rule.same).options
    title = frappe.get_meta(doctype).get_title_field()
    return frappe.db.get_value(doctype, value, title) or value
