"""The doors of people to the family services: typed, checked for permission, and nothing else."""

import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from social_crm.social_crm.domain.ages import age_on
from social_crm.social_crm.services import families


def _may(doctype: str, name: str, ptype: str = "write") -> None:
    frappe.has_permission(doctype, ptype, doc=name, throw=True)


def _kinships(value: dict | str | None) -> dict | None:
    parsed = frappe.parse_json(value) if value else None
    if parsed is not None and not isinstance(parsed, dict):
        frappe.throw(_("The kinships are not readable."), title=_("Family"))
    return parsed


@frappe.whitelist()
def members(family: str, on: str | None = None) -> list[dict]:
    """Return the members of a family on a day (today without one), head first, as its form shows them.

    Of a person whose record the reader may not open only the name and the membership are told.
    """
    _may("Family", family, "read")
    day = getdate(on or nowdate())
    rows = families.members_as_of(family, day)
    if not rows:
        return []
    readable = {
        doc.name: doc
        for doc in frappe.get_list(
            "Beneficiary",
            filters={"name": ["in", [row["beneficiary"] for row in rows]]},
            fields=["name", "birth_date", "sex", "photo", "death_date", "status"],
            limit=len(rows),
        )
    }
    for row in rows:
        person = readable.get(row["beneficiary"])
        row["readable"] = bool(person)
        if person:
            row.update({"sex": person.sex, "photo": person.photo, "status": person.status})
            born = getdate(person.birth_date) if person.birth_date else None
            row["age"] = age_on(born, day) if born and born <= day else None
    return rows


@frappe.whitelist()
def events(family: str) -> list[dict]:
    """Return the events of a family, the latest first, with whether each can still be undone."""
    _may("Family", family, "read")
    rows = frappe.get_list(
        "Family Event",
        filters={},
        or_filters={"family": family, "other_family": family},
        fields=[
            "name",
            "event_type",
            "event_date",
            "family",
            "other_family",
            "beneficiary",
            "reason",
            "undone_by",
        ],
        order_by="creation desc",
        limit=100,
    )
    for row in rows:
        row["undoable"] = not row.undone_by and row.event_type not in ("Undo", "Registration")
    return rows


@frappe.whitelist()
def death_of(beneficiary: str) -> str | None:
    """Return the event of a person's recorded death that can still be undone, for the form of the person."""
    _may("Beneficiary", beneficiary)
    found = frappe.get_list(
        "Family Event",
        filters={"beneficiary": beneficiary, "event_type": "Death", "undone_by": ["is", "not set"]},
        order_by="creation desc",
        limit=1,
        pluck="name",
    )
    return found[0] if found else None


@frappe.whitelist(methods=["POST"])
def register(family: dict | str, members: list | str, on: str, reason: str | None = None) -> str:
    """Register a family with its members and return its name."""
    frappe.has_permission("Family", "create", throw=True)
    people = frappe.parse_json(members)
    for person in people:
        if person.get("beneficiary"):
            _may("Beneficiary", person["beneficiary"])
    return families.register_family(frappe.parse_json(family), people, on, reason)


@frappe.whitelist(methods=["POST"])
def join(
    family: str,
    kinship: str,
    on: str,
    beneficiary: str | None = None,
    person: dict | str | None = None,
    reason: str | None = None,
    joined_by: str = "Joining",
) -> str:
    """Let a registered person, or a new one with the fields given, join a family; returns the person."""
    _may("Family", family)
    if joined_by not in ("Joining", "Birth", "Return"):
        frappe.throw(_("Unknown way of joining: {0}.").format(joined_by))
    if beneficiary:
        _may("Beneficiary", beneficiary)
    else:
        fields = {
            k: v
            for k, v in (frappe.parse_json(person) or {}).items()
            if k not in ("name", "family", "doctype")
        }
        doc = frappe.get_doc({**fields, "doctype": "Beneficiary", "family": family})
        frappe.has_permission("Beneficiary", "create", throw=True)
        beneficiary = families.insert_unplaced(doc)
    families.join(family, beneficiary, kinship, on, reason, joined_by)
    return beneficiary


@frappe.whitelist(methods=["POST"])
def leave(
    family: str, beneficiary: str, on: str, reason: str | None = None, kinships: dict | str | None = None
) -> str:
    """Record that a member left; returns the event."""
    _may("Family", family)
    return families.leave(family, beneficiary, on, reason, _kinships(kinships))


@frappe.whitelist(methods=["POST"])
def split(
    family: str,
    members: dict | str,
    new_family: dict | str,
    on: str,
    reason: str | None = None,
    kinships: dict | str | None = None,
) -> str:
    """Let some members form a family of their own; returns the new family."""
    _may("Family", family)
    frappe.has_permission("Family", "create", throw=True)
    values = frappe.parse_json(new_family)
    return families.split(family, _kinships(members) or {}, values, on, reason, _kinships(kinships))


@frappe.whitelist(methods=["POST"])
def merge(
    source: str, target: str, on: str, reason: str | None = None, kinships: dict | str | None = None
) -> str:
    """Bring the members of one family into another; returns the event."""
    _may("Family", source)
    _may("Family", target)
    return families.merge(source, target, on, reason, _kinships(kinships))


@frappe.whitelist(methods=["POST"])
def record_death(
    beneficiary: str, on: str, reason: str | None = None, kinships: dict | str | None = None
) -> str:
    """Record a death; returns the event."""
    _may("Beneficiary", beneficiary)
    return families.record_death(beneficiary, on, reason, _kinships(kinships))


@frappe.whitelist(methods=["POST"])
def change_head(family: str, kinships: dict | str, on: str, reason: str | None = None) -> str:
    """Give the members new kinships, one of them Head; returns the event."""
    _may("Family", family)
    return families.change_head(family, _kinships(kinships) or {}, on, reason)


@frappe.whitelist(methods=["POST"])
def move(family: str, community: str, on: str, reason: str | None = None) -> str:
    """Move a family to another community which the user sees as well; returns the event."""
    _may("Family", family)
    _may("Community", community, "read")
    return families.move(family, community, on, reason)


@frappe.whitelist(methods=["POST"])
def undo(event: str) -> str:
    """Undo a family event; returns the event that says so."""
    doc = frappe.get_doc("Family Event", event)
    doc.check_permission("read")
    for family in filter(None, [doc.family, doc.other_family]):
        _may("Family", family)
    if not doc.family:
        _may("Beneficiary", doc.beneficiary)
    return families.undo_merge(event)
