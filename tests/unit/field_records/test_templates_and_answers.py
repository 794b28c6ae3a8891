"""Templates that are refused, answers that are kept, and the seal."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from social_crm.field_records.domain.answers import Result, default_of, examine
from social_crm.field_records.domain.sealing import canonical, seal
from social_crm.field_records.domain.templates import Choice, FieldRow, Template, build, check

TODAY = date(2026, 11, 22)
CHOICES = (
    Choice("yes_no", "yes", "Sí"),
    Choice("yes_no", "no", "No"),
    Choice("needs", "food", "Alimentos"),
    Choice("needs", "health", "Salud"),
)
ROWS = (
    FieldRow("note", "intro", "Lea en voz alta"),
    FieldRow("begin_group", "home", "Hogar"),
    FieldRow(
        "integer",
        "people",
        "Personas",
        required=True,
        constraint=". > 0 and . < 30",
        constraint_message="De 1 a 29",
    ),
    FieldRow("select_one", "sick", "¿Hay enfermos?", choice_list="yes_no", required=True),
    FieldRow("text", "illness", "¿Cuál?", relevant="${sick} = 'yes'", required=True),
    FieldRow("end_group"),
    FieldRow("select_multiple", "needs", "Necesidades", choice_list="needs"),
    FieldRow("date", "since", "Desde", constraint=". <= today()"),
    FieldRow("time", "at", "Hora"),
    FieldRow("geopoint", "place", "Lugar"),
    FieldRow("image", "photo", "Foto"),
    FieldRow("begin_repeat", "sales", "Ventas"),
    FieldRow("text", "product", "Producto", required=True),
    FieldRow("decimal", "amount", "Valor"),
    FieldRow("text", "why", "¿Por qué tanto?", relevant="${amount} > 1000", required=True),
    FieldRow("end_repeat"),
    FieldRow("calculate", "total", calculation="sum(${sales_amounts})".replace("sales_amounts", "amount")),
    FieldRow("text", "big", "Comentario", relevant="${total} > 500"),
)
TEMPLATE: Template = build(ROWS, CHOICES)


def look(answers: Mapping[str, Any]) -> Result:
    return examine(TEMPLATE, answers, TODAY)


def test_a_complete_acta() -> None:
    result = look(
        {
            "people": "4",
            "sick": "yes",
            "illness": "  gripa ",
            "needs": "health food food",
            "since": "2026-11-01",
            "at": "7:05",
            "place": "11.38 -72.24 0 8.5",
            "photo": "/private/files/a.jpg",
            "sales": [{"product": "Yuca", "amount": 250.5}, {"product": "Queso", "amount": "300"}],
            "big": "Buen mes",
        }
    )
    assert result.findings == result.missing == ()
    assert result.answers == {
        "people": 4,
        "sick": "yes",
        "illness": "gripa",
        "needs": ["food", "health"],
        "since": "2026-11-01",
        "at": "07:05",
        "place": {"latitude": "11.38", "longitude": "-72.24", "accuracy": "8.5"},
        "photo": "/private/files/a.jpg",
        "sales": [{"product": "Yuca", "amount": "250.5"}, {"product": "Queso", "amount": "300"}],
        "total": "550.5",
        "big": "Buen mes",
    }
    # What is kept, given again, stays as it is.
    assert look(result.answers | {"total": "9"}).answers == result.answers


def test_what_does_not_apply_is_left_out_and_not_required() -> None:
    result = look({"people": 4, "sick": "no", "illness": "gripa", "big": "sin ventas"})
    assert "illness" not in result.answers
    assert "big" not in result.answers
    assert "illness" not in result.visible
    assert result.missing == ()


def test_missing_and_constraints() -> None:
    result = look({"people": 40, "sick": "yes", "since": "2026-12-01", "sales": [{"amount": 2000}]})
    assert [(f.path, f.code, f.message) for f in result.findings] == [
        ("people", "constraint", "De 1 a 29"),
        ("since", "constraint", ""),
    ]
    assert [f.path for f in result.missing] == ["illness", "sales[0].product", "sales[0].why"]


def test_an_answer_may_be_needed_by_a_rule_and_missed_in_words_of_its_own() -> None:
    rows = (
        FieldRow("select_one", "sick", "¿Hay enfermos?", choice_list="yes_no"),
        FieldRow("text", "clinic", "Centro", required_if="${sick} = 'yes'", required_message="¿A cuál fue?"),
        FieldRow("begin_repeat", "sales", "Ventas"),
        FieldRow("decimal", "amount", "Valor"),
        FieldRow("text", "why", "¿Por qué?", required_if="${amount} > 10 and ${sick} = 'yes'"),
        FieldRow("end_repeat"),
    )
    template = build(rows, CHOICES)
    found = examine(template, {"sick": "yes", "sales": [{"amount": 20}, {"amount": 5}]}, TODAY)
    assert [(f.path, f.message) for f in found.missing] == [("clinic", "¿A cuál fue?"), ("sales[0].why", "")]
    assert found.required == {"clinic", "sales[0].why"}
    found = examine(template, {"sick": "no", "sales": [{"amount": 20}]}, TODAY)
    assert found.missing == () and not found.required


def test_nobody_answers_what_is_shown_only() -> None:
    rows = (
        FieldRow("integer", "people", "Personas"),
        FieldRow("text", "rule", "Regla", default="Lea en voz alta", read_only=True),
        FieldRow("integer", "half", "Mitad", calculation="${people} div 2"),
        FieldRow("date", "since", "Desde", default="today()", read_only=True),
        FieldRow("select_one", "sick", "¿Hay enfermos?", choice_list="yes_no", calculation="'nobody'"),
    )
    template = build(rows, CHOICES)
    found = examine(template, {"people": 5, "rule": "Otra", "half": 9, "since": "2026-01-02"}, TODAY)
    assert found.findings == ()
    assert found.answers == {"people": 5, "rule": "Lea en voz alta", "half": 2, "since": "2026-01-02"}


@pytest.mark.parametrize(("number", "wanted"), [(2, 2), (0, 0), (-3, 0), ("2.9", 2), (None, 0), (5000, 100)])
def test_a_repeat_has_as_many_rows_as_an_answer_says(number: Any, wanted: int) -> None:
    rows = (
        FieldRow("decimal", "children", "Niños"),
        FieldRow("begin_repeat", "child", "Niño", repeat_count="${children}"),
        FieldRow("text", "name", "Nombre", required=True),
        FieldRow("end_repeat"),
    )
    template = build(rows, ())
    found = examine(template, {"children": number, "child": [{"name": "Ana"}, {}]}, TODAY)
    assert found.counts == {"child": wanted}
    told = [(one.path, one.numbers) for one in found.missing if one.code == "row_count"]
    assert told == ([] if wanted == 2 else [("child", (wanted, 2))])
    # An empty row is one of them.
    assert found.answers["child"] == [{"name": "Ana"}, {}]
    assert "child[1].name" in [one.path for one in found.missing]


def test_what_is_only_shown_has_its_default_whoever_writes_the_acta() -> None:
    rows = (
        FieldRow("date", "day", "Fecha", default="today()", read_only=True, required=True),
        FieldRow("text", "place", "Lugar", default="Riohacha", read_only=True),
        FieldRow("begin_repeat", "goat", "Chivo"),
        FieldRow("text", "name", "Nombre"),
        FieldRow("date", "seen", "Visto", default="today()", read_only=True),
        FieldRow("end_repeat"),
    )
    template = build(rows, ())
    # A client that sends nothing for it, as the Desk does.
    nothing = examine(template, {"goat": [{"name": "Luna"}]}, TODAY)
    goats = [{"name": "Luna", "seen": "2026-11-22"}]
    assert nothing.answers == {"day": "2026-11-22", "place": "Riohacha", "goat": goats}
    assert not nothing.missing and not nothing.findings
    # What a phone worked out when the acta was begun stays; another value for what is fixed counts for nothing.
    sent = examine(template, {"day": "2026-11-20", "place": "Maicao"}, TODAY)
    assert sent.answers == {"day": "2026-11-20", "place": "Riohacha"}


def test_a_default_that_is_worked_out() -> None:
    assert default_of(FieldRow("date", "a", default="today()"), TODAY) == "2026-11-22"
    assert default_of(FieldRow("text", "a", default="Riohacha"), TODAY) == "Riohacha"
    assert default_of(FieldRow("text", "a", default="${b}"), TODAY) == ""
    # A template that was published with another one goes on being answered in the Desk.
    old = FieldRow("text", "a", "A", default="uuid()")
    assert default_of(old, TODAY) == ""
    assert build((old,), ()) and "default_formula" in [one.code for one in check((old,), ())]


@pytest.mark.parametrize(
    ("answers", "path", "code"),
    [
        ({"people": "many"}, "people", "number"),
        ({"people": 1.5}, "people", "integer"),
        ({"people": True}, "people", "number"),
        ({"people": "1e999"}, "people", "number"),
        ({"sick": "maybe"}, "sick", "choice"),
        ({"needs": ["food", "gold"]}, "needs", "choice"),
        ({"since": "2026-02-30"}, "since", "date"),
        ({"at": "25:00"}, "at", "time"),
        ({"place": "91 0"}, "place", "geopoint"),
        ({"place": "north"}, "place", "geopoint"),
        ({"photo": "javascript:alert(1)"}, "photo", "image"),
        ({"photo": '/files/x" onerror=y'}, "photo", "image"),
        ({"illness": 5, "sick": "yes"}, "illness", "text"),
        ({"illness": "x" * 10_001, "sick": "yes"}, "illness", "too_long"),
        ({"sales": "Yuca"}, "sales", "not_rows"),
        ({"sales": [{}] * 101}, "sales", "too_many_rows"),
        ({"sales": [{"colour": 1}]}, "sales[0].colour", "unknown_field"),
        ({"colour": 1}, "colour", "unknown_field"),
    ],
)
def test_wrong_answers(answers: dict[str, Any], path: str, code: str) -> None:
    assert (path, code) in [(f.path, f.code) for f in look(answers).findings]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ((), "no_question"),
        ((FieldRow("note", "a", "A"),), "no_question"),
        ((FieldRow("video", "a", "A"),), "unknown_type"),
        ((FieldRow("text", "a b", "A"),), "field_name"),
        ((FieldRow("text", "a", "A"), FieldRow("text", "a", "A")), "name_twice"),
        ((FieldRow("text", "a"),), "label_missing"),
        ((FieldRow("select_one", "a", "A", choice_list="none"),), "choice_list"),
        ((FieldRow("calculate", "a"),), "calculation_missing"),
        ((FieldRow("text", "a", "A", relevant="${b} = 1"),), "unknown_field"),
        ((FieldRow("text", "a", "A", constraint="evil()"),), "expression_unknown_function"),
        ((FieldRow("begin_group", "g", "G"), FieldRow("text", "a", "A")), "never_ended"),
        ((FieldRow("text", "a", "A"), FieldRow("end_group")), "end_without_begin"),
        (
            (
                FieldRow("begin_repeat", "r", "R"),
                FieldRow("begin_repeat", "s", "S"),
                FieldRow("text", "a", "A"),
                FieldRow("end_repeat"),
                FieldRow("end_repeat"),
            ),
            "nested_repeat",
        ),
    ],
)
def test_refused_templates(rows: tuple[FieldRow, ...], code: str) -> None:
    assert code in [problem.code for problem in check(rows, CHOICES)]
    with pytest.raises(ValueError, match="problems"):
        build(rows, CHOICES)


def test_refused_choices() -> None:
    row = FieldRow("select_one", "a", "A", choice_list="l")
    assert "choice_value" in [p.code for p in check((row,), (Choice("l", "a b", "A"),))]
    assert "choice_twice" in [p.code for p in check((row,), (Choice("l", "a", "A"), Choice("l", "a", "B")))]


def test_the_seal() -> None:
    assert canonical({"b": 1, "a": ["é", None, True]}) == '{"a":["é",null,true],"b":1}'
    # The same letter composed or not is the same content; another order of keys as well.
    assert seal({"a": "e\u0301", "b": 2}) == seal({"b": 2, "a": "é"})
    assert seal({"a": "1"}) != seal({"a": 1})
    with pytest.raises(TypeError):
        seal({"a": 1.5})


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["product", "amount", "latitude", "x"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([row.name for row in ROWS if row.name] + ["colour"]), json_like, max_size=8
    )
)
def test_whatever_arrives(answers: dict[str, Any]) -> None:
    """Nothing breaks, what is kept is clean, and keeping is final."""
    result = look(answers)
    seal(result.answers)
    again = look(result.answers)
    assert again.answers == result.answers
    assert not [finding for finding in again.findings if finding.code != "constraint"]
