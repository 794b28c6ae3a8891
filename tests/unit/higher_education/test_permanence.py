from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_crm.higher_education.domain.periods import Period
from social_crm.higher_education.domain.permanence import (
    PERMANENT,
    Enrolment,
    Level,
    Rules,
    Standing,
    StudentRecord,
    figures,
    standings,
)
from social_crm.higher_education.domain.phases import Phase, PhaseRow

RULES = Rules(leave_semesters=2, enrolment_closes_after_days=90)
U, LAW, ART = "University", "Law", "Art"


def enrolment(period: str, institution: str = U, programme: str = LAW, on: date | None = None) -> Enrolment:
    semester = Period.parse(period)
    return Enrolment(semester, on or semester.starts_on.replace(day=20), institution, programme)


def student(
    *enrolments: Enrolment | str, phases: tuple[tuple[Phase, date], ...] = (), name: str = "A"
) -> StudentRecord:
    """A student; phases are given as (phase, first day) and each lasts until the next."""
    rows = []
    for index, (phase, day) in enumerate(phases):
        rows.append(PhaseRow(phase, day, phases[index + 1][1] if index + 1 < len(phases) else None))
    return StudentRecord(
        name, tuple(rows), tuple(enrolment(e) if isinstance(e, str) else e for e in enrolments)
    )


def standing(record: StudentRecord, day: date, level: Level = Level.SYSTEM, rules: Rules = RULES) -> Standing:
    (only,) = standings(record, day, level, rules)
    return only.standing


def test_enrolled_this_semester_is_active():
    assert standing(student("2025-1"), date(2025, 5, 1)) is Standing.ACTIVE


def test_one_semester_away_is_absent_and_two_are_a_dropout():
    record = student("2024-1")
    assert standing(record, date(2024, 9, 28)) is Standing.ACTIVE  # enrolment of 2024-2 is still open
    assert standing(record, date(2024, 9, 29)) is Standing.ABSENT
    assert standing(record, date(2025, 3, 31)) is Standing.ABSENT
    assert standing(record, date(2025, 4, 1)) is Standing.DROPPED_OUT


def test_coming_back_later_changes_nothing_of_the_past():
    gone = student("2024-1")
    back = student("2024-1", enrolment("2026-1", on=date(2026, 1, 15)))
    for day in (date(2024, 10, 1), date(2025, 6, 1), date(2026, 1, 14)):
        assert figures([gone], day, Level.SYSTEM, RULES) == figures([back], day, Level.SYSTEM, RULES)
    assert standing(back, date(2026, 1, 15)) is Standing.ACTIVE


def test_two_semesters_away_that_do_not_follow_each_other_are_no_dropout():
    record = student("2023-1", "2024-1", "2025-1")
    assert standing(record, date(2024, 12, 1)) is Standing.ABSENT
    assert standing(record, date(2025, 6, 1)) is Standing.ACTIVE


def test_graduated_and_expelled_are_never_a_dropout():
    for phase, expected in ((Phase.GRADUATED, Standing.GRADUATED), (Phase.EXPELLED, Standing.EXPELLED)):
        record = student("2023-2", phases=((Phase.ACTIVE, date(2023, 7, 20)), (phase, date(2023, 12, 15))))
        assert standing(record, date(2030, 1, 1)) is expected
        assert standing(record, date(2023, 12, 14)) is Standing.ACTIVE


def leave(start: date, end: date | None = None) -> tuple[tuple[Phase, date], ...]:
    rows = ((Phase.ACTIVE, date(2024, 1, 20)), (Phase.ON_LEAVE, start))
    return (*rows, (Phase.ACTIVE, end)) if end else rows


def test_leave_within_the_rule_is_permanent_and_beyond_it_is_not():
    record = student("2024-1", phases=leave(date(2024, 7, 5)))
    assert standing(record, date(2024, 12, 1)) is Standing.ON_LEAVE
    assert standing(record, date(2025, 6, 1)) is Standing.ON_LEAVE
    assert standing(record, date(2025, 9, 28)) is Standing.ON_LEAVE  # a third semester, not yet judged
    assert standing(record, date(2025, 9, 29)) is Standing.ABSENT
    assert standing(record, date(2026, 4, 1)) is Standing.DROPPED_OUT


def test_leave_that_ended_without_an_enrolment_excuses_only_its_own_semesters():
    record = student("2024-1", phases=leave(date(2024, 7, 5), date(2025, 1, 10)))
    assert standing(record, date(2024, 12, 1)) is Standing.ON_LEAVE
    assert standing(record, date(2025, 2, 1)) is Standing.ACTIVE
    assert standing(record, date(2025, 4, 1)) is Standing.ABSENT
    assert standing(record, date(2025, 9, 29)) is Standing.DROPPED_OUT


def test_the_end_of_a_leave_entered_later_does_not_shorten_it_at_a_past_cut_off():
    open_leave = student("2024-1", phases=leave(date(2024, 7, 5)))
    ended = student("2024-1", phases=leave(date(2024, 7, 5), date(2025, 7, 5)))
    day = date(2025, 6, 1)
    assert figures([open_leave], day, Level.SYSTEM, RULES) == figures([ended], day, Level.SYSTEM, RULES)


def test_leave_after_dropping_out_excuses_nothing():
    record = student("2024-1", phases=leave(date(2025, 5, 1)))
    assert standing(record, date(2025, 6, 1)) is Standing.DROPPED_OUT


def test_leave_in_the_middle_of_an_enrolled_semester():
    record = student("2024-1", phases=leave(date(2024, 3, 1)))
    assert standing(record, date(2024, 5, 1)) is Standing.ON_LEAVE
    assert standing(record, date(2025, 6, 1)) is Standing.ON_LEAVE
    assert standing(record, date(2025, 9, 29)) is Standing.ABSENT


def test_who_withdrew_is_not_active_and_becomes_a_dropout_with_time():
    record = student(
        "2024-1", phases=((Phase.ACTIVE, date(2024, 1, 20)), (Phase.WITHDRAWN, date(2024, 4, 1)))
    )
    assert standing(record, date(2024, 5, 1)) is Standing.WITHDRAWN
    assert standing(record, date(2025, 4, 1)) is Standing.DROPPED_OUT


def test_who_never_enrolled_is_in_neither_rate():
    record = student(phases=((Phase.POTENTIAL, date(2024, 1, 1)), (Phase.WITHDRAWN, date(2024, 5, 1))))
    assert standings(record, date(2026, 1, 1), Level.SYSTEM, RULES) == ()
    assert figures([record], date(2026, 1, 1), Level.SYSTEM, RULES).permanence is None
    future = student(enrolment("2026-1", on=date(2026, 1, 20)))
    assert standings(future, date(2026, 1, 19), Level.SYSTEM, RULES) == ()


def test_a_change_of_programme_is_a_dropout_of_the_programme_alone():
    record = student("2024-1", enrolment("2024-2", programme=ART), enrolment("2025-1", programme=ART))
    day = date(2025, 6, 1)
    assert standing(record, day) is Standing.ACTIVE
    assert standing(record, day, Level.INSTITUTION) is Standing.ACTIVE
    by_programme = {s.key: s.standing for s in standings(record, day, Level.PROGRAMME, RULES)}
    assert by_programme == {(U, ART): Standing.ACTIVE, (U, LAW): Standing.DROPPED_OUT}


def test_a_change_of_institution_is_a_dropout_of_the_institution_but_not_of_the_system():
    record = student("2024-1", *[enrolment(p, "College", LAW) for p in ("2024-2", "2025-1")])
    day = date(2025, 6, 1)
    assert standing(record, day) is Standing.ACTIVE
    by_institution = {s.key: s.standing for s in standings(record, day, Level.INSTITUTION, RULES)}
    assert by_institution == {("College",): Standing.ACTIVE, (U,): Standing.DROPPED_OUT}


def test_graduation_belongs_to_the_programme_of_the_latest_enrolment():
    record = student(
        "2024-1",
        *[enrolment(p, programme=ART) for p in ("2024-2", "2025-1")],
        phases=((Phase.ACTIVE, date(2024, 1, 20)), (Phase.GRADUATED, date(2025, 6, 20))),
    )
    by_programme = {s.key[1]: s.standing for s in standings(record, date(2026, 1, 1), Level.PROGRAMME, RULES)}
    assert by_programme == {ART: Standing.GRADUATED, LAW: Standing.DROPPED_OUT}


def died(*before: tuple[Phase, date], on: date) -> tuple[tuple[Phase, date], ...]:
    return ((Phase.ACTIVE, date(2024, 1, 20)), *before, (Phase.DECEASED, on))


def test_a_death_ends_the_story_on_the_day_before():
    assert (
        standing(student("2024-1", phases=died(on=date(2024, 4, 1))), date(2030, 1, 1)) is Standing.DECEASED
    )
    assert standing(student("2024-1", phases=died(on=date(2024, 4, 1))), date(2024, 3, 31)) is Standing.ACTIVE
    graduate = student("2024-1", phases=died((Phase.GRADUATED, date(2024, 6, 1)), on=date(2025, 1, 1)))
    assert standing(graduate, date(2030, 1, 1)) is Standing.GRADUATED
    dropout = student("2024-1", phases=died(on=date(2025, 5, 1)))
    assert standing(dropout, date(2030, 1, 1)) is Standing.DROPPED_OUT
    same_day = student(enrolment("2024-1", on=date(2024, 2, 1)), phases=died(on=date(2024, 2, 1)))
    assert standing(same_day, date(2030, 1, 1)) is Standing.DECEASED


@pytest.mark.parametrize(("leave_out", "expected"), [(False, "50.00"), (True, "66.67")])
def test_the_deceased_and_the_denominator(leave_out, expected):
    people = [
        student("2025-1"),
        student("2025-1"),
        student("2023-1"),
        student("2025-1", phases=((Phase.ACTIVE, date(2025, 1, 20)), (Phase.DECEASED, date(2025, 3, 1)))),
    ]
    rules = Rules(deceased_leave_denominator=leave_out)
    result = figures(people, date(2025, 6, 1), Level.SYSTEM, rules)
    assert result.permanence == Decimal(expected)
    assert result.counts[Standing.DECEASED] == 1


def test_golden_figures_of_a_fund():
    active = [student("2025-1")] * 80
    on_leave = [student("2024-1", phases=leave(date(2024, 7, 5)))] * 4
    graduated = [
        student("2023-1", phases=((Phase.ACTIVE, date(2023, 1, 20)), (Phase.GRADUATED, date(2024, 12, 1))))
    ] * 8
    absent = [student("2024-2")] * 3
    dropped = [student("2023-1")] * 5
    never = [student(phases=((Phase.APPLIED, date(2024, 1, 1)),))] * 40
    result = figures(
        [*active, *on_leave, *graduated, *absent, *dropped, *never], date(2025, 6, 1), Level.SYSTEM, RULES
    )
    assert (result.ever_enrolled, result.permanence, result.dropout) == (
        100,
        Decimal("92.00"),
        Decimal("5.00"),
    )
    assert result.permanence + result.dropout != 100


periods = st.integers(Period(2018, 1).ordinal, Period(2027, 2).ordinal).map(Period.from_ordinal)
enrolments = st.builds(
    lambda period, late, institution, programme: Enrolment(
        period, date.fromordinal(period.starts_on.toordinal() + late), institution, programme
    ),
    periods,
    st.integers(-30, 120),
    st.sampled_from(["U", "V"]),
    st.sampled_from(["Law", "Art"]),
)


@st.composite
def records(draw) -> StudentRecord:
    days = sorted(draw(st.lists(st.dates(date(2018, 1, 1), date(2027, 12, 31)), max_size=6, unique=True)))
    phases = [draw(st.sampled_from([p for p in Phase if p is not Phase.DECEASED])) for _ in days]
    if days and draw(st.booleans()):
        phases[-1] = Phase.DECEASED
    return student(*draw(st.lists(enrolments, max_size=8)), phases=tuple(zip(phases, days, strict=True)))


cut_offs = st.dates(date(2018, 1, 1), date(2029, 12, 31))


@given(st.lists(records(), max_size=8), cut_offs, st.sampled_from(Level), st.booleans())
def test_counts_and_rates_agree(people, cut_off, level, leave_out):
    result = figures(people, cut_off, level, Rules(deceased_leave_denominator=leave_out))
    total = sum(result.counts.values())
    assert result.ever_enrolled == total - (result.counts[Standing.DECEASED] if leave_out else 0)
    if result.ever_enrolled:
        permanent = sum(result.counts[s] for s in PERMANENT)
        assert (
            abs(result.permanence * result.ever_enrolled - 100 * permanent)
            <= Decimal("0.005") * result.ever_enrolled
        )
        assert result.permanence + result.dropout <= Decimal("100.01")
    else:
        assert result.permanence is None and result.dropout is None


@given(records(), enrolments, cut_offs, st.sampled_from(Level))
def test_an_enrolment_after_the_cut_off_changes_nothing(record, added, cut_off, level):
    grown = StudentRecord(record.student, record.phases, (*record.enrolments, added))
    if added.enrolled_on > cut_off:
        assert standings(grown, cut_off, level, RULES) == standings(record, cut_off, level, RULES)


@given(records(), cut_offs, st.sampled_from(Level))
def test_phases_after_the_cut_off_change_nothing(record, cut_off, level):
    kept = [row for row in record.phases if row.from_date <= cut_off]
    if kept:
        last = kept[-1]
        kept[-1] = PhaseRow(
            last.phase, last.from_date, None if last.to_date and last.to_date > cut_off else last.to_date
        )
    cut = StudentRecord(record.student, tuple(kept), record.enrolments)
    assert standings(cut, cut_off, level, RULES) == standings(record, cut_off, level, RULES)


@given(records(), cut_offs)
def test_nobody_drops_out_of_a_level_without_dropping_out_of_the_finer_one(record, cut_off):
    """A dropout of the whole system has left every institution and every programme; the reverse need not hold."""
    wide = standings(record, cut_off, Level.SYSTEM, RULES)
    fine = standings(record, cut_off, Level.PROGRAMME, RULES)
    assert bool(wide) is bool(fine)
    if wide and wide[0].standing is Standing.DROPPED_OUT:
        assert all(study.standing is Standing.DROPPED_OUT for study in fine)
