"""Two versions of a template side by side."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from social_crm.field_records.domain.template_changes import Change, compare, compare_writes
from social_crm.field_records.domain.templates import Choice, FieldRow
from social_crm.field_records.domain.writes import Write
from social_crm.field_records.domain.xlsform import Form, Translation

FORM = Form(
    "agua",
    1,
    "Agua",
    (
        FieldRow("begin_group", "casa", "Casa"),
        FieldRow("text", "fuente", "Fuente"),
        FieldRow("integer", "litros", "Litros", required=True),
        FieldRow("end_group"),
        FieldRow("select_one", "pozo", "Pozo", choice_list="si_no"),
    ),
    (Choice("si_no", "si", "Sí"), Choice("si_no", "no", "No")),
    (Translation("English (en)", "fuente", "Source"),),
)


def test_the_same_has_no_changes() -> None:
    assert compare(FORM, replace(FORM, version=2)) == ()


def test_filters_and_what_choices_belong_to_are_compared() -> None:
    rows = (*FORM.rows[:4], replace(FORM.rows[4], choice_filter="zona = ${fuente}"))
    new = replace(
        FORM, rows=rows, choices=(replace(FORM.choices[0], attributes=(("zona", "1"),)), FORM.choices[1])
    )
    assert compare(FORM, new) == (
        Change("changed", "question", "pozo", "Pozo", "choice_filter", "", "zona = ${fuente}"),
        Change("changed", "choice", "si_no/si", "Sí", "attributes", "", "zona = 1"),
    )


def test_each_kind_of_change() -> None:
    new = replace(
        FORM,
        version=2,
        title="Agua potable",
        rows=(
            FORM.rows[4],
            FORM.rows[0],
            replace(FORM.rows[2], required=False),
            FieldRow("text", "calidad", "Calidad"),
            FORM.rows[3],
        ),
        choices=(Choice("si_no", "si", "Sí, hay"), Choice("si_no", "ns", "No sabe")),
        translations=(),
    )
    assert compare(FORM, new) == (
        Change("changed", "template", "", "", "title", "Agua", "Agua potable"),
        Change("changed", "question", "litros", "Litros", "required", "yes", "no"),
        Change("added", "question", "calidad", "Calidad"),
        Change("moved", "question", "pozo", "Pozo"),
        Change("removed", "question", "fuente", "Fuente"),
        Change("changed", "choice", "si_no/si", "Sí, hay", "label", "Sí", "Sí, hay"),
        Change("added", "choice", "si_no/ns", "No sabe"),
        Change("removed", "choice", "si_no/no", "No"),
        Change("changed", "translation", "fuente, English (en)", "", "label", "Source", ""),
    )


def test_what_answers_write_is_compared_too() -> None:
    was = (Write("zona", "Family", "zone", {"r": "Rural"}), Write("casa", "Family", "present_detail"))
    now = (
        Write("zona", "Family", "zone", {"u": "Urban", "r": "Rural"}),
        Write("oficio", "Beneficiary", "occupation"),
    )
    assert compare_writes(was, was) == ()
    assert compare_writes(was, now) == (
        Change("changed", "write", "zona", "Family.zone", "values", "r = Rural", "r = Rural; u = Urban"),
        Change("added", "write", "oficio", "Beneficiary.occupation"),
        Change("removed", "write", "casa", "Family.present_detail"),
    )
    # Another field of the same question is another line.
    assert [one.kind for one in compare_writes(was, (was[0], Write("casa", "Family", "zone")))] == [
        "added",
        "removed",
    ]


NAMES = st.lists(st.sampled_from("abcdefgh"), unique=True, min_size=1)


@given(NAMES, NAMES)
def test_what_was_added_removed_and_moved_makes_one_of_the_other(was: list[str], now: list[str]) -> None:
    def form(names: list[str]) -> Form:
        return replace(FORM, rows=tuple(FieldRow("text", name, name) for name in names))

    found = compare(form(was), form(now))
    by_kind = {
        kind: {one.name for one in found if one.kind == kind} for kind in ("added", "removed", "moved")
    }
    assert by_kind["added"] == set(now) - set(was)
    assert by_kind["removed"] == set(was) - set(now)
    stay = by_kind["moved"]
    assert [name for name in was if name in now and name not in stay] == [
        name for name in now if name in was and name not in stay
    ]
