"""Cascading choices: what they belong to, filters that are refused, and that the server leaves what a plain reading leaves."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_crm.field_records.domain.answers import Result, examine
from social_crm.field_records.domain.choice_filters import (
    is_attribute_name,
    read_attributes,
    write_attributes,
)
from social_crm.field_records.domain.templates import Choice, FieldRow, Problem, Template, build, check

TODAY = date(2026, 11, 23)
CHOICES = (
    Choice("departamentos", "guajira", "La Guajira"),
    Choice("departamentos", "cesar", "Cesar"),
    Choice("municipios", "riohacha", "Riohacha", (("departamento", "guajira"),)),
    Choice("municipios", "maicao", "Maicao", (("departamento", "guajira"), ("zona", "frontera"))),
    Choice("municipios", "valledupar", "Valledupar", (("departamento", "cesar"),)),
    Choice("veredas", "camarones", "Camarones", (("municipio", "riohacha"),)),
    Choice("veredas", "carraipia", "Carraipía", (("municipio", "maicao"),)),
    Choice("veredas", "azucar", "Azúcar Buena", (("municipio", "valledupar"),)),
)
DEPARTMENT = FieldRow("select_one", "departamento", "Departamento", choice_list="departamentos")
TOWN = FieldRow(
    "select_one",
    "municipio",
    "Municipio",
    required=True,
    choice_list="municipios",
    choice_filter="departamento = ${departamento}",
)
ROWS = (
    DEPARTMENT,
    FieldRow("begin_group", "lugar", "Lugar"),
    TOWN,
    FieldRow("end_group"),
    FieldRow(
        "select_multiple",
        "veredas",
        "Veredas",
        choice_list="veredas",
        choice_filter="municipio = ${municipio}",
    ),
    FieldRow("begin_repeat", "predios", "Predios"),
    FieldRow(
        "select_one",
        "otro",
        "Otro municipio",
        choice_list="municipios",
        choice_filter="departamento = ${departamento} and name != ${municipio}",
    ),
    FieldRow("select_one", "vereda", "Vereda", choice_list="veredas", choice_filter="municipio = ${otro}"),
    FieldRow("text", "sena", "Seña", relevant="${vereda} != ''"),
    FieldRow("end_repeat"),
    FieldRow("calculate", "cuantos", "Cuántas", "", calculation="count-selected(${veredas})"),
)
TEMPLATE: Template = build(ROWS, CHOICES)


def look(answers: Mapping[str, Any]) -> Result:
    return examine(TEMPLATE, answers, TODAY)


def test_what_goes_with_the_answers_before_is_kept() -> None:
    answers = {
        "departamento": "guajira",
        "municipio": "maicao",
        "veredas": ["carraipia"],
        "predios": [{"otro": "riohacha", "vereda": "camarones", "sena": "Tras el molino"}],
    }
    result = look(answers)
    assert result.findings == result.missing == ()
    assert result.answers == {**answers, "cuantos": "1"}


def test_a_choice_of_another_parent_is_refused_and_nothing_follows_from_it() -> None:
    result = look({"departamento": "cesar", "municipio": "maicao", "veredas": "carraipia"})
    assert [(one.path, one.code, one.chosen) for one in result.findings] == [
        ("municipio", "choice_excluded", "Maicao"),
        # What depends on it falls with it, as on the phone.
        ("veredas", "choice_excluded", "Carraipía"),
    ]
    assert [one.path for one in result.missing] == ["municipio"]
    assert result.answers == {"departamento": "cesar", "cuantos": "0"}


def test_of_several_only_what_fits_stays() -> None:
    given = {"departamento": "guajira", "municipio": "riohacha", "veredas": ["camarones", "azucar"]}
    result = look(given)
    assert [(one.path, one.chosen) for one in result.findings] == [("veredas", "Azúcar Buena")]
    assert result.answers["veredas"] == ["camarones"]


def test_each_row_of_a_repeat_filters_for_itself() -> None:
    rows = [
        {"otro": "riohacha", "vereda": "carraipia", "sena": "x"},
        {"otro": "maicao"},
        {"vereda": "camarones"},
    ]
    result = look({"departamento": "guajira", "municipio": "maicao", "predios": rows})
    assert [one.path for one in result.findings] == [
        "predios[0].vereda",
        "predios[1].otro",
        "predios[2].vereda",
    ]
    assert result.answers["predios"] == [{"otro": "riohacha"}, {}, {}]
    assert "predios[0].sena" not in result.visible


def test_what_is_not_asked_is_not_judged() -> None:
    rows = (
        FieldRow("text", "va", "¿Va?"),
        DEPARTMENT,
        FieldRow(**{**vars(TOWN), "relevant": "${va} = 'si'"}),
    )
    template = build(rows, CHOICES)
    given = {"departamento": "cesar", "municipio": "maicao"}
    assert examine(template, given, TODAY).findings == ()
    assert examine(template, {**given, "va": "si"}, TODAY).findings[0].code == "choice_excluded"


def problems(filtered: str, kind: str = "select_one", choices: tuple[Choice, ...] = CHOICES) -> list[Problem]:
    rows = (
        DEPARTMENT,
        FieldRow(kind, "municipio", "Municipio", choice_list="municipios", choice_filter=filtered),
        FieldRow("text", "despues", "Después"),
    )
    return list(check(rows, choices))


@pytest.mark.parametrize(
    ("filtered", "code", "detail"),
    [
        ("region = ${departamento}", "filter_column_unknown", "region"),
        ("municipio = ${departamento}", "filter_column_of_list", "municipio"),
        ("departamento = despues", "filter_column_is_question", "despues"),
        ("departamento = ${nadie}", "unknown_field", "nadie"),
        ("departamento = ${despues}", "filter_later", "despues"),
        ("departamento = ${municipio}", "filter_later", "municipio"),
        ("departamento = ", "expression_ends_early", "departamento ="),
        (". = ${departamento}", "expression_unexpected", ". = ${departamento}"),
        ("pulldata(departamento) = 1", "expression_unknown_function", "pulldata(departamento) = 1"),
    ],
)
def test_refused_filters(filtered: str, code: str, detail: str) -> None:
    found = problems(filtered)
    assert [(one.row, one.field, one.code, one.detail.strip()) for one in found] == [
        (2, "choice_filter", code, detail)
    ]


def test_a_filter_is_for_lists() -> None:
    assert [one.code for one in problems("departamento = 'x'", "text")] == ["filter_without_list"]
    assert problems("departamento = ${departamento} and not(selected('frontera', zona))") == []
    assert problems("name != ${departamento}") == []


def test_refused_columns_of_choices() -> None:
    def codes(text: str) -> list[str]:
        extra = Choice("municipios", "uribia", "Uribia", read_attributes(text))
        return [one.code for one in problems("departamento = 'x'", choices=(*CHOICES, extra))]

    assert codes("departamento = guajira; zona=1\naltura = 20") == []
    assert codes("guajira") == codes("dos palabras = 1") == codes("label = 1") == ["attribute_name"]
    assert codes("zona = 1; zona = 2") == ["attribute_twice"]
    assert [
        is_attribute_name(one) for one in ("Región", "cod-dane", "name", "Value", "2x", "a b", "itextId")
    ] == [*(True, True, False, False, False, False, False)]


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C",)), max_size=12).map(str.strip)


@given(st.dictionaries(st.sampled_from(["a", "zona", "Cód-1"]), (WORDS | st.just('x; "y"\nz')).filter(bool)))
def test_what_a_choice_belongs_to_is_written_as_it_is_read(given_pairs: dict[str, str]) -> None:
    pairs = tuple(sorted(given_pairs.items()))
    assert read_attributes(write_attributes(pairs)) == pairs


@given(st.text(max_size=40))
def test_whatever_is_typed_is_read(text: str) -> None:
    pairs = read_attributes(text)
    assert read_attributes(write_attributes(pairs)) == pairs


# A filter, and the same in Python over the columns of a choice, its value and the answers before.
Reading = Callable[[Mapping[str, str], str, Mapping[str, Any]], bool]
FILTERS: list[tuple[str, Reading]] = [
    ("grupo = ${uno}", lambda own, _, given: "grupo" in own and own["grupo"] == given["uno"]),
    ("grupo != ${uno}", lambda own, _, given: "grupo" in own and own["grupo"] != given["uno"]),
    ("name != ${uno}", lambda _, value, given: value != given["uno"]),
    ("selected(${varios}, grupo)", lambda own, _, given: own.get("grupo", "") in given["varios"]),
    (
        "grupo = ${uno} or ${uno} = '' and zona = 2",
        lambda own, _, given: (
            own.get("grupo") == given["uno"] or (given["uno"] == "" and own.get("zona") == "2")
        ),
    ),
    ("not(grupo = ${uno})", lambda own, _, given: own.get("grupo") != given["uno"]),
    ("zona > 1 and contains(grupo, 'a')", lambda own, _, given: (
        own.get("zona", "0") > "1" and "a" in own.get("grupo", "")
    )),
]  # fmt: skip
VALUES = ("a", "b", "c")


@given(
    st.lists(
        st.fixed_dictionaries(
            {}, optional={"grupo": st.sampled_from(VALUES), "zona": st.sampled_from("123")}
        ),
        min_size=3,
        max_size=3,
    ),
    st.sampled_from(FILTERS),
    st.sampled_from(FILTERS),
    st.sampled_from(["", *VALUES]),
    st.lists(st.sampled_from(VALUES), unique=True),
    st.lists(st.sampled_from(VALUES), unique=True),
    st.lists(st.sampled_from(["", *VALUES]), max_size=3),
)
def test_the_server_leaves_what_a_plain_reading_leaves(
    owned: list[dict[str, str]],
    first: tuple[str, Reading],
    second: tuple[str, Reading],
    uno: str,
    varios: list[str],
    several: list[str],
    rows: list[str],
) -> None:
    def question(kind: str, name: str, filtered: str = "") -> FieldRow:
        return FieldRow(kind, name, name, choice_list="lista", choice_filter=filtered)

    questions = (
        question("select_one", "uno"),
        question("select_multiple", "varios"),
        question("select_multiple", "filtrados", first[0]),
        FieldRow("begin_repeat", "filas", "Filas"),
        question("select_one", "fila", second[0]),
        FieldRow("end_repeat"),
    )
    # One choice that nobody can take has every column, so that no filter is refused.
    full = Choice("lista", "z", "Z", (("grupo", "z"), ("zona", "9")))
    choices = tuple(
        Choice("lista", value, value.upper(), tuple(sorted(own.items())))
        for value, own in zip(VALUES, owned, strict=True)
    )
    columns = dict(zip(VALUES, owned, strict=True))
    answers = {"uno": uno, "varios": varios, "filtrados": several, "filas": [{"fila": one} for one in rows]}
    result = examine(build(questions, (*choices, full)), answers, TODAY)
    before = {"uno": uno, "varios": [one for one in VALUES if one in varios]}

    left = [one for one in VALUES if one in several and first[1](columns[one], one, before)]
    assert result.answers.get("filtrados", []) == left
    in_rows = [one if one and second[1](columns[one], one, before) else "" for one in rows]
    kept = [{"fila": one} if one else {} for one in in_rows]
    assert result.answers.get("filas", []) == kept
    refused = {f"filas[{number}].fila" for number, one in enumerate(rows) if one != in_rows[number]}
    if len(left) < len(several):
        refused.add("filtrados")
    assert {one.path for one in result.findings} == refused
