"""The plan of the demo gives the figures of the case study on any day, and people who are nobody's."""

from datetime import date, timedelta

import pytest

from social_crm.demo import people, places, students, units
from social_crm.demo.quotas import BLOCK
from social_crm.higher_education.domain.periods import Period
from social_crm.higher_education.domain.permanence import Enrolment, Level, Rules, StudentRecord, figures
from social_crm.higher_education.domain.phases import Phase, PhaseRow
from social_crm.income_generation.domain.activity import Closing, UnitHistory, Visit, active_unit_rate

# Ends and beginnings of semesters, a leap day, and days on which the enrolment of a semester closes.
DAYS = [
    date(2026, 11, 22), date(2026, 12, 31), date(2027, 1, 1), date(2027, 2, 14), date(2027, 2, 15), date(2027, 3, 31),
    date(2027, 4, 1), date(2027, 4, 2), date(2027, 6, 30), date(2027, 7, 1), date(2027, 9, 28), date(2027, 9, 29),
    date(2027, 9, 30), date(2028, 2, 29),
]  # fmt: skip
SEEDS = (2026, 1, 77)


def histories(families, seed, today):
    for family in families:
        unit = units.plan(family, seed, today, BLOCK)
        if unit:
            visits = tuple(Visit(row["visit_date"], row["operating"] == "Yes") for row in unit.visits)
            closings = (Closing(unit.closing["closed_on"]),) if unit.closing else ()
            yield UnitHistory(unit.values.get("started_on"), closings, visits)


def records(families, seed, today):
    for family in families:
        student = students.plan(family, seed, today, BLOCK)
        if student:
            steps = [("Potential", student.values["registered_on"], ""), *student.road, *student.ending]
            ends = [day for _phase, day, _reason in steps[1:]] + [None]
            rows = tuple(
                PhaseRow(Phase(step[0]), step[1], end) for step, end in zip(steps, ends, strict=True)
            )
            enrolled = tuple(
                Enrolment(Period.parse(one["values"]["period"]), one["values"]["enrolled_on"], "I", "P")
                for one in student.semesters
            )
            yield StudentRecord(str(family.number), rows, enrolled)


@pytest.mark.parametrize("today", DAYS, ids=str)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_figures_follow_from_the_rows_on_any_day(seed, today):
    families = people.plan_block(seed, 0, today, BLOCK)
    rate = active_unit_rate(histories(families, seed, today), today, 90)
    assert (rate.active, rate.ever_started, str(rate.percent)) == (56, 130, "43.08")
    found = figures(records(families, seed, today), today, Level.SYSTEM, Rules())
    assert (found.ever_enrolled, str(found.permanence)) == (50, "92.00")


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_nothing_is_planned_for_a_day_that_has_not_come(today):
    for family in people.plan_block(5, 0, today, BLOCK):
        assert family.registered_on < today
        unit = units.plan(family, 5, today, BLOCK)
        if unit and unit.visits:
            assert unit.values["started_on"] < unit.visits[0]["visit_date"] <= today
        if unit and unit.closing:
            assert unit.visits[-1]["visit_date"] <= unit.closing["closed_on"] <= today
        student = students.plan(family, 5, today, BLOCK)
        if student:
            days = [
                student.values["registered_on"],
                *(day for _p, day, _r in (*student.road, *student.ending)),
            ]
            assert days == sorted(days)
            assert days[-1] <= today
            paid = [payment["paid_on"] for one in student.semesters for payment in one["payments"]]
            assert all(day <= today for day in paid)


def test_the_same_seed_gives_the_same_families_and_another_seed_other_people():
    today = DAYS[0]
    assert people.plan_block(3, 0, today, BLOCK) == people.plan_block(3, 0, today, BLOCK)
    assert people.plan_block(3, 0, today, BLOCK) != people.plan_block(4, 0, today, BLOCK)


def test_blocks_differ_in_people_alone():
    one, other = (people.plan_block(3, block, DAYS[0], BLOCK) for block in (0, 1))
    for left, right in zip(one, other, strict=True):
        assert left.registered_on == right.registered_on
        assert [m.age for m in left.members] == [m.age for m in right.members]
        assert left.family["community"] == right.family["community"]
        assert left.family["family_name"] != "" and left.family["census_code"] != right.family["census_code"]


def test_people_are_plausible_and_their_numbers_belong_to_nobody():
    families = people.plan_block(3, 2, DAYS[0], BLOCK)
    numbers, full_names = [], []
    for family in families:
        assert family.members[0].values["kinship"] == "Head"
        assert family.members[0].age >= 18
        for member in family.members:
            assert member.values["birth_date"] <= family.registered_on
            assert 0 <= member.age <= 100
            full_names.append(
                " ".join(
                    member.values[key] or ""
                    for key in ("first_name", "middle_name", "first_surname", "second_surname")
                )
            )
            numbers += [int(row["document_number"]) for row in member.values.get("documents", ())]
    assert len(numbers) == len(set(numbers))
    assert min(numbers) >= people.FIRST_NUMBER
    assert len(full_names) == len(set(full_names))
    assert {family.family["community"] for family in families} == {place.name for place in places.COMMUNITIES}


def test_both_gestores_have_families():
    families = people.plan_block(3, 0, DAYS[0], BLOCK)
    assert {places.gestor_of(family.family["community"]) for family in families} == {
        "gestora.barrancas",
        "gestor.cesar",
    }


def test_the_latest_visits_vouch_for_the_units_for_two_months():
    today = DAYS[0]
    families = people.plan_block(3, 0, today, BLOCK)
    later = today + timedelta(days=60)
    assert active_unit_rate(histories(families, 3, today), later, 90).active == 56
