"""Families as people live them: register, join, leave, split, merge, move, death, and the undoing of each.

Every function does one thing whole or not at all: it locks the records, lets the pure rules decide, writes, and leaves
the commit to the request (a background job that wants part of its work to survive sets its own save points). The
functions check no permissions: `family_actions.py` does for people; imports and generators act for themselves.
Dates are the days on which a change takes effect; a date in the future is refused.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date

import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from social_crm.social_crm.domain import ages
from social_crm.social_crm.domain import membership as rules
from social_crm.social_crm.domain.membership import Membership, MembershipRuleError, Plan
from social_crm.social_crm.services import store
from social_crm.social_crm.services.guards import require_current_family, require_living
from social_crm.social_crm.services.messages import membership_message

_ARRIVALS = frozenset({"Registration", "Joining", "Return"})
# How a family stands to the cut-off of the census.
_CENSUS = ("after_cut_off", "exception_approver", "exception_reason")
_CREATING = "social_crm_creates_family"


def register_family(family: dict, members: list[dict], on: date | str, reason: str | None = None) -> str:
    """Create a family with its members and return its name.

    family: fields of Family. members: for each either {"beneficiary": name, "kinship": ...} or the fields of a new
    Beneficiary with "kinship". Throws ValidationError in words when a rule is broken; nothing is written then.
    """
    on = _day(on)
    doc = _new_family({**family, "registered_on": family.get("registered_on") or on})
    existing = [m["beneficiary"] for m in members if m.get("beneficiary")]
    rows = store.lock([doc.name], existing)
    event = store.add_event("Registration", on, doc.name, reason=reason)
    people = []
    for member in members:
        kinship = member.get("kinship") or ""
        person = member.get("beneficiary")
        if person:
            require_living(person)
        else:
            person = _new_person(member, doc, kinship, on)
        plan = _decide(rules.join, rows, person, doc.name, kinship, on, "Registration")
        rows = rules.apply(rows, plan, store.write(plan, event))
        people.append(person)
    _refresh([doc.name], existing)
    flag_arrivals(people, doc.community, on, "Registration")
    return doc.name


def join(
    family: str,
    beneficiary: str,
    kinship: str,
    on: date | str,
    reason: str | None = None,
    joined_by: str = "Joining",
) -> str:
    """Make a person a member of a family from a day on and return the name of the event.

    joined_by: "Birth" is for newborn children alone; it exempts from the cut-off of the census.
    """
    on = _day(on)
    require_current_family(family)
    # Not even for a day before a recorded death: nothing would end the stay that begins.
    require_living(beneficiary)
    if joined_by == "Birth":
        _require_birth(beneficiary, on)
    rows = store.lock([family], [beneficiary])
    plan = _decide(rules.join, rows, beneficiary, family, kinship, on, joined_by)

    def flag() -> None:
        flag_arrivals([beneficiary], frappe.db.get_value("Family", family, "community"), on, joined_by)

    return _record("Join", on, family, plan, rows, reason, beneficiary=beneficiary, also=flag)


def leave(
    family: str,
    beneficiary: str,
    on: date | str,
    reason: str | None = None,
    kinships: Mapping[str, str] | None = None,
) -> str:
    """End the membership of a person on a day and return the name of the event.

    kinships: new kinship of those who stay, needed to name the next head when the head leaves.
    """
    on = _day(on)
    rows = store.lock([family], [beneficiary])
    plan = _decide(rules.leave, rows, beneficiary, family, on, kinships)
    return _record("Leave", on, family, plan, rows, reason, beneficiary=beneficiary)


def split(
    family: str,
    members: Mapping[str, str],
    new_family: dict,
    on: date | str,
    reason: str | None = None,
    kinships: Mapping[str, str] | None = None,
) -> str:
    """Let some members form a family of their own and return the name of the new family.

    members: person to kinship in the new family, exactly one Head. new_family: fields of Family; what is not given
    (community, places of origin and present) is taken from the family that splits.
    """
    on = _day(on)
    require_current_family(family)
    rows = store.lock([family], members)
    # Decide first: a refused split must not leave an empty family behind, not even inside the transaction.
    _decide(rules.split, rows, family, "", members, on, kinships)
    created = _new_family({**_inherited(family), "registered_on": on, **new_family})
    # No arrival: it stands to the cut-off of the census as the family does from which it comes.
    frappe.db.set_value("Family", created.name, frappe.db.get_value("Family", family, _CENSUS, as_dict=True))
    plan = rules.split(rows, family, created.name, members, on, kinships)
    _record("Split", on, family, plan, rows, reason, other_family=created.name, created_family=created.name)
    return created.name


def merge(
    source: str,
    target: str,
    on: date | str,
    reason: str | None = None,
    kinships: Mapping[str, str] | None = None,
) -> str:
    """Bring all members of one family into another, close the first, and return the name of the event."""
    on = _day(on)
    require_current_family(source)
    require_current_family(target)
    rows = store.lock([source, target], [])
    plan = _decide(rules.merge, rows, source, target, on, kinships)

    def close_source() -> None:
        frappe.db.set_value("Family", source, {"status": "Merged", "merged_into": target})

    return _record("Merge", on, source, plan, rows, reason, other_family=target, also=close_source)


def record_death(
    beneficiary: str, on: date | str, reason: str | None = None, kinships: Mapping[str, str] | None = None
) -> str:
    """Record that a person died and return the name of the event; ends the membership, if there is one."""
    on = _day(on)
    require_living(beneficiary)
    family = frappe.db.get_value("Beneficiary", beneficiary, "family")
    born = frappe.db.get_value("Beneficiary", beneficiary, "birth_date")
    if born and getdate(born) > on:
        frappe.throw(_("The death cannot come before the birth."), title=_("Date of Death"))
    rows = store.lock([family] if family else [], [beneficiary])
    plan = _decide(rules.die, rows, beneficiary, on, kinships)

    def set_death() -> None:
        frappe.db.set_value("Beneficiary", beneficiary, "death_date", on)

    return _record("Death", on, family, plan, rows, reason, beneficiary=beneficiary, also=set_death)


def change_head(family: str, kinships: Mapping[str, str], on: date | str, reason: str | None = None) -> str:
    """Give present members new kinships (one of them Head) from a day on and return the name of the event."""
    on = _day(on)
    require_current_family(family)
    rows = store.lock([family], kinships)
    plan = _decide(rules.change_head, rows, family, kinships, on)
    head = next((person for person, kinship in kinships.items() if kinship == rules.HEAD), None)
    return _record("New Head", on, family, plan, rows, reason, beneficiary=head)


def move(family: str, community: str, on: date | str, reason: str | None = None) -> str:
    """Record that a family moved to another community and return the name of the event."""
    on = _day(on)
    require_current_family(family)
    rows = store.lock([family], [])
    old = frappe.db.get_value("Family", family, "community")
    if old == community:
        frappe.throw(_("The family already belongs to that community."), title=_("Move to Community"))
    text = _("From {0} to {1}.").format(old, community)

    def set_community() -> None:
        frappe.db.set_value("Family", family, "community", community)

    return _record(
        "Move", on, family, Plan(), rows, f"{text} {reason or ''}".strip(), also=set_community, everyone=True
    )


def undo_merge(event: str) -> str:
    """Undo a merge of families (or any other family event) exactly, and return the event that says so.

    Throws ValidationError when later events changed the same records: those are undone first.
    """
    doc = frappe.get_doc("Family Event", event, for_update=True)
    details = json.loads(doc.details or "{}")
    if doc.undone_by or doc.event_type == "Undo" or "before" not in details:
        frappe.throw(_("This event cannot be undone."), title=_("Undo"))
    families, people = details["families"], details["people"]
    rows = store.lock(families, people)
    current = store.snapshot([*details["before"]["Family Membership"], *details["created"]], families, people)
    if current != details["after"]:
        frappe.throw(
            _("Something changed after this event. Undo the later events of the family first."),
            title=_("Undo"),
        )
    created_family = details.get("created_family")
    undo = store.add_event(
        "Undo", getdate(nowdate()), doc.family, other_family=doc.other_family, beneficiary=doc.beneficiary
    )
    touched = {*people, *(r.person for r in rows if r.family in families)}
    with store.versioned(touched):
        store.restore(details["before"], details["created"])
        if created_family:
            frappe.db.set_value("Family", created_family, "status", "Closed")
        frappe.db.set_value("Family Event", event, "undone_by", undo)
        _refresh(families, touched)
    return undo


def members_as_of(family: str, on: date | str) -> list[dict]:
    """Return the members of a family on a day, head first: beneficiary, beneficiary_name, kinship, from_date, to_date.

    Reads without permissions; `family_actions.members` is the door for people.
    """
    stays = rules.members_as_of(store.read(family), family, getdate(on))
    names = dict(
        # The caller may know the members of the family, and a past member's name belongs to its history.
        frappe.get_all(
            "Beneficiary",
            filters={"name": ["in", [s.person for s in stays]]},
            fields=["name", "full_name"],
            as_list=True,
        )
        if stays
        else ()
    )
    return [
        {
            "beneficiary": stay.person,
            "beneficiary_name": names.get(stay.person),
            "kinship": stay.kinship,
            "from_date": stay.from_date,
            "to_date": stay.to_date,
        }
        for stay in stays
    ]


def arrived_after_cut_off(community: str | None, on: date | str) -> bool:
    """Say whether an arrival on a day lies after the census cut-off of the community."""
    cut_off = frappe.get_cached_value("Community", community, "cut_off_date") if community else None
    return bool(cut_off) and getdate(on) > getdate(cut_off)


def flag_arrivals(people: Iterable[str], community: str | None, on: date, joined_by: str) -> None:
    """Flag persons who arrived after the cut-off; births and moves inside the census are no arrivals."""
    if joined_by in _ARRIVALS and arrived_after_cut_off(community, on):
        for person in people:
            frappe.db.set_value("Beneficiary", person, "after_cut_off", 1)


def is_creating_family() -> bool:
    """Say whether a service creates the family just now and writes the event of registration itself."""
    return bool(frappe.flags.get(_CREATING))


def _day(on: date | str) -> date:
    day = getdate(on)
    if day is None:
        frappe.throw(_("Enter the date of the event."), title=_("Date Missing"))
    if day > getdate(nowdate()):
        frappe.throw(
            _("The date {0} lies in the future.").format(frappe.format(day, "Date")), title=_("Date")
        )
    return day


def _require_birth(beneficiary: str, on: date) -> None:
    born = frappe.db.get_value("Beneficiary", beneficiary, "birth_date")
    if not ages.is_newborn(getdate(born) if born else None, on):
        frappe.throw(
            _(
                "By birth joins who was born on that day or in the {0} days before it. "
                "Enter the date of birth, or choose another way of joining."
            ).format(ages.NEWBORN_DAYS),
            title=_("Family"),
        )


def _decide(rule: Callable[..., Plan], *args: object) -> Plan:
    try:
        return rule(*args)
    except MembershipRuleError as error:
        frappe.throw(membership_message(error), title=_("Family"))


def _new_family(values: dict) -> "frappe.model.document.Document":
    before, frappe.flags[_CREATING] = frappe.flags.get(_CREATING), True
    try:
        return frappe.get_doc({**values, "doctype": "Family"}).insert()
    finally:
        frappe.flags[_CREATING] = before


def _new_person(values: dict, family: "frappe.model.document.Document", kinship: str, on: date) -> str:
    """Insert a person already placed in the family whose membership the caller writes next."""
    fields = {k: v for k, v in values.items() if k not in {"name", "beneficiary"}}
    place = {"family": family.name, "community": family.community, "kinship": kinship, "registered_on": on}
    with store.writing():
        return frappe.get_doc({**fields, **place, "doctype": "Beneficiary"}).insert().name


def insert_unplaced(doc: "frappe.model.document.Document") -> str:
    """Insert a person whose `family` only says whose right to create counts; `join` makes the membership after it."""
    doc.registered_on = None
    with store.writing():
        name = doc.insert().name
    frappe.db.set_value("Beneficiary", name, {"family": None, "kinship": None})
    return name


def _inherited(family: str) -> dict:
    fields = ("community", "zone", "origin_municipality", "origin_detail", "displacement_date")
    return dict(frappe.db.get_value("Family", family, [*fields, "present_municipality"], as_dict=True))


def _record(
    event_type: str,
    on: date,
    family: str | None,
    plan: Plan,
    rows: tuple[Membership, ...],
    reason: str | None,
    also: Callable[[], None] | None = None,
    created_family: str | None = None,
    everyone: bool = False,
    **values: str | None,
) -> str:
    """Write an event, its plan and what goes with it; remember before and after so that it can be undone."""
    families = sorted(filter(None, {family, *(o.family for o in plan.opens), values.get("other_family")}))
    by_key = {row.key: row for row in rows}
    touched = [c.key for c in plan.closes] + [a.key for a in plan.amends]
    people = {by_key[key].person for key in touched} | {o.person for o in plan.opens}
    people |= {values["beneficiary"]} if values.get("beneficiary") else set()
    if everyone:
        people |= {row.person for row in rows if row.family == family and row.to_date is None}
    before = store.snapshot(touched, families, people)
    with store.versioned(people):
        event = store.add_event(event_type, on, family, reason=reason, **values)
        created = store.write(plan, event)
        if also:
            also()
        _refresh(families, people)
    details = {
        "families": families,
        "people": sorted(people),
        "created": created,
        "created_family": created_family,
        "before": before,
        "after": store.snapshot([*touched, *created], families, people),
    }
    frappe.db.set_value("Family Event", event, "details", json.dumps(details), update_modified=False)
    return event


def _refresh(families: Iterable[str], people: Iterable[str]) -> None:
    store.refresh_people(people)
    store.refresh_families(families)
