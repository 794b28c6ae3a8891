from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_crm.income_generation.domain.activity import (
    Closing,
    UnitHistory,
    UnitStatus,
    Visit,
    active_unit_rate,
    count_by_status,
    net_income,
    percentage,
    status_as_of,
)

AS_OF = date(2026, 6, 30)
STARTED = date(2025, 1, 15)


def unit(
    *visits: tuple[int, bool], closed: date | None = None, started: date | None = STARTED
) -> UnitHistory:
    """A unit with visits given as (days before AS_OF, operating)."""
    closings = (Closing(closed),) if closed else ()
    return UnitHistory(started, closings, tuple(Visit(AS_OF - timedelta(days=d), o) for d, o in visits))


def status(history: UnitHistory, as_of: date = AS_OF) -> UnitStatus:
    return status_as_of(history, as_of, 90)


def test_golden_rate_of_a_programme():
    units = [
        *[unit((10, True))] * 56,
        *[unit((91, True))] * 30,
        *[unit((5, False))] * 14,
        *[unit((10, True), closed=date(2026, 1, 31))] * 30,
        *[unit(started=None)] * 20,
    ]
    rate = active_unit_rate(units, AS_OF, 90)
    assert (rate.active, rate.ever_started, rate.percent) == (56, 130, Decimal("43.08"))


def test_the_ninetieth_day_is_within_and_the_next_is_not():
    assert status(unit((90, True))) is UnitStatus.ACTIVE
    assert status(unit((91, True))) is UnitStatus.UNVERIFIED
    assert status(unit((0, True))) is UnitStatus.ACTIVE


def test_a_visit_that_found_it_not_operating_is_not_active():
    assert status(unit((30, True), (5, False))) is UnitStatus.NOT_OPERATING
    assert status(unit((30, False), (5, True))) is UnitStatus.ACTIVE
    assert status(unit((91, False))) is UnitStatus.UNVERIFIED


def test_two_visits_on_one_day_the_later_entry_wins():
    assert status(unit((5, True), (5, False))) is UnitStatus.NOT_OPERATING
    assert status(unit((5, False), (5, True))) is UnitStatus.ACTIVE


def test_order_of_entry_of_other_days_does_not_matter():
    assert status(unit((5, False), (30, True))) is UnitStatus.NOT_OPERATING


def test_started_without_any_visit_is_unverified():
    assert status(unit()) is UnitStatus.UNVERIFIED


def test_edges_of_start_and_closing():
    history = unit((10, True), closed=date(2026, 6, 30))
    assert status(history) is UnitStatus.CLOSED
    assert status(history, date(2026, 6, 29)) is UnitStatus.ACTIVE
    assert status(history, STARTED) is UnitStatus.UNVERIFIED
    assert status(history, STARTED - timedelta(days=1)) is UnitStatus.NOT_STARTED


def test_reopening_changes_no_day_before_it():
    closed, reopened = date(2026, 3, 1), date(2026, 5, 1)
    visits = (Visit(date(2026, 2, 20), True), Visit(date(2026, 5, 10), True))
    history = UnitHistory(STARTED, (Closing(closed, reopened),), visits)
    expected = {
        date(2026, 2, 28): UnitStatus.ACTIVE,
        closed: UnitStatus.CLOSED,
        date(2026, 4, 30): UnitStatus.CLOSED,
        reopened: UnitStatus.ACTIVE,
        AS_OF: UnitStatus.ACTIVE,
    }
    assert {day: status(history, day) for day in expected} == expected
    still = UnitHistory(STARTED, (Closing(closed),), visits)
    assert all(status(still, day) is expected[day] for day in expected if day < reopened)
    again = UnitHistory(STARTED, (Closing(closed, reopened), Closing(date(2026, 6, 1))), visits)
    assert [status(again, day) for day in (date(2026, 5, 31), AS_OF)] == [
        UnitStatus.ACTIVE,
        UnitStatus.CLOSED,
    ]


def test_a_later_visit_does_not_change_a_past_figure():
    before = unit((200, True))
    after = unit((200, True), (1, True))
    past = AS_OF - timedelta(days=10)
    assert status(before, past) is status(after, past) is UnitStatus.UNVERIFIED
    assert status(after) is UnitStatus.ACTIVE


def test_no_unit_gives_no_rate_and_not_zero():
    assert active_unit_rate([], AS_OF, 90).percent is None
    assert active_unit_rate([unit(started=None)], AS_OF, 90).percent is None


def test_half_up():
    # 1 of 800 is 0.125 %: half-even and binary floats would give 0.12.
    assert percentage(1, 800) == Decimal("0.13")


def test_term_must_be_positive():
    with pytest.raises(ValueError):
        status_as_of(unit(), AS_OF, 0)


def test_net_income_is_exact():
    assert net_income(Decimal("0.3"), Decimal("0.1")) == Decimal("0.2")
    assert net_income(Decimal(100), Decimal(250)) == Decimal(-150)


days = st.dates(date(2020, 1, 1), date(2030, 12, 31))
histories = st.builds(
    UnitHistory,
    st.none() | days,
    st.lists(st.builds(Closing, days, st.none() | days), max_size=3).map(tuple),
    st.lists(st.builds(Visit, days, st.booleans()), max_size=6).map(tuple),
)


@given(st.lists(histories, max_size=20), days, st.integers(1, 400))
def test_every_unit_is_counted_once_and_the_rate_is_a_percentage(units, as_of, term):
    counts = count_by_status(units, as_of, term)
    rate = active_unit_rate(units, as_of, term)
    assert set(counts) == set(UnitStatus) and sum(counts.values()) == len(units)
    assert rate.active <= rate.ever_started <= len(units)
    if rate.percent is not None:
        assert 0 <= rate.percent <= 100
        assert (
            abs(rate.percent * rate.ever_started - 100 * rate.active) <= Decimal("0.005") * rate.ever_started
        )


@given(histories, days, days, st.booleans())
def test_the_future_never_changes_the_past(history, as_of, other, operating):
    later = max(as_of, other) + timedelta(days=1)
    grown = UnitHistory(history.started_on, history.closings, (*history.visits, Visit(later, operating)))
    assert status_as_of(grown, as_of, 90) is status_as_of(history, as_of, 90)


@given(histories, days)
def test_a_started_unit_never_leaves_the_denominator(history, as_of):
    assert (
        active_unit_rate([history], as_of, 90).ever_started
        <= active_unit_rate([history], as_of + timedelta(days=400), 90).ever_started
    )
