"""A row of any limited DocType in any place, for the tests of permissions.

What is tested is what the doors show, so a row is written as it lies in the database, past the checks of its DocType.
Tests of a component make their records with that component's own factories and services.
"""

from dataclasses import dataclass
from random import randrange
from typing import Any

import frappe
from frappe.model import log_types
from frappe.utils import nowdate

from social_crm.scopes import SCOPES
from social_crm.social_crm import factories

START = "2020-01-01"


@dataclass(frozen=True)
class Place:
    """A community with a family and a person in it, and the programme that works there."""

    community: str
    programme: str
    family: str
    person: str

    def name_of(self, doctype: str) -> str | None:
        """The document of this place for a DocType that places others."""
        return {"Community": self.community, "Family": self.family, "Beneficiary": self.person}.get(doctype)


def make_place(label: str) -> Place:
    """Make a community with a programme of its own, and a family of one in it."""
    tag = frappe.generate_hash(length=6)
    community = factories.make_community(f"{label} {tag}")
    rows = [{"community": community, "from_date": START}]
    programme = factories.make_programme(f"Programme {label} {tag}", communities=rows)
    family = factories.make_family(1, community)
    return Place(community, programme, family, factories.members(family, nowdate())[0])


def put_row(doctype: str, place: Place, **values: Any) -> str:
    """Write a row of a limited DocType into a place, with the rows it hangs on, and return its name."""
    if place.name_of(doctype):
        return str(place.name_of(doctype))
    scope = SCOPES[doctype]
    fields = {}
    if scope.paths:
        field, target = scope.paths[0]
        fields[field] = place.name_of(target) or put_row(target, place)
    if scope.programme_field:
        fields[scope.programme_field] = place.programme
    return put(doctype, **{**fields, **values})


def is_placed(doctype: str) -> bool:
    """Tell whether a row lies in a community; one of a programme alone is seen by who is assigned to all of it."""
    scope = SCOPES[doctype]
    if not scope.paths:
        return False
    _field, target = scope.paths[0]
    return target in (doctype, "Community") or is_placed(target)


def put(doctype: str, **values: Any) -> str:
    """Write one row past every check and return its name."""
    doc = frappe.new_doc(doctype)
    doc.update(values)
    counted = doc.meta.autoname == "autoincrement" or doctype in log_types
    doc.name = randrange(10**8, 10**9) if counted else f"TEST-{frappe.generate_hash(length=8)}".upper()
    doc.owner = doc.modified_by = "Administrator"
    doc.creation = doc.modified = frappe.utils.now()
    doc.db_insert()
    return str(doc.name)
