"""Names, identity documents, ages, vulnerability and map points."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_crm.social_crm.domain import ages, geography, identity, names, vulnerability

D = date(2024, 3, 15)


def test_search_key_drops_accents_case_and_marks():
    assert (
        names.search_key("  María  José", None, "NÚÑEZ", "Güerrero-Peña") == "maria jose nunez guerrero pena"
    )
    assert names.search_key("") == ""


def test_composed_and_decomposed_accents_give_one_key():
    assert names.search_key("José") == names.search_key("José") == "jose"
    assert names.tidy("José") == "José"


@given(st.text(max_size=40))
def test_search_key_is_idempotent_and_plain(text):
    key = names.search_key(text)
    assert names.search_key(key) == key
    assert set(key) <= set("abcdefghijklmnopqrstuvwxyz0123456789 ")
    assert "  " not in key


def test_full_name_leaves_no_holes():
    assert names.full_name("Ana", "", None, "  de   la Hoz ") == "Ana de la Hoz"


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("MARÍA DE LA HOZ", "María de la Hoz"),
        ("jose-luis", "Jose-Luis"),
        ("DE LA CRUZ", "De la Cruz"),
        ("McGregor", "McGregor"),
        ("  ana ", "Ana"),
    ],
)
def test_proper_capitals(typed, written):
    assert names.proper(typed) == written


def test_rc_ti_and_cc_share_one_number_space():
    keys = {identity.identity_key(kind, "1.118.805.123") for kind in ("RC", "TI", "CC")}
    assert keys == {"NUIP:1118805123"}


def test_other_types_have_a_space_of_their_own():
    keys = {identity.identity_key(kind, "1118805123") for kind in ("CC", "CE", "PPT", "PA")}
    assert len(keys) == 4


@pytest.mark.parametrize(
    "raw", ["52.345.678", "52345678", 52345678, "52345678.0", " 52 345 678 ", "52,345,678", "52345678,00"]
)
def test_one_number_however_it_was_typed(raw):
    assert identity.check("CC", raw) == "52345678"


def test_grouped_thousands_are_no_decimals():
    assert identity.check("CC", "52.000") == "52000"
    assert identity.check("CC", "5.200.000") == "5200000"


def test_leading_zeros_stay_on_the_document_but_not_in_the_key():
    assert identity.check("TI", "00010512345") == "00010512345"
    assert identity.identity_key("TI", "00010512345") == identity.identity_key("TI", "10512345")


def test_old_civil_registries_and_passports_carry_letters():
    assert identity.identity_key("RC", "v2a-0253311") == "NUIP:V2A0253311"
    assert identity.identity_key("PA", "AO 123456") == "PA:AO123456"


@pytest.mark.parametrize(
    ("kind", "number", "code"),
    [
        ("CC", "", "empty"),
        ("CC", None, "empty"),
        ("CC", "12A45678", "letters"),
        ("CC", "12", "length"),
        ("CC", "12345678901", "length"),
        ("CC", "00000", "zeros"),
        ("NIT", "123", "unknown_type"),
    ],
)
def test_documents_that_are_refused(kind, number, code):
    with pytest.raises(identity.DocumentError) as error:
        identity.identity_key(kind, number)
    assert error.value.code == code


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("C.C.", "CC"),
        ("Cédula de Ciudadanía", "CC"),
        ("tarjeta de identidad", "TI"),
        ("Reg. Civil", None),
        ("Pasaporte", "PA"),
    ],
)
def test_what_people_call_documents(text, kind):
    assert identity.document_type(text) == kind


def test_only_the_first_row_of_a_key_carries_the_unique_value():
    assert identity.first_of_each(["NUIP:1", "CE:9", "NUIP:1"]) == [True, True, False]


def test_ages_and_majority():
    assert ages.age_on(date(2006, 3, 16), D) == 17
    assert ages.is_minor(date(2006, 3, 16), D)
    assert not ages.is_minor(date(2006, 3, 15), D)
    assert ages.age_on(date(2004, 2, 29), date(2025, 2, 28)) == 20
    with pytest.raises(ValueError, match="before the birth"):
        ages.age_on(D, date(2024, 3, 14))


def test_vulnerability_holds_until_the_day_before_its_end():
    row = vulnerability.Vulnerability("Widowhood", None, D, date(2024, 4, 1))
    assert vulnerability.active_on([row], date(2024, 3, 31)) == (row,)
    assert vulnerability.active_on([row], date(2024, 4, 1)) == ()


def test_vulnerability_rows_that_contradict_themselves():
    V = vulnerability.Vulnerability
    vulnerability.check([V("A", None, D, date(2024, 4, 1)), V("A", None, date(2024, 4, 1)), V("A", "P", D)])
    with pytest.raises(vulnerability.VulnerabilityError) as error:
        vulnerability.check([V("A", None, D), V("A", None, date(2024, 6, 1))])
    assert (error.value.code, error.value.row) == ("overlap", 1)
    with pytest.raises(vulnerability.VulnerabilityError) as error:
        vulnerability.check([V("A", None, D, D)])
    assert error.value.code == "dates"


@given(st.floats(-90, 90).filter(bool), st.floats(-180, 180).filter(bool))
def test_a_point_survives_the_map(latitude, longitude):
    place = geography.point(latitude, longitude)
    assert geography.from_geojson(geography.to_geojson(place)) == place


def test_what_was_changed_wins_between_numbers_and_map():
    old, moved = geography.point(11.5, -72.9), geography.point(11.6, -72.8)
    assert geography.reconcile(moved, old, old, old) == moved
    assert geography.reconcile(old, old, moved, old) == moved
    assert geography.reconcile(old, old, None, old) is None
    assert geography.reconcile(None, None, moved, None) == moved


@pytest.mark.parametrize(
    ("latitude", "longitude", "code"), [(91, 1, "latitude"), (1, 181, "longitude"), (11.5, 0, "half")]
)
def test_points_that_are_no_place(latitude, longitude, code):
    with pytest.raises(geography.GeographyError) as error:
        geography.point(latitude, longitude)
    assert error.value.code == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        None,
        "[]",
        "nonsense",
        '{"features": []}',
        '{"features": [{"geometry": {"type": "Point", "coordinates": []}}]}',
    ],
)
def test_maps_without_a_point(text):
    assert geography.from_geojson(text) is None
