import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_crm.social_crm.domain.census_names import (
    column_has_surnames_first,
    name_units,
    split_full_name,
    split_pair,
)
from social_crm.social_crm.domain.census_text import clean


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("María José Pérez Gómez", ("María", "José", "Pérez", "Gómez")),
        ("Juan Carlos Pérez", ("Juan", "Carlos", "Pérez", "")),
        ("Juan Pérez Gómez", ("Juan", "", "Pérez", "Gómez")),
        ("Ana del Carmen de la Hoz Martínez", ("Ana", "del Carmen", "de la Hoz", "Martínez")),
        ("LUZ MARINA DE LA CRUZ DEL VALLE", ("Luz", "Marina", "De la Cruz", "Del Valle")),
        ("Pérez Gómez, María José", ("María", "José", "Pérez", "Gómez")),
        ("Ana Pérez", ("Ana", "", "Pérez", "")),
        ("José", ("José", "", "", "")),
        ("", ("", "", "", "")),
    ],
)
def test_splitting(text, parts):
    name = split_full_name(text)
    assert (name.first_name, name.middle_name, name.first_surname, name.second_surname) == parts


def test_surnames_first():
    name = split_full_name("PÉREZ DE LA HOZ MARÍA JOSÉ", surnames_first=True)
    assert (name.first_name, name.middle_name, name.first_surname, name.second_surname) == (
        "María",
        "José",
        "Pérez",
        "De la Hoz",
    )


def test_the_order_of_a_column_is_recognised():
    assert column_has_surnames_first(["PEREZ GOMEZ MARIA JOSE", "MEJIA DIAZ JUAN", "OÑATE RUIZ LUIS CARLOS"])
    assert not column_has_surnames_first(
        ["MARIA JOSE PEREZ GOMEZ", "JUAN MEJIA DIAZ", "LUIS CARLOS OÑATE RUIZ"]
    )


@given(st.lists(st.sampled_from(["Ana", "de", "la", "Pérez", "del", "Río", "Núñez", "y"]), max_size=9))
def test_no_word_of_a_name_is_lost(words):
    text = " ".join(words)
    assert " ".join(name_units(text)).split() == clean(text).split()
    assert sorted(split_full_name(text).full.lower().split()) == sorted(text.lower().split())
    assert " ".join(split_pair(text)).lower().split() == text.lower().split()
