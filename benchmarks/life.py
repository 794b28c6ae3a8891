"""The life of a family on one page: 500 entries must open without a wait."""

from datetime import date, timedelta

import frappe

from social_crm.social_crm import factories
from social_crm.timeline import life

FAMILIES: dict[int, str] = {}
ENTRIES = (5, 500)


def prepare() -> None:
    """Two families: one with a handful of entries, one with 500 commitments over ten years."""
    for count in ENTRIES:
        family = factories.make_family(4)
        people = factories.members(family, date(2020, 1, 1))
        for number in range(count):
            frappe.get_doc(
                {
                    "doctype": "Commitment",
                    "subject": f"Compromiso {number}",
                    "status": "Open",
                    "due_date": date(2020, 1, 1) + timedelta(days=7 * number),
                    "responsible_party": "Family",
                    "family": family,
                    "beneficiary": people[number % len(people)],
                }
            ).insert()
        FAMILIES[count] = family


def open_life(count: int) -> None:
    """What the page asks the server for: the first page and the counts."""
    answer = life("Family", FAMILIES[count])
    if answer["total"] < count:
        raise AssertionError(f"{answer['total']} entries instead of {count}")


MEASURES = {
    "a family with 5 entries": lambda: open_life(5),
    "a family with 500 entries": lambda: open_life(500),
}
LIMITS = {"a family with 500 entries": 1.0}
