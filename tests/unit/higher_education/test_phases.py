import itertools
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_crm.higher_education.domain.phases import (
    MOVES,
    Phase,
    PhaseError,
    allowed_moves,
    apply_move,
    begin,
    has_enrolled,
    phase_as_of,
    undo_last,
    with_death,
)

D = date


def road(*steps: tuple[str, date]):
    rows = begin(Phase.POTENTIAL, D(2024, 1, 10))
    for action, day in steps:
        rows = apply_move(rows, action, day, "a reason")
    return rows


GOLDEN = (
    ("Promote", D(2024, 3, 1)),
    ("Guide", D(2024, 5, 1)),
    ("Apply for Admission", D(2024, 10, 1)),
    ("Admit", D(2024, 12, 1)),
    ("Enrol", D(2025, 1, 20)),
    ("Start Studies", D(2025, 2, 3)),
    ("Take Leave", D(2025, 8, 1)),
    ("Return", D(2026, 1, 25)),
    ("Graduate", D(2029, 12, 10)),
)


def test_the_whole_road_and_the_phase_of_each_day():
    rows = road(*GOLDEN)
    assert phase_as_of(rows, D(2024, 1, 9)) is None
    assert phase_as_of(rows, D(2024, 2, 29)) is Phase.POTENTIAL
    assert phase_as_of(rows, D(2024, 3, 1)) is Phase.PROMOTED
    assert phase_as_of(rows, D(2025, 2, 2)) is Phase.ENROLLED
    assert phase_as_of(rows, D(2025, 12, 31)) is Phase.ON_LEAVE
    assert phase_as_of(rows, D(2026, 1, 25)) is Phase.ACTIVE
    assert phase_as_of(rows, D(2099, 1, 1)) is Phase.GRADUATED


def test_a_recorded_death_ends_the_road_without_an_action():
    rows = road(*GOLDEN[:6])
    died = D(2025, 6, 3)
    ended = with_death(rows, died)
    assert phase_as_of(ended, D(2025, 6, 2)) is Phase.ACTIVE
    assert phase_as_of(ended, died) is phase_as_of(ended, D(2030, 1, 1)) is Phase.DECEASED
    assert with_death(rows, None) == rows
    # What was entered for later days did not happen, and the recorded day counts before that of a later action.
    late = apply_move(apply_move(rows, "Take Leave", D(2025, 8, 1), "x"), "Record Death", D(2025, 9, 1), "x")
    assert with_death(late, died) == ended
    assert with_death(apply_move(rows, "Record Death", D(2025, 5, 1), "x"), died)[-1].from_date == D(
        2025, 5, 1
    )
    assert with_death(rows, D(2023, 1, 1)) == ()


def code_of(callable_, *arguments) -> str:
    with pytest.raises(PhaseError) as caught:
        callable_(*arguments)
    return caught.value.code


def test_refusals_say_which_rule():
    rows = road()
    assert code_of(apply_move, rows, "Graduate", D(2024, 2, 1)) == "not_allowed"
    assert code_of(apply_move, rows, "Fly", D(2024, 2, 1)) == "unknown"
    assert code_of(apply_move, rows, "Promote", D(2024, 1, 9)) == "too_early"
    assert code_of(apply_move, rows, "Withdraw", D(2024, 2, 1), "  ") == "reason"
    assert code_of(apply_move, (), "Promote", D(2024, 2, 1)) == "empty"
    assert code_of(undo_last, rows) == "first"


def test_the_day_of_the_present_phase_is_early_enough():
    assert apply_move(road(), "Promote", D(2024, 1, 10))[-1].phase is Phase.PROMOTED


def test_who_never_enrolled_does_not_return_and_who_did_does_not_begin_anew():
    never = road(("Withdraw", D(2024, 2, 1)))
    names = [move.action for move in allowed_moves(Phase.WITHDRAWN, has_enrolled(never))]
    assert names == ["Take Up Again", "Record Death"]
    studied = road(*GOLDEN[:6], ("Withdraw", D(2025, 6, 1)))
    names = [move.action for move in allowed_moves(Phase.WITHDRAWN, has_enrolled(studied))]
    assert names == ["Return", "Record Dropout", "Record Death"]


def test_nothing_follows_a_death_and_only_death_follows_a_graduation():
    assert allowed_moves(Phase.DECEASED) == ()
    assert [move.action for move in allowed_moves(Phase.GRADUATED)] == ["Record Death"]


def test_undo_gives_back_exactly_what_was():
    rows = road(*GOLDEN[:5])
    assert undo_last(apply_move(rows, "Start Studies", D(2025, 2, 3))) == rows


def test_every_phase_but_the_first_is_reached_by_some_action():
    assert {move.target for move in MOVES} == set(Phase)


@given(
    st.lists(st.tuples(st.sampled_from([m.action for m in MOVES]), st.integers(0, 120)), max_size=25),
    st.data(),
)
def test_every_road_has_exactly_one_phase_on_every_day(steps, data):
    rows = begin(Phase.POTENTIAL, D(2020, 1, 1))
    for action, gap in steps:
        day = date.fromordinal(rows[-1].from_date.toordinal() + gap)
        try:
            rows = apply_move(rows, action, day, "a reason")
        except PhaseError as error:
            assert error.code == "not_allowed"
    assert rows[-1].to_date is None
    for earlier, later in itertools.pairwise(rows):
        assert earlier.to_date == later.from_date >= earlier.from_date
    day = data.draw(st.dates(D(2020, 1, 1), D(2040, 1, 1)))
    holding = [row for row in rows if row.from_date <= day and (row.to_date is None or day < row.to_date)]
    assert len(holding) == 1 and phase_as_of(rows, day) is holding[0].phase
