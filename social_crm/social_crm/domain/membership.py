"""Families over time: who belongs to which household on which date, and what an event changes.

A membership covers the days from `from_date` up to, but not including, `to_date`; an open one has no `to_date`. A
family of six that splits on the day D therefore has six members as of D-1, and four and two as of D. Every event is
worked out here as a `Plan` over rows that the caller has read (and locked); the caller writes it. Nobody belongs to
two families on one day, and a family has at most one head on one day.

`rows` always means: all memberships, past and present, of the families and persons that the event touches.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

HEAD = "Head"
KINSHIPS = (
    HEAD,
    "Spouse or Partner",
    "Child",
    "Stepchild",
    "Parent",
    "Sibling",
    "Grandchild",
    "Grandparent",
    "Son- or Daughter-in-law",
    "Parent-in-law",
    "Other Relative",
    "Non-relative",
)
DEFAULT_KINSHIP_AFTER_MERGE = "Other Relative"


@dataclass(frozen=True)
class Membership:
    """One person's stay in one family; `key` names the row."""

    key: str
    person: str
    family: str
    kinship: str
    from_date: date
    to_date: date | None = None

    def covers(self, on: date) -> bool:
        """Say whether the person is a member on the date."""
        return self.from_date <= on and (self.to_date is None or on < self.to_date)

    def reaches(self, on: date) -> bool:
        """Say whether some day on or after the date belongs to the stay."""
        return self.to_date is None or (self.to_date > on and self.to_date > self.from_date)


@dataclass(frozen=True)
class Close:
    """End the stay `key` on the date."""

    key: str
    to_date: date
    left_by: str


@dataclass(frozen=True)
class Open:
    """Begin a stay."""

    person: str
    family: str
    kinship: str
    from_date: date
    joined_by: str


@dataclass(frozen=True)
class Amend:
    """Change the kinship of a stay that begins on the very day of the event."""

    key: str
    kinship: str


@dataclass(frozen=True)
class Plan:
    """What an event changes; written in the order closes, amends, opens."""

    closes: tuple[Close, ...] = ()
    amends: tuple[Amend, ...] = ()
    opens: tuple[Open, ...] = ()


class MembershipRuleError(ValueError):
    """An event that the rules refuse; `code` says why, `facts` hold the persons, families and dates of the message."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def members_as_of(rows: Iterable[Membership], family: str, on: date) -> tuple[Membership, ...]:
    """Return the stays in a family that cover the date: the head first, then by kinship, since when, and person."""
    found = [row for row in rows if row.family == family and row.covers(on)]
    return tuple(sorted(found, key=lambda r: (_rank(r.kinship), r.from_date, r.person)))


def family_of(rows: Iterable[Membership], person: str, on: date) -> Membership | None:
    """Return the stay of a person that covers the date, if there is one."""
    return next((row for row in rows if row.person == person and row.covers(on)), None)


def join(
    rows: Iterable[Membership],
    person: str,
    family: str,
    kinship: str,
    on: date,
    joined_by: str = "Joining",
) -> Plan:
    """Plan that a person becomes a member on a date.

    Raises MembershipRuleError: unknown_kinship; already_member (of this or another family on or after the date);
    family_has_head (the kinship is Head and the family has one).
    """
    rows = tuple(rows)
    _check_kinship(kinship)
    _check_free(rows, person, on)
    if kinship == HEAD:
        _check_headless(rows, family, on, leaving=frozenset())
    return Plan(opens=(Open(person, family, kinship, on, joined_by),))


def leave(
    rows: Iterable[Membership],
    person: str,
    family: str,
    on: date,
    kinships: Mapping[str, str] | None = None,
    left_by: str = "Leaving",
) -> Plan:
    """Plan that a person is no longer a member from a date on.

    kinships: new kinship of those who stay, needed only to name the next head when the head leaves.
    Raises MembershipRuleError: not_member, already_left, before_joining, and those of `change_head`.
    """
    rows = tuple(rows)
    stay = _open_stay(rows, person, family, on)
    plan = Plan(closes=(Close(stay.key, on, left_by),))
    return _with_kinships(rows, plan, family, kinships, on)


def die(rows: Iterable[Membership], person: str, on: date, kinships: Mapping[str, str] | None = None) -> Plan:
    """Plan the end of a person's stay by death; a person without a family gives an empty plan.

    Raises MembershipRuleError: before_joining, already_left (the stay, or a later one, ended after the date), and
    those of `change_head`.
    """
    rows = tuple(rows)
    stays = [row for row in rows if row.person == person and row.reaches(on)]
    if not stays:
        return Plan()
    return leave(rows, person, stays[-1].family, on, kinships, left_by="Death")


def split(
    rows: Iterable[Membership],
    family: str,
    new_family: str,
    leavers: Mapping[str, str],
    on: date,
    kinships: Mapping[str, str] | None = None,
) -> Plan:
    """Plan that some members form a family of their own from a date on.

    leavers: person to kinship in the new family, exactly one of them Head.
    kinships: new kinship of those who stay, as in `leave`.
    Raises MembershipRuleError: nobody, everybody (that is a move), one_head, and those of `leave`.
    """
    rows = tuple(rows)
    if not leavers:
        raise MembershipRuleError("nobody", family=family)
    stays = [_open_stay(rows, person, family, on) for person in leavers]
    remaining = {r.person for r in rows if r.family == family and r.to_date is None} - set(leavers)
    if not remaining:
        raise MembershipRuleError("everybody", family=family)
    for kinship in leavers.values():
        _check_kinship(kinship)
    if list(leavers.values()).count(HEAD) != 1:
        raise MembershipRuleError("one_head", family=new_family)
    plan = Plan(
        closes=tuple(Close(stay.key, on, "Split") for stay in stays),
        opens=tuple(Open(person, new_family, kinship, on, "Split") for person, kinship in leavers.items()),
    )
    return _with_kinships(rows, plan, family, kinships, on)


def merge(
    rows: Iterable[Membership],
    source: str,
    target: str,
    on: date,
    kinships: Mapping[str, str] | None = None,
) -> Plan:
    """Plan that all present members of one family become members of another on a date.

    kinships: person of the source to kinship in the target; who is not named becomes "Other Relative".
    Raises MembershipRuleError: same_family, nobody, before_joining, unknown_kinship, family_has_head.
    """
    rows = tuple(rows)
    if source == target:
        raise MembershipRuleError("same_family", family=source)
    stays = [row for row in rows if row.family == source and row.to_date is None]
    if not stays:
        raise MembershipRuleError("nobody", family=source)
    chosen = dict(kinships or {})
    closes, opens = [], []
    for stay in sorted(stays, key=lambda r: (_rank(r.kinship), r.person)):
        if stay.from_date > on:
            raise MembershipRuleError("before_joining", person=stay.person, date=stay.from_date)
        kinship = chosen.get(stay.person, DEFAULT_KINSHIP_AFTER_MERGE)
        _check_kinship(kinship)
        closes.append(Close(stay.key, on, "Merge"))
        opens.append(Open(stay.person, target, kinship, on, "Merge"))
    heads = [o for o in opens if o.kinship == HEAD]
    if len(heads) > 1:
        raise MembershipRuleError("one_head", family=target)
    if heads:
        _check_headless(rows, target, on, leaving=frozenset())
    return Plan(closes=tuple(closes), opens=tuple(opens))


def change_head(rows: Iterable[Membership], family: str, kinships: Mapping[str, str], on: date) -> Plan:
    """Plan new kinships of present members from a date on; who keeps the kinship is not touched.

    Raises MembershipRuleError: unknown_kinship, not_member, before_joining, one_head (the result would have more
    than one head).
    """
    return _with_kinships(tuple(rows), Plan(), family, kinships, on)


def apply(rows: Iterable[Membership], plan: Plan, new_keys: Iterable[str]) -> tuple[Membership, ...]:
    """Return the rows as they stand after a plan; `new_keys` names the opened stays, in order."""
    closes = {close.key: close for close in plan.closes}
    amends = {amend.key: amend for amend in plan.amends}
    result = []
    for row in rows:
        if row.key in closes:
            row = replace(row, to_date=closes[row.key].to_date)
        if row.key in amends:
            row = replace(row, kinship=amends[row.key].kinship)
        result.append(row)
    for key, new in zip(new_keys, plan.opens, strict=False):
        result.append(Membership(key, new.person, new.family, new.kinship, new.from_date))
    return tuple(result)


def contradictions(rows: Iterable[Membership]) -> tuple[str, ...]:
    """Return what is wrong with rows as they stand: ends before beginnings, two families or two heads on one day."""
    rows = [row for row in rows if row.to_date is None or row.to_date != row.from_date]
    found = [f"dates:{row.key}" for row in rows if row.to_date is not None and row.to_date < row.from_date]
    for i, a in enumerate(rows):
        for b in rows[i + 1 :]:
            if not _overlap(a, b):
                continue
            if a.person == b.person:
                found.append(f"person:{a.key}:{b.key}")
            if a.family == b.family and a.kinship == b.kinship == HEAD:
                found.append(f"head:{a.key}:{b.key}")
    return tuple(found)


def trims_for_same_person(kept: Iterable[Membership], moved: Iterable[Membership]) -> dict[str, date]:
    """Return the new end of each stay of a duplicate record that collides with the stays of the record kept.

    The stays of the record kept are the truth; a colliding stay ends where the first of them begins, or, when it
    begins inside one, on its own first day (it stays as a record and counts on no day). Stays without collision are
    not named.
    """
    kept = tuple(row for row in kept if row.to_date is None or row.to_date > row.from_date)
    trims: dict[str, date] = {}
    for row in moved:
        starts = [other.from_date for other in kept if _overlap(row, other)]
        if starts:
            trims[row.key] = max(row.from_date, min(starts))
    return trims


def _overlap(a: Membership, b: Membership) -> bool:
    a_first = a.to_date is None or b.from_date < a.to_date
    b_first = b.to_date is None or a.from_date < b.to_date
    return a_first and b_first


def _rank(kinship: str) -> int:
    return KINSHIPS.index(kinship) if kinship in KINSHIPS else len(KINSHIPS)


def _check_kinship(kinship: str) -> None:
    if kinship not in KINSHIPS:
        raise MembershipRuleError("unknown_kinship", kinship=kinship)


def _check_free(rows: tuple[Membership, ...], person: str, on: date) -> None:
    for row in rows:
        if row.person == person and row.reaches(on):
            raise MembershipRuleError("already_member", person=person, family=row.family, date=row.from_date)


def _check_headless(rows: tuple[Membership, ...], family: str, on: date, leaving: frozenset[str]) -> None:
    for row in rows:
        if row.family == family and row.kinship == HEAD and row.reaches(on) and row.person not in leaving:
            raise MembershipRuleError("family_has_head", family=family, person=row.person)


def _open_stay(rows: tuple[Membership, ...], person: str, family: str, on: date) -> Membership:
    """Return the stay that an event on the date would end, or say why there is none."""
    stays = sorted((r for r in rows if r.person == person and r.family == family), key=lambda r: r.from_date)
    if not stays:
        raise MembershipRuleError("not_member", person=person, family=family)
    last = next((row for row in stays if row.to_date is None), stays[-1])
    if last.to_date is not None:
        raise MembershipRuleError("already_left", person=person, family=family, date=last.to_date)
    if last.from_date > on:
        raise MembershipRuleError("before_joining", person=person, family=family, date=last.from_date)
    return last


def _with_kinships(
    rows: tuple[Membership, ...], plan: Plan, family: str, kinships: Mapping[str, str] | None, on: date
) -> Plan:
    """Add to a plan the new kinships of members who stay in the family."""
    if not kinships:
        return plan
    closing = {close.key for close in plan.closes}
    closes, amends, opens = list(plan.closes), list(plan.amends), list(plan.opens)
    for person, kinship in kinships.items():
        _check_kinship(kinship)
        stay = _open_stay(rows, person, family, on)
        if stay.key in closing:
            raise MembershipRuleError("not_member", person=person, family=family)
        if stay.kinship == kinship:
            continue
        if stay.from_date == on:
            amends.append(Amend(stay.key, kinship))
            continue
        closes.append(Close(stay.key, on, "New Head"))
        opens.append(Open(person, family, kinship, on, "New Head"))
    result = Plan(tuple(closes), tuple(amends), tuple(opens))
    after = apply(rows, result, (f"new:{i}" for i in range(len(opens))))
    heads = [r for r in after if r.family == family and r.kinship == HEAD and r.to_date is None]
    if len(heads) > 1:
        raise MembershipRuleError("one_head", family=family)
    return result
