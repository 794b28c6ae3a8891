"""Families over time: who belongs where on which date, whatever happens and in whatever order."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from social_crm.social_crm.domain.membership import (
    HEAD,
    KINSHIPS,
    Membership,
    MembershipRuleError,
    apply,
    change_head,
    contradictions,
    die,
    family_of,
    join,
    leave,
    members_as_of,
    merge,
    split,
    trims_for_same_person,
)

D = date(2024, 6, 1)
BEFORE = D - timedelta(days=1)
BORN = date(2020, 1, 1)


def six():
    kinships = [HEAD, "Spouse or Partner", "Child", "Child", "Child", "Parent"]
    return tuple(Membership(f"m{i}", f"p{i}", "F", k, BORN) for i, k in enumerate(kinships))


def people(rows, family, on):
    return {row.person for row in members_as_of(rows, family, on)}


def after(rows, plan, tag="n"):
    return apply(rows, plan, (f"{tag}{i}" for i in range(len(plan.opens))))


def refused(code, call, *args, **kwargs):
    with pytest.raises(MembershipRuleError) as error:
        call(*args, **kwargs)
    assert error.value.code == code
    return error.value.facts


def test_family_of_six_that_splits():
    rows = after(six(), split(six(), "F", "G", {"p2": HEAD, "p3": "Sibling"}, D))
    assert len(members_as_of(rows, "F", BEFORE)) == 6
    assert people(rows, "F", D) == {"p0", "p1", "p4", "p5"}
    assert people(rows, "G", D) == {"p2", "p3"}
    assert people(rows, "G", BEFORE) == set()
    assert family_of(rows, "p2", BEFORE).family == "F"
    assert family_of(rows, "p2", D).family == "G"
    assert contradictions(rows) == ()


def test_members_come_head_first():
    rows = tuple(reversed(six()))
    assert [m.kinship for m in members_as_of(rows, "F", D)][:2] == [HEAD, "Spouse or Partner"]


def test_a_split_needs_leavers_stayers_and_one_head():
    rows = six()
    refused("nobody", split, rows, "F", "G", {}, D)
    refused("everybody", split, rows, "F", "G", {f"p{i}": HEAD if i == 0 else "Child" for i in range(6)}, D)
    refused("one_head", split, rows, "F", "G", {"p2": "Child"}, D)
    refused("one_head", split, rows, "F", "G", {"p2": HEAD, "p3": HEAD}, D)
    refused("not_member", split, rows, "F", "G", {"stranger": HEAD}, D)


def test_a_head_who_splits_off_leaves_the_next_head():
    rows = six()
    rows = after(rows, split(rows, "F", "G", {"p0": HEAD}, D, kinships={"p1": HEAD}))
    assert [m.person for m in members_as_of(rows, "F", D) if m.kinship == HEAD] == ["p1"]
    assert [m.person for m in members_as_of(rows, "F", BEFORE) if m.kinship == HEAD] == ["p0"]
    assert contradictions(rows) == ()


def test_nobody_belongs_to_two_families():
    rows = six()
    facts = refused("already_member", join, rows, "p2", "G", "Child", D)
    assert facts["family"] == "F"
    refused("already_member", join, rows, "p2", "F", "Child", D)
    gone = after(rows, leave(rows, "p2", "F", D))
    refused("already_member", join, gone, "p2", "G", "Child", BEFORE)
    back = after(gone, join(gone, "p2", "G", "Child", D), "j")
    assert people(back, "G", D) == {"p2"}


def test_one_head_a_family():
    rows = six()
    refused("family_has_head", join, rows, "new", "F", HEAD, D)
    refused("unknown_kinship", join, rows, "new", "F", "Boss", D)
    headless = after(rows, leave(rows, "p0", "F", D))
    assert contradictions(after(headless, join(headless, "new", "F", HEAD, D), "j")) == ()


def test_leaving_is_said_once_and_not_before_joining():
    rows = after(six(), leave(six(), "p3", "F", D))
    assert refused("already_left", leave, rows, "p3", "F", D)["date"] == D
    refused("before_joining", leave, six(), "p3", "F", BORN - timedelta(days=1))
    refused("not_member", leave, six(), "p3", "G", D)


def test_joined_and_left_on_one_day_counts_on_no_day():
    rows = after(six(), join(six(), "x", "F", "Child", D))
    rows = after(rows, leave(rows, "x", "F", D))
    assert "x" not in people(rows, "F", D)
    assert contradictions(rows) == ()
    again = after(rows, join(rows, "x", "F", "Child", D), "again")
    assert people(again, "F", D) >= {"x"}


def test_death_ends_the_stay_wherever_it_is():
    rows = after(six(), die(six(), "p1", D))
    assert people(rows, "F", BEFORE) - people(rows, "F", D) == {"p1"}
    assert die(rows, "nobody", D).closes == ()
    refused("before_joining", die, six(), "p1", BORN - timedelta(days=2))
    later = after(six(), leave(six(), "p1", "F", D))
    refused("already_left", die, later, "p1", BEFORE)


def test_merge_keeps_everyone():
    rows = (*six(), Membership("t", "t0", "T", HEAD, BORN))
    rows = after(rows, merge(rows, "F", "T", D, {"p1": "Sibling"}))
    assert people(rows, "F", D) == set()
    assert len(people(rows, "T", D)) == 7
    assert family_of(rows, "p1", D).kinship == "Sibling"
    assert family_of(rows, "p0", D).kinship == "Other Relative"
    assert contradictions(rows) == ()


def test_merges_that_are_refused():
    rows = (*six(), Membership("t", "t0", "T", HEAD, BORN))
    refused("same_family", merge, rows, "F", "F", D)
    refused("nobody", merge, rows, "EMPTY", "T", D)
    refused("family_has_head", merge, rows, "F", "T", D, {"p0": HEAD})
    refused("before_joining", merge, rows, "F", "T", BORN - timedelta(days=1))


def test_change_of_head_on_a_date():
    rows = after(six(), change_head(six(), "F", {"p1": HEAD, "p0": "Spouse or Partner"}, D))
    assert members_as_of(rows, "F", D)[0].person == "p1"
    assert members_as_of(rows, "F", BEFORE)[0].person == "p0"
    assert people(rows, "F", D) == people(rows, "F", BEFORE)
    refused("one_head", change_head, six(), "F", {"p1": HEAD}, D)


def test_change_of_head_on_the_day_of_joining_amends():
    plan = change_head(six(), "F", {"p1": HEAD, "p0": "Spouse or Partner"}, BORN)
    assert (plan.closes, plan.opens, len(plan.amends)) == ((), (), 2)


def test_stays_of_a_duplicate_make_room():
    kept = [Membership("k", "A", "F", "Child", D)]
    moved = [
        Membership("a", "B", "F", "Child", BORN),
        Membership("b", "B", "G", "Child", D + timedelta(days=9)),
        Membership("c", "B", "G", "Child", BORN, BEFORE),
    ]
    assert trims_for_same_person(kept, moved) == {"a": D, "b": D + timedelta(days=9)}


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["join", "leave", "split", "merge", "die", "head"]),
        st.integers(0, 7),
        st.integers(0, 7),
        st.sampled_from(["F", "G", "H"]),
        st.sampled_from(["F", "G", "H"]),
        st.sampled_from(KINSHIPS),
        st.integers(-3, 40),
    ),
    max_size=25,
)


def plan_of(rows, event):
    kind, a, b, family, other, kinship, days = event
    on = BORN + timedelta(days=days)
    if kind == "join":
        return join(rows, f"p{a}", family, kinship, on)
    if kind == "leave":
        return leave(rows, f"p{a}", family, on, {f"p{b}": kinship} if b != a and days % 2 else None)
    if kind == "split":
        return split(
            rows, family, f"N{len(rows)}", {f"p{a}": HEAD, **({f"p{b}": "Child"} if b != a else {})}, on
        )
    if kind == "merge":
        return merge(rows, family, other, on, {f"p{a}": kinship})
    if kind == "die":
        return die(rows, f"p{a}", on)
    return change_head(rows, family, {f"p{a}": HEAD, f"p{b}": kinship}, on)


@settings(max_examples=300, deadline=None)
@given(EVENTS)
def test_no_story_contradicts_itself(events):
    """Whatever is tried, what was accepted leaves nobody in two families and no family with two heads on one day;
    nothing that was true before the day of an event changes."""
    rows = six()
    for number, event in enumerate(events):
        try:
            plan = plan_of(rows, event)
        except MembershipRuleError:
            continue
        new = after(rows, plan, f"e{number}-")
        assert contradictions(new) == ()
        eve = BORN + timedelta(days=event[-1] - 1)
        families = {row.family for row in new}
        assert all(people(rows, f, eve) == people(new, f, eve) for f in families)
        rows = new


@settings(max_examples=150, deadline=None)
@given(EVENTS, st.integers(0, 60))
def test_events_move_people_but_never_multiply_them(events, days):
    rows = six()
    for number, event in enumerate(events):
        if event[0] in {"join"}:
            continue
        try:
            rows = after(rows, plan_of(rows, event), f"e{number}-")
        except MembershipRuleError:
            continue
    on = BORN + timedelta(days=days)
    present = [row.person for row in rows if row.covers(on)]
    assert len(present) == len(set(present)) <= 6
