from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_crm.social_crm.domain.census_dates import birth_from_age, read_date
from social_crm.social_crm.domain.census_text import clean, fold
from social_crm.social_crm.domain.census_values import (
    read_age,
    read_document,
    read_option,
    read_phone,
    sex_vocabulary,
)
from social_crm.social_crm.domain.census_vocabulary import DOCUMENT_TYPES, ETHNICITY, KINSHIP, MONTHS

TODAY = date(2026, 11, 22)
DAYS = st.dates(date(1901, 1, 1), TODAY)
SPANISH = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
]


@given(DAYS)
def test_every_form_of_a_date_reads_as_that_date(day):
    month = SPANISH[day.month - 1]
    forms = [
        day,
        datetime(day.year, day.month, day.day, 5, 30),
        day.isoformat(),
        f"{day:%d/%m/%Y}",
        f"{day.day}-{day.month}-{day.year}",
        f"{day:%d.%m.%Y}",
        f" {day.day} de {month} de {day.year} ",
        f"{month.upper()} {day.day} DE {day.year}",
        f"{day.day}/{month[:3]}/{day.year}",
        f"{day:%Y%m%d}",
        f"{day:%Y-%m-%d} 00:00:00",
    ]
    serial = (day - date(1899, 12, 30)).days
    forms += [serial, float(serial), str(serial)] if serial >= 367 and not 1900 <= serial <= 2099 else []
    assert {read_date(form, TODAY).value for form in forms} == {day}


@given(st.dates(TODAY + timedelta(days=1), date(2090, 1, 1)))
def test_a_date_after_the_registration_is_refused_with_its_reason(day):
    found = read_date(f"{day:%d/%m/%Y}", TODAY)
    assert (found.value, found.problem) == (None, "future")


@given(st.text(max_size=30))
def test_reading_a_date_never_raises_and_never_answers_beyond_its_bounds(text):
    found = read_date(text, TODAY)
    assert found.value is None or date(1900, 1, 1) <= found.value <= TODAY
    assert found.value is None or not found.problem


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("31/02/1980", "impossible"),
        ("03/25/1980", "month"),
        ("ayer", "unreadable"),
        ("12/03/1850", "too_old"),
    ],
)
def test_a_wrong_date_says_what_is_wrong(text, problem):
    assert read_date(text, TODAY).problem == problem


def test_two_figures_of_a_year_never_lie_in_the_future():
    assert read_date("12/03/26", TODAY).value == date(2026, 3, 12)
    assert read_date("12/12/26", TODAY).value == date(1926, 12, 12)
    assert read_date("12-mar-80", TODAY).year_assumed


def test_only_a_year_is_an_estimate():
    found = read_date("1980", TODAY)
    assert (found.value, found.estimated) == (date(1980, 7, 1), True)


@given(st.integers(0, 120))
def test_an_estimated_birth_gives_back_the_age(age):
    born = birth_from_age(age, TODAY)
    years = TODAY.year - born.year - ((TODAY.month, TODAY.day) < (born.month, born.day))
    assert years == age


@given(st.integers(100_000, 9_999_999_999))
def test_a_number_reads_the_same_however_it_is_punctuated(number):
    plain = str(number)
    grouped = f"{number:,}".replace(",", ".")
    for form in (
        number,
        float(number),
        plain,
        grouped,
        f" {grouped} ",
        f"CC {grouped}",
        f"C.C. {plain}",
        f"{number:,}",
    ):
        found = read_document("CC", form, 40)
        assert (found.document_type, found.number, found.problem) == ("CC", plain, "")


def test_a_number_that_a_spreadsheet_shortened_is_refused():
    assert read_document("CC", "1,06584E+09", 40).problem == "scientific"


def test_a_missing_type_follows_from_the_age():
    kinds = [read_document("", "1065842311", age).document_type for age in (3, 12, 18, None)]
    assert kinds == ["RC", "TI", "CC", "CC"]


@pytest.mark.parametrize("text", ["no tiene", "Sin documento", "N/A", "indocumentado", "SD"])
def test_words_for_no_document(text):
    assert read_document("", text, 3).none


def test_h_and_m_are_men_and_women_while_m_and_f_are_men_and_women_too():
    assert read_option("M", sex_vocabulary(["H", "M"])) == "Female"
    assert read_option("M", sex_vocabulary(["F", "M"])) == "Male"


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("Jefe(a) de hogar", "Head"),
        ("CÓNYUGE", "Spouse or Partner"),
        ("Compañera permanente", "Spouse or Partner"),
        ("hijio", "Child"),
        ("Hijastra", "Stepchild"),
        ("suegra", "Parent-in-law"),
        ("sobrino", "Other Relative"),
        ("astronauta", None),
        ("", ""),
    ],
)
def test_kinship(text, meaning):
    assert read_option(text, KINSHIP) == meaning


def test_one_word_has_one_meaning_in_each_vocabulary():
    for vocabulary in (KINSHIP, DOCUMENT_TYPES, ETHNICITY, MONTHS):
        assert all(word == fold(word) for word in vocabulary)


@given(st.text(max_size=40))
def test_folding_and_cleaning_are_settled_after_one_pass(text):
    assert fold(fold(text)) == fold(text)
    assert clean(clean(text)) == clean(text)


def test_ages_and_telephones():
    assert [read_age(v) for v in ("34", 34.0, "34 años", "8 meses", "200", "x")] == [
        34,
        34,
        34,
        0,
        None,
        None,
    ]
    assert read_phone("310 555 12 34 / 605 123") == "3105551234"
    assert read_phone(3105551234.0) == "3105551234"
    assert read_phone("no tiene") == ""
