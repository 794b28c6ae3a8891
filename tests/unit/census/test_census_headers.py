import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_crm.social_crm.domain.census_fields import BY_KEY, FIELDS
from social_crm.social_crm.domain.census_headers import Column, header_key, suggest


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Cédula", "document_number"),
        ("No. documento", "document_number"),
        ("N° DE CÉDULA", "document_number"),
        ("# Identificación", "document_number"),
        ("Tipo Doc.", "document_type"),
        ("1er apellido", "first_surname"),
        ("2do Apellido", "second_surname"),
        ("PRIMER NOMBRE", "first_name"),
        ("Nombres y apellidos", "full_name"),
        ("Parentesco", "kinship"),
        ("PARENTEZCO CON EL JEFE", "kinship"),
        ("F. nacimiento", "birth_date"),
        ("Fec. Nac. (dd/mm/aaaa)", "birth_date"),
        ("Vereda", "place"),
        ("Código hogar", "household"),
        ("Cod. familia", "household"),
        ("Sexo (M/F)", "sex"),
        ("Celular", "phone"),
        ("Apeliidos", "surnames"),
        ("N°", "ignore"),
        ("Firma", "ignore"),
        ("Color favorito", ""),
    ],
)
def test_headers_as_clerks_write_them(header, field):
    others = [Column(1, "Apellidos"), Column(2, "Nombres")] if field != "surnames" else []
    assert suggest([Column(0, header), *others])[0].field == field


def test_every_synonym_leads_to_its_own_field():
    for field in FIELDS:
        for synonym in field.synonyms:
            found = suggest([Column(0, synonym), Column(1, "apellidos" if field.key != "surnames" else "x")])[
                0
            ].field
            assert found == field.key or (field.key == "full_name" and found == "given_names"), synonym


def test_a_single_column_of_names_is_the_full_name_unless_surnames_stand_beside_it():
    assert suggest([Column(0, "Nombres")])[0].field == "full_name"
    assert [s.field for s in suggest([Column(0, "Nombre"), Column(1, "Apellidos")])] == [
        "given_names",
        "surnames",
    ]


def test_what_was_remembered_wins():
    found = suggest(
        [Column(0, "Color favorito"), Column(1, "Cédula")], {header_key("COLOR FAVORITO"): "notes"}
    )
    assert [(s.field, s.basis) for s in found] == [("notes", "remembered"), ("document_number", "exact")]


def test_values_correct_a_header():
    assert suggest([Column(0, "Documento", ("CC", "TI", "CC"))])[0].field == "document_type"
    assert (
        suggest([Column(0, "Vereda", ("El Prado", "El Prado"))], communities=frozenset({"el prado"}))[0].field
        == "community"
    )


@given(st.lists(st.sampled_from([s for f in FIELDS for s in f.synonyms]), max_size=40))
def test_no_field_is_suggested_twice(headers):
    found = [
        s.field
        for s in suggest([Column(i, h) for i, h in enumerate(headers)])
        if s.field not in ("", "ignore")
    ]
    assert len(found) == len(set(found))
    assert set(found) <= set(BY_KEY)


@given(st.text(max_size=60))
def test_any_header_is_answered(header):
    assert len(suggest([Column(0, header, (header,))])) == 1
