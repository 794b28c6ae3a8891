"""From rows to what is to happen with them: households whole, duplicates found, the same file twice creates nothing."""

import json
import unicodedata
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from social_crm.demo.messy_census import messy_census
from social_crm.social_crm.domain import census_plan as plans
from social_crm.social_crm.domain.census_fingerprint import fingerprints
from social_crm.social_crm.domain.census_headers import suggest
from social_crm.social_crm.domain.census_matching import Known
from social_crm.social_crm.domain.census_plan import Existing, Site, known_from_row, plan
from social_crm.social_crm.domain.census_rows import PersonRow, Reading, RowInput, person_from_dict, read_row
from social_crm.social_crm.domain.census_sheet import Sheet, body, find_header
from social_crm.social_crm.domain.census_text import safe_cell, without_apostrophe

ON = date(2026, 1, 15)


def person(number, kinship="Head", household="1", first="Ana", second="Pérez", document="", **more):
    values = {
        "number": number,
        "first_name": first,
        "first_surname": second,
        "household": household,
        "kinship": kinship,
        "community": "El Prado",
    }
    if document:
        values |= {"document_type": "CC", "document_number": document}
    return PersonRow(**{**values, **more})


def results(outcomes):
    return {outcome.row.number: outcome.result for outcome in outcomes}


def codes(outcomes, number):
    return [reason.code for o in outcomes if o.row.number == number for reason in o.reasons]


def read_all(census):
    sheet = Sheet("Censo", census.lines)
    header = find_header(sheet)
    rows, _ = body(sheet, header, {s.index: s.field for s in suggest(header.columns)})
    reading = Reading(on=ON, community="El Prado", no_document_reason="El censo no trae documento")
    return [read_row(row, reading) for row in rows]


@settings(max_examples=12, deadline=None)
@given(st.integers(1, 900), st.integers(1, 10_000))
def test_a_messy_census_comes_out_exactly_as_its_truth_says(rows, seed):
    census = messy_census(rows, seed)
    outcomes = plan(read_all(census), Site())
    counted = Counter(outcome.result for outcome in outcomes)
    truth = census.truth
    assert (
        len(outcomes),
        counted[plans.READY],
        counted[plans.DUPLICATE],
        counted[plans.TO_DECIDE],
        counted[plans.REJECTED],
    ) == (
        truth.rows,
        truth.created,
        truth.duplicates,
        truth.to_decide,
        truth.rejected,
    )
    assert len({o.household for o in outcomes if o.result == plans.READY}) == truth.households


def test_the_same_file_again_in_another_order_creates_nothing():
    census = messy_census(400, 3)
    first = plan(read_all(census), Site())
    loaded = {
        o.fingerprint: Existing("BEN-1", "FAM-1") for o in first if o.result in (plans.READY, plans.DUPLICATE)
    }
    persons = [
        replace(known_from_row(o.row), ref=f"BEN-{o.row.number}") for o in first if o.result == plans.READY
    ]
    again = plan(read_all(census.shuffled()), Site(persons=persons, loaded=loaded))
    counted = Counter(outcome.result for outcome in again)
    assert counted[plans.READY] == 0
    assert counted[plans.SKIPPED] == census.truth.created + census.truth.duplicates


def test_fingerprints_forgive_format_and_occupation_but_not_identity():
    row = person(1, document="1065842311", birth_date=date(1980, 1, 1))
    same = replace(
        row, number=9, first_name="ANÁ", document_type="TI", occupation="Agricultora", phone="3105551234"
    )
    assert fingerprints([row]) == fingerprints([same])
    for other in (
        replace(row, first_surname="Gómez"),
        replace(row, birth_date=date(1980, 1, 2)),
        replace(row, household="2"),
    ):
        assert fingerprints([row]) != fingerprints([other])
    assert len(set(fingerprints([row, row]))) == 2


def test_one_rejected_row_holds_its_household_back_and_no_other():
    rows = [
        person(2),
        person(3, "Child", first="Luis", problems=(plans.error("name_missing"),)),
        person(4, household="2", second="Ruiz"),
    ]
    outcomes = plan(rows, Site())
    assert results(outcomes) == {2: plans.REJECTED, 3: plans.REJECTED, 4: plans.READY}
    assert codes(outcomes, 2) == ["household_held"]


def test_households_need_exactly_one_head():
    none = plan([person(2, "Child"), person(3, "Spouse or Partner", first="Eva")], Site())
    assert set(results(none).values()) == {plans.REJECTED} and "no_head" in codes(none, 2)
    two = plan([person(2), person(3, first="Eva", second="Ruiz")], Site())
    assert "two_heads" in codes(two, 3) and results(two)[2] == plans.REJECTED


def test_rows_under_a_head_are_a_household_when_there_is_no_code():
    rows = [
        person(2, household=""),
        person(3, "Child", "", "Luis"),
        person(4, household="", first="Eva", second="Ruiz"),
    ]
    assert [o.household for o in plan(rows, Site())] == [1, 1, 2]


def test_a_number_used_under_two_names_rejects_both():
    rows = [
        person(2, document="1065842311"),
        person(3, household="2", first="Wilson", second="Uriana", document="1065842311"),
    ]
    outcomes = plan(rows, Site())
    assert set(results(outcomes).values()) == {plans.REJECTED}
    assert codes(outcomes, 2) == codes(outcomes, 3) == ["document_twice"]


def known(ref="BEN-000007", visible=True, family="FAM-00003", **more):
    values = {"given": "ana", "surnames": "perez", "identity": "NUIP:1065842311", "community": "El Prado"}
    return Known(ref, **{**values, **more}, family=family, visible=visible)


def test_whoever_is_registered_is_not_created_and_the_household_joins_the_family():
    rows = [person(2, document="1065842311"), person(3, "Child", first="Luis")]
    outcomes = plan(rows, Site(persons=[known()]))
    assert results(outcomes) == {2: plans.DUPLICATE, 3: plans.READY}
    assert outcomes[0].beneficiary == "BEN-000007" and outcomes[0].family == "FAM-00003"


def test_whoever_is_registered_elsewhere_leaves_no_trace_but_the_sentence():
    for likely in (False, True):
        identity = "NUIP:1065842319" if likely else "NUIP:1065842311"
        (outcome,) = plan(
            [person(2, document="1065842311")], Site(persons=[known(visible=False, identity=identity)])
        )
        assert outcome.result == (plans.TO_DECIDE if likely else plans.REJECTED)
        assert outcome.elsewhere and codes([outcome], 2) == ["exists_elsewhere"]
        assert (outcome.beneficiary, outcome.family) == ("", "")


def test_a_number_of_somebody_else_on_the_site_is_rejected():
    (outcome,) = plan(
        [person(2, document="1065842311")], Site(persons=[known(given="wilson", surnames="uriana")])
    )
    assert codes([outcome], 2) == ["document_of_other"]


def likely_site():
    return Site(persons=[known(identity="NUIP:1065842319")])


def test_a_decision_settles_the_household_anew():
    rows = [person(2, document="1065842311"), person(3, "Child", first="Luis")]
    asked = plan(rows, likely_site())
    assert results(asked) == {2: plans.TO_DECIDE, 3: plans.WAITING}
    different = plans.settle_again([replace(asked[0], decision=plans.DIFFERENT), asked[1]], Site())
    assert results(different) == {2: plans.READY, 3: plans.READY} and different[0].beneficiary == ""
    same = plans.settle_again([replace(asked[0], decision=plans.SAME), asked[1]], Site())
    assert results(same) == {2: plans.DUPLICATE, 3: plans.READY}


def test_a_person_in_two_households_of_the_file_is_a_question_for_the_clerk():
    rows = [
        person(2, document="1065842311"),
        person(3, household="2", first="Eva", second="Ruiz"),
        person(4, "Child", "2", document="1065842311"),
    ]
    outcomes = plan(rows, Site())
    assert results(outcomes) == {2: plans.READY, 3: plans.REJECTED, 4: plans.REJECTED}
    assert codes(outcomes, 4) == ["in_two_households"]


def test_a_household_code_that_the_site_knows():
    site = Site(families={("el prado", "1"): "FAM-00009"})
    assert codes(plan([person(2)], site), 2) == ["household_code_taken"]
    (child,) = plan([person(2, "Child")], site)
    assert child.result == plans.READY


def test_a_rejected_row_that_comes_back_finds_its_household():
    rows = [person(2), person(3, "Child", first="Luis")]
    mark = fingerprints(rows)[0]
    outcomes = plan(rows, Site(loaded={mark: Existing("BEN-1", "FAM-4")}))
    assert results(outcomes) == {2: plans.SKIPPED, 3: plans.READY}


@given(st.text(max_size=30))
def test_no_exported_cell_is_a_formula_and_none_loses_its_text(text):
    safe = safe_cell(text)
    assert not str(safe).startswith(("=", "+", "-", "@"))
    if not any(unicodedata.category(char) == "Cc" for char in text):
        assert without_apostrophe(safe) == text or text.startswith("'")


@given(
    st.fixed_dictionaries(
        {},
        optional={
            key: st.one_of(
                st.none(),
                st.text(max_size=12),
                st.floats(allow_nan=True),
                st.integers(),
                st.dates(),
                st.booleans(),
            )
            for key in (
                "full_name",
                "document_number",
                "birth_date",
                "age",
                "kinship",
                "sex",
                "phone",
                "latitude",
                "household",
            )
        },
    )
)
def test_reading_a_row_never_raises_and_survives_storage(values):
    row = read_row(RowInput(5, values, dict.fromkeys(values, "A5")), Reading(on=ON, community="El Prado"))
    assert person_from_dict(json.loads(json.dumps(row.as_dict()))) == row


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"full_name": ""}, "name_missing"),
        ({"full_name": "123"}, "name_not_a_name"),
        ({"full_name": "Ana"}, "surname_missing"),
        ({"birth_date": "31/02/1990"}, "date_impossible"),
        ({"birth_date": "12/25/1990"}, "date_month_first"),
        ({"birth_date": "16/01/2026"}, "date_future"),
        ({"birth_date": "hace mucho"}, "date_unreadable"),
        ({"document_number": "1,06584E+09"}, "document_scientific"),
        ({"document_number": "12"}, "document_length"),
        ({"document_number": "VERIFICAR"}, "document_letters"),
        ({"document_type": "carné"}, "document_type_unknown"),
        ({"document_number": ""}, "document_missing"),
        ({"kinship": "astronauta"}, "kinship_unknown"),
    ],
)
def test_a_wrong_cell_is_named_with_its_reason(values, code):
    good = {
        "full_name": "Ana María Pérez Gómez",
        "document_number": "1065842311",
        "document_type": "CC",
        "kinship": "Jefe",
    }
    given_values = {**good, **values}
    key = next(iter(values))
    row = read_row(
        RowInput(7, given_values, {k: f"{k}7" for k in given_values}), Reading(on=ON, community="El Prado")
    )
    assert [(p.code, p.cell) for p in row.problems if p.is_error] == [(code, f"{key}7")]
