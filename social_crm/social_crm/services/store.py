"""Reading and writing memberships and family events: the only code that touches those rows."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date

import frappe
from frappe import _
from frappe.utils import getdate

from social_crm.social_crm.domain.membership import Membership, Plan

_WRITING = "social_crm_writes_memberships"
_ROW_FIELDS = ("kinship", "from_date", "to_date", "left_by", "leave_event")
_FAMILY_FIELDS = ("status", "merged_into", "community")
_PERSON_FIELDS = ("status", "death_date", "community", "after_cut_off")


@contextmanager
def writing() -> Iterator[None]:
    """Allow the writing of memberships and events inside the block.

    The permission lives in the request, not in the document, because callers can send a document's own flags.
    """
    before = frappe.flags.get(_WRITING)
    frappe.flags[_WRITING] = True
    try:
        yield
    finally:
        frappe.flags[_WRITING] = before


def is_writing() -> bool:
    """Say whether the code runs inside `writing()`."""
    return bool(frappe.flags.get(_WRITING))


def refuse_hand_edits(doc: "frappe.model.document.Document") -> None:
    """Throw unless a family service is at work; for the controllers of memberships and events."""
    if not is_writing():
        frappe.throw(
            _(
                "Memberships and family events change only through the actions of the family: join, leave, split, merge."
            ),
            frappe.PermissionError,
            title=_("Not by Hand"),
        )


def lock(families: Iterable[str], people: Iterable[str]) -> tuple[Membership, ...]:
    """Lock families and persons until the end of the transaction and return all memberships of either.

    Locks are taken families first and by name, so that two actions on the same rows wait and never deadlock.
    """
    families, people = sorted(set(families)), sorted(set(people))
    _lock_rows("Family", families)
    row = frappe.qb.DocType("Family Membership")
    where = row.name.isnull()
    if families:
        where = where | row.family.isin(families)
    if people:
        where = where | row.beneficiary.isin(people)
    # A locking read: after waiting for another transaction its rows must be seen, not those of our old snapshot.
    found = (
        frappe.qb.from_(row)
        .select(row.name, row.beneficiary, row.family, row.kinship, row.from_date, row.to_date)
        .where(where)
        .orderby(row.from_date)
        .orderby(row.name)
        .for_update()
        .run()
    )
    rows = tuple(_membership(values) for values in found)
    _lock_rows("Beneficiary", sorted({*people, *(r.person for r in rows if r.to_date is None)}))
    return rows


def read(family: str) -> tuple[Membership, ...]:
    """Return all memberships of a family, past and present, without a lock."""
    row = frappe.qb.DocType("Family Membership")
    found = (
        frappe.qb.from_(row)
        .select(row.name, row.beneficiary, row.family, row.kinship, row.from_date, row.to_date)
        .where(row.family == family)
        .run()
    )
    return tuple(_membership(values) for values in found)


def _membership(values: tuple) -> Membership:
    key, person, family, kinship, start, end = values
    return Membership(key, person, family, kinship, getdate(start), getdate(end) if end else None)


def _lock_rows(doctype: str, names: list[str]) -> None:
    if names:
        table = frappe.qb.DocType(doctype)
        frappe.qb.from_(table).select(table.name).where(table.name.isin(names)).orderby(
            table.name
        ).for_update().run()


def add_event(event_type: str, on: date, family: str | None, **values: object) -> str:
    """Write a family event and return its name; `values` are further fields of Family Event.

    family: None for the death of a person who belongs to none.
    """
    with writing():
        event = frappe.get_doc(
            {
                "doctype": "Family Event",
                "event_type": event_type,
                "event_date": on,
                "family": family,
                **values,
            }
        )
        # The caller has checked the right to act on the family; nobody has a right to events themselves.
        return event.insert(ignore_permissions=True).name


def write(plan: Plan, event: str) -> tuple[str, ...]:
    """Write a plan and return the names of the memberships it opened."""
    opened = []
    with writing():
        for close in plan.closes:
            row = frappe.get_doc("Family Membership", close.key)
            row.update({"to_date": close.to_date, "left_by": close.left_by, "leave_event": event})
            # The caller has checked the right to act on the family; rows have no rights of their own.
            row.save(ignore_permissions=True)
        for amend in plan.amends:
            row = frappe.get_doc("Family Membership", amend.key)
            row.kinship = amend.kinship
            # As above: the right is that of the family.
            row.save(ignore_permissions=True)
        for new in plan.opens:
            row = frappe.get_doc(
                {
                    "doctype": "Family Membership",
                    "family": new.family,
                    "beneficiary": new.person,
                    "kinship": new.kinship,
                    "from_date": new.from_date,
                    "joined_by": new.joined_by,
                    "join_event": event,
                }
            )
            # As above: the right is that of the family.
            opened.append(row.insert(ignore_permissions=True).name)
    return tuple(opened)


def snapshot(rows: Iterable[str], families: Iterable[str], people: Iterable[str]) -> dict:
    """Return what an event may change of the named records, as JSON can hold it; for undoing and for its check."""

    def values(doctype: str, names: Iterable[str], fields: tuple[str, ...]) -> dict:
        names = sorted(set(names))
        if not names:
            return {}
        table = frappe.qb.DocType(doctype)
        query = (
            frappe.qb.from_(table)
            .select(table.name, *[table[f] for f in fields])
            .where(table.name.isin(names))
        )
        return {
            row[0]: {f: str(v) if v is not None else None for f, v in zip(fields, row[1:], strict=True)}
            for row in query.for_update().run()
        }

    return {
        "Family Membership": values("Family Membership", rows, _ROW_FIELDS),
        "Family": values("Family", families, _FAMILY_FIELDS),
        "Beneficiary": values("Beneficiary", people, _PERSON_FIELDS),
    }


@contextmanager
def versioned(people: Iterable[str]) -> Iterator[None]:
    """Keep in the history of persons what the block changes of their records, as saving a form would."""
    people = sorted(set(people))
    before = {name: frappe.get_doc("Beneficiary", name) for name in people}
    yield
    for name, old in before.items():
        version = frappe.new_doc("Version")
        if version.update_version_info(old, frappe.get_doc("Beneficiary", name)):
            # The history is nobody's to write; what it tells was allowed by the caller.
            version.insert(ignore_permissions=True)


def restore(before: dict, created: Iterable[str]) -> None:
    """Put records back as a snapshot says and delete the memberships that an undone event had opened."""
    with writing():
        for name in created:
            # Undoing was allowed for the family; the row that the event had made disappears with it.
            frappe.delete_doc("Family Membership", name, ignore_permissions=True, force=True)
        for doctype, rows in before.items():
            for name, values in rows.items():
                frappe.db.set_value(doctype, name, values)


def refresh_people(people: Iterable[str]) -> None:
    """Bring family, community, kinship and status of persons in line with their memberships."""
    people = sorted(set(people))
    if not people:
        return
    row, family = frappe.qb.DocType("Family Membership"), frappe.qb.DocType("Family")
    open_stays = (
        frappe.qb.from_(row)
        .join(family)
        .on(family.name == row.family)
        .select(row.beneficiary, row.family, row.kinship, family.community)
        .where(row.beneficiary.isin(people) & row.to_date.isnull())
        .run()
    )
    places = {person: {"family": f, "kinship": k, "community": c} for person, f, k, c in open_stays}
    person_table = frappe.qb.DocType("Beneficiary")
    facts = (
        frappe.qb.from_(person_table)
        .select(person_table.name, person_table.death_date, person_table.merged_into, person_table.community)
        .where(person_table.name.isin(people))
        .run()
    )
    for name, death, merged, community in facts:
        # Whoever has no family any more stays where the records last placed the person.
        place = places.get(name, {"family": None, "kinship": None, "community": community})
        frappe.db.set_value(
            "Beneficiary", name, {**place, "status": person_status(death, merged, name in places)}
        )


def person_status(death: object, merged: object, has_family: bool) -> str:
    """Return the status of a person from the facts that decide it."""
    if merged:
        return "Merged"
    if death:
        return "Deceased"
    return "Active" if has_family else "Inactive"


def refresh_families(families: Iterable[str]) -> None:
    """Bring head and number of members of families in line with the memberships."""
    for name in sorted(set(families)):
        stays = [stay for stay in read(name) if stay.to_date is None]
        head = next((stay.person for stay in stays if stay.kinship == "Head"), None)
        frappe.db.set_value("Family", name, {"head": head, "member_count": len(stays)})
