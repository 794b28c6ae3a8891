import time
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from social_crm.social_crm.domain.census_blocking import Index, match_site, match_within
from social_crm.social_crm.domain.census_matching import Known, compare, fold_name

GIVEN = [
    "María",
    "José",
    "Ana",
    "Luis",
    "Yesid",
    "Carmen",
    "Ángela",
    "Camilo",
    "Núbia",
    "Duván",
    "Óscar",
    "Beatriz",
]
SURNAMES = [
    "Pérez",
    "Gómez",
    "Núñez",
    "Oñate",
    "Mejía",
    "Ariza",
    "Solano",
    "Uriana",
    "Brito",
    "Cotes",
    "Epiayú",
]
persons = st.builds(
    lambda g, s, n, b: (g, s, n, b),
    st.lists(st.sampled_from(GIVEN), min_size=2, max_size=2, unique=True),
    st.lists(st.sampled_from(SURNAMES), min_size=2, max_size=2, unique=True),
    st.integers(10_000_000, 1_999_999_999),
    st.dates(date(1930, 1, 1), date(2024, 12, 31)),
)


def known(given_names, surnames, number="", birth=None, ref="x", **more):
    return Known(
        ref,
        " ".join(map(fold_name, given_names)),
        " ".join(map(fold_name, surnames)),
        f"NUIP:{number}" if number else "",
        birth,
        **more,
    )


def found(a, b):
    return match_site(Index([a]), [b]).get(0)


@given(persons)
def test_accents_and_capitals_do_not_hide_a_person(p):
    given_names, surnames, _, birth = p
    plain = known(
        [fold_name(g).upper() for g in given_names], [fold_name(s).upper() for s in surnames], "", birth
    )
    match = found(plain, known(given_names, surnames, "", birth))
    assert match and match.likeness.is_likely and "same_name" in match.likeness.reasons


@given(persons)
def test_swapped_surnames_do_not_hide_a_person(p):
    given_names, surnames, number, birth = p
    match = found(known(given_names, surnames[::-1], "", birth), known(given_names, surnames, number, birth))
    assert match and match.likeness.is_likely and "swapped_surnames" in match.likeness.reasons


@given(persons, st.data())
def test_one_slip_in_the_number_does_not_hide_a_person(p, data):
    given_names, surnames, number, birth = p
    text = str(number)
    at = data.draw(st.integers(0, len(text) - 2))
    slips = {
        text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1 :]: "number_one_digit",
        text[:at] + text[at + 1 :]: "number_digit_missing",
    }
    if text[at] != text[at + 1]:
        slips[text[:at] + text[at + 1] + text[at] + text[at + 2 :]] = "number_transposed"
    for slip, finding in slips.items():
        for day in (birth, None):
            match = found(known(given_names, surnames, slip, day), known(given_names, surnames, text, birth))
            assert match and match.likeness.is_likely
            assert finding in match.likeness.reasons


@given(persons, persons)
def test_comparing_is_symmetric_and_bounded(p, q):
    a, b = known(*p), known(*q)
    one, two = compare(a, b), compare(b, a)
    assert (one.score, set(one.reasons), one.certain, one.conflict) == (
        two.score,
        set(two.reasons),
        two.certain,
        two.conflict,
    )
    assert 0 <= one.score <= 100


@given(persons)
def test_a_person_is_certainly_itself_with_the_same_document(p):
    likeness = compare(known(*p), known(*p))
    assert likeness.certain and likeness.score == 100


def test_the_same_document_under_another_name_is_a_conflict():
    likeness = compare(known(["Ana"], ["Pérez"], "1065842311"), known(["Wilson"], ["Uriana"], "1065842311"))
    assert likeness.conflict and not likeness.certain


@pytest.mark.parametrize(
    ("a", "b"),
    [
        # Twins: consecutive numbers, the same day, the same surnames.
        (
            known(["Juan", "José"], ["Pérez", "Díaz"], "1065842311", date(2010, 1, 5)),
            known(["Juan", "Carlos"], ["Pérez", "Díaz"], "1065842312", date(2010, 1, 5)),
        ),
        # Father and son of one name.
        (
            known(["Luis"], ["Mejía", "Brito"], "12345678", date(1950, 1, 5)),
            known(["Luis"], ["Mejía", "Brito"], "77654321", date(1980, 3, 9)),
        ),
        # Brother and sister with names one letter apart.
        (
            known(["Juan"], ["Pérez", "Díaz"], "", date(2010, 1, 5), sex="Male"),
            known(["Juana"], ["Pérez", "Díaz"], "", date(2010, 1, 5), sex="Female"),
        ),
        (known(["Ana"], ["Pérez"]), known(["Ana"], ["Pérez"])),
    ],
)
def test_these_are_not_asked_about(a, b):
    assert not compare(a, b).is_likely


def test_a_name_that_sounds_alike_with_the_same_birth_is_asked_about():
    a = known(["Yesica", "Valentina"], ["Vásquez", "Ceballos"], "", date(2001, 5, 6))
    b = known(["Jesica", "Balentina"], ["Básques", "Sevallos"], "", date(2001, 5, 6))
    assert compare(a, b).is_likely and found(a, b)


def test_a_row_is_matched_with_the_first_of_its_kind_in_the_file():
    p = (["Ana", "María"], ["Pérez", "Gómez"], "1065842311", date(1990, 1, 1))
    matches = match_within(Index([known(*p), known(*p), known(*p)]))
    assert {later: earlier for later, (earlier, _) in matches.items()} == {1: 0, 2: 0}


def crowd(size, start, births_from):
    return [
        known(
            [GIVEN[i % 12], GIVEN[(i // 12) % 12]],
            [SURNAMES[(i // 144) % 11], SURNAMES[(i // 1584) % 11]],
            str(start + i * 7),
            births_from + timedelta(days=(i * 37) % 25_000),
            ref=str(i),
        )
        for i in range(size)
    ]


@settings(max_examples=1, deadline=None)
@given(st.just(0))
def test_matching_grows_with_the_sum_and_not_with_the_product(_):
    """Twice the rows against twice the persons cost about twice as much, not four times."""

    def seconds(rows, people):
        file, site = crowd(rows, 50_000_000, date(1950, 1, 3)), crowd(people, 900_000_000, date(1951, 2, 1))
        match_site(Index(file), site)  # once to fill the caches
        begun = time.process_time()
        match_site(Index(file), site)
        return time.process_time() - begun

    small, large = seconds(500, 4000), seconds(2000, 16000)
    assert large < small * 4 * 2.2
