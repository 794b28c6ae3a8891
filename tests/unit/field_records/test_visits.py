"""When visits are due, and the order of a day."""

import math
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_crm.field_records.domain.visits import MAX_STOPS, Rhythm, Stop, distance_km, due_on, ordered

MONTHLY = Rhythm(30, date(2026, 1, 1))


def test_who_was_never_visited_is_due_when_the_rule_begins_or_when_registered():
    assert due_on(MONTHLY, None, None) == date(2026, 1, 1)
    assert due_on(MONTHLY, date(2025, 6, 1), None) == date(2026, 1, 1)
    assert due_on(MONTHLY, date(2026, 3, 9), None) == date(2026, 3, 9)


def test_a_visit_moves_the_next_one_by_the_days_of_the_rule():
    assert due_on(MONTHLY, date(2025, 1, 1), date(2026, 2, 10)) == date(2026, 3, 12)


def test_a_visit_long_before_the_rule_makes_it_due_when_the_rule_begins():
    assert due_on(MONTHLY, date(2025, 1, 1), date(2025, 2, 10)) == date(2026, 1, 1)
    assert due_on(MONTHLY, date(2025, 1, 1), date(2025, 12, 20)) == date(2026, 1, 19)


def test_a_rule_that_ends_asks_for_nothing_after_its_end():
    ended = Rhythm(30, date(2026, 1, 1), date(2026, 3, 11))
    assert due_on(ended, None, date(2026, 2, 10)) is None
    assert due_on(ended, None, date(2026, 2, 9)) == date(2026, 3, 11)


@given(
    st.integers(1, 1000),
    st.dates(date(2000, 1, 1), date(2050, 1, 1)),
    st.one_of(st.none(), st.dates(date(1990, 1, 1), date(2060, 1, 1))),
    st.one_of(st.none(), st.dates(date(1990, 1, 1), date(2060, 1, 1))),
)
def test_no_visit_is_due_before_the_rule_counts_nor_sooner_than_its_days(every, begins, registered, last):
    due = due_on(Rhythm(every, begins), registered, last)
    assert due is not None and due >= begins
    if last is not None:
        assert due >= last + timedelta(days=every)


@given(st.floats(-80, 80), st.floats(-170, 170), st.floats(-5, 5), st.floats(-5, 5))
def test_the_distance_is_that_of_the_law_of_cosines(latitude, longitude, north, east):
    one, other = Stop("a", latitude, longitude), Stop("b", latitude + north, longitude + east)
    a, b = math.radians(one.latitude), math.radians(other.latitude)
    cosine = math.sin(a) * math.sin(b) + math.cos(a) * math.cos(b) * math.cos(math.radians(east))
    # That law is blunt for points a few metres apart: half a metre is what doubles still tell there.
    assert distance_km(one, other) == pytest.approx(
        6371 * math.acos(max(-1, min(1, cosine))), abs=5e-4, rel=1e-6
    )


def test_an_unknown_place_has_no_distance():
    assert distance_km(Stop("a", 10.9, -72.7), Stop("x", None, None)) is None


def test_a_degree_on_the_equator_is_a_360th_of_its_length():
    assert distance_km(Stop("a", 0, 0), Stop("b", 0, 1)) == pytest.approx(2 * 3.141592653589793 * 6371 / 360)


def test_each_stop_is_the_nearest_left_and_unknown_places_come_last():
    stops = [
        Stop("far", 10, -70),
        Stop("nowhere", None, None),
        Stop("near", 10, -72),
        Stop("middle", 10, -71),
    ]
    assert [stop.key for stop in ordered(stops, Stop("start", 10, -73))] == [
        "near",
        "middle",
        "far",
        "nowhere",
    ]
    assert [stop.key for stop in ordered(stops)] == ["far", "middle", "near", "nowhere"]


@given(st.lists(st.tuples(st.floats(-80, 80), st.floats(-180, 180)), max_size=25))
def test_nothing_is_lost_or_doubled_in_the_order(places):
    stops = [Stop(str(number), *place) for number, place in enumerate(places)]
    assert sorted(ordered(stops), key=lambda stop: stop.key) == sorted(stops, key=lambda stop: stop.key)


def test_a_day_has_its_bound():
    with pytest.raises(ValueError):
        ordered([Stop(str(number), 1.0, 1.0) for number in range(MAX_STOPS + 1)])
