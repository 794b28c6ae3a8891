"""XLSForms: what a workbook says, what is wrong in it by cell, and that what we write loads back the same."""

import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from social_crm.field_records.domain.expressions import is_formula
from social_crm.field_records.domain.templates import Choice, FieldRow, check
from social_crm.field_records.domain.xlsform import Form, Translation, language_code, sheets
from social_crm.field_records.domain.xlsform_reader import Reading, read
from social_crm.field_records.services.xlsform_files import WorkbookError, cells_of, workbook

SURVEY = [
    [
        "type",
        "name",
        "label::Español (es)",
        "label::English (en)",
        "hint::English (en)",
        "required",
        "relevant",
    ],
    ["begin group", "casa", "Casa", "Home", "", "", ""],
    ["text", "agua", "¿De dónde es el agua?", "Where is the water from?", "Ask", "yes", ""],
    ["end group", "", "", "", "", "", ""],
    ["select_one si_no", "pozo", "¿Hay pozo?", "Is there a well?", "", "no", "${agua} != ''"],
]
CHOICES = [
    ["list_name", "name", "label::Español (es)", "label::English (en)"],
    ["si_no", "si", "Sí", "Yes"],
    ["si_no", "no", "No", ""],
]
SETTINGS = [
    ["form_title", "form_id", "version", "default_language"],
    ["Agua", "agua", "3", "Español (es)"],
]
BOOK = {"survey": SURVEY, "choices": CHOICES, "settings": SETTINGS}


def changed(sheet: str, row: int, column: str, text: str) -> dict[str, list[list[str]]]:
    """The book with one cell changed; row as the spreadsheet counts. A column that is not there is added."""
    rows = [list(cells) for cells in BOOK[sheet]]
    if column not in rows[0]:
        rows = [[*cells, ""] for cells in rows]
        rows[0][-1] = column
    rows[row - 1][rows[0].index(column)] = text
    return {**BOOK, sheet: rows}


def counted(count: str, other: str = "otra") -> dict[str, list[list[str]]]:
    """A repeat of a number of rows, and a question after it."""
    survey = [
        ["type", "name", "label", "repeat_count"],
        ["begin repeat", "pozo", "Pozo", count],
        ["text", "agua", "Agua", ""],
        ["end repeat", "", "", ""],
        ["integer", other, "Otra", ""],
    ]
    return {"survey": survey}


def codes(reading: Reading) -> list[tuple[str, int, str]]:
    return [(one.sheet, one.row, one.code) for one in reading.problems]


def test_a_workbook_becomes_a_form() -> None:
    reading = read(BOOK)
    assert reading.problems == reading.notices == ()
    assert reading.rows == (2, 3, 4, 5)
    assert reading.form == Form(
        key="agua",
        version=3,
        title="Agua",
        rows=(
            FieldRow("begin_group", "casa", "Casa"),
            FieldRow("text", "agua", "¿De dónde es el agua?", required=True),
            FieldRow("end_group"),
            FieldRow("select_one", "pozo", "¿Hay pozo?", relevant="${agua} != ''", choice_list="si_no"),
        ),
        choices=(Choice("si_no", "si", "Sí"), Choice("si_no", "no", "No")),
        translations=(
            Translation("English (en)", "casa", "Home"),
            Translation("English (en)", "agua", "Where is the water from?", "Ask"),
            Translation("English (en)", "pozo", "Is there a well?"),
            Translation("English (en)", "si_no/si", "Yes"),
        ),
    )


@pytest.mark.parametrize(
    ("book", "expected"),
    [
        ({}, ("survey", 0, "sheet_missing")),
        ({**BOOK, "survey": []}, ("survey", 0, "sheet_empty")),
        ({**BOOK, "survey": [["type", "label"], ["text", "A"]]}, ("survey", 1, "column_missing")),
        ({**BOOK, "entities": [["a"]]}, ("entities", 0, "sheet_unsupported")),
        (changed("survey", 3, "type", "video"), ("survey", 3, "unknown_type")),
        (changed("survey", 3, "type", ""), ("survey", 3, "type_missing")),
        (changed("survey", 5, "type", "select_one"), ("survey", 5, "list_missing")),
        (changed("survey", 3, "parameters", "rows=5"), ("survey", 3, "parameters_unsupported")),
        (changed("survey", 5, "repeat_count", "3"), ("survey", 5, "repeat_count_elsewhere")),
        (counted("0"), ("survey", 2, "repeat_count_number")),
        (counted("2.5"), ("survey", 2, "repeat_count_number")),
        (counted("101"), ("survey", 2, "repeat_count_number")),
        (counted("${agua}"), ("survey", 2, "repeat_count_inside")),
        (counted("${nadie} + 1"), ("survey", 2, "unknown_field")),
        (counted("tres"), ("survey", 2, "expression_unexpected")),
        (counted("3", "pozo_count"), ("survey", 2, "repeat_count_name")),
        (changed("survey", 5, "Read only", "${agua} = 'x'"), ("survey", 5, "read_only_unsupported")),
        (changed("survey", 5, "type", "select_one otra"), ("survey", 5, "choice_list")),
        (changed("survey", 3, "name", "con espacio"), ("survey", 3, "field_name")),
        (changed("survey", 5, "name", "agua"), ("survey", 5, "name_twice")),
        (changed("survey", 3, "label::Español (es)", ""), ("survey", 3, "label_missing")),
        (changed("survey", 3, "label::Español (es)", "¿${nadie}?"), ("survey", 3, "unknown_field_in_text")),
        (changed("survey", 3, "required", "a veces"), ("survey", 3, "expression_unexpected")),
        (changed("survey", 3, "required", "${nadie} = 1"), ("survey", 3, "unknown_field")),
        (changed("survey", 3, "required_message", "${nadie}"), ("survey", 3, "unknown_field_in_text")),
        (changed("survey", 3, "default", "uuid()"), ("survey", 3, "default_formula")),
        (changed("survey", 3, "default", "Sí - no"), ("survey", 3, "default_formula")),
        (changed("survey", 5, "relevant", "${nadie} = 1"), ("survey", 5, "unknown_field")),
        (changed("survey", 5, "relevant", "uuid()"), ("survey", 5, "expression_unknown_function")),
        (changed("survey", 5, "relevant", "${agua} ="), ("survey", 5, "expression_ends_early")),
        (changed("survey", 5, "choice_filter", "a = 1"), ("survey", 5, "filter_column_unknown")),
        (changed("survey", 5, "choice_filter", "agua = 1"), ("survey", 5, "filter_column_is_question")),
        (changed("survey", 5, "choice_filter", "name = ${nadie}"), ("survey", 5, "unknown_field")),
        (changed("survey", 5, "choice_filter", "name = ${pozo}"), ("survey", 5, "filter_later")),
        (changed("survey", 5, "choice_filter", "name ="), ("survey", 5, "expression_ends_early")),
        (changed("survey", 3, "choice_filter", "name = 1"), ("survey", 3, "filter_without_list")),
        (changed("survey", 3, "media::image", "a.jpg"), ("survey", 3, "column_unsupported")),
        (changed("survey", 3, "label::Wayuunaiki", "Kasa"), ("survey", 3, "language_without_code")),
        (changed("survey", 3, "label::Spanish", "Otra"), ("survey", 3, "column_twice")),
        (changed("survey", 4, "type", "end repeat"), ("survey", 4, "end_without_begin")),
        (changed("choices", 3, "name", "si"), ("choices", 3, "choice_twice")),
        (changed("choices", 2, "name", "con espacio"), ("choices", 2, "choice_value")),
        (changed("choices", 2, "label::Español (es)", ""), ("choices", 2, "choice_label_missing")),
        (changed("settings", 2, "default_language", "Wayuunaiki"), ("settings", 2, "language_without_code")),
        (changed("settings", 2, "public_key", "abc"), ("settings", 2, "column_unsupported")),
    ],
)
def test_what_is_wrong_is_told_by_sheet_and_row(book: Any, expected: tuple[str, int, str]) -> None:
    reading = read(book)
    assert expected in codes(reading)
    assert reading.form is None


def test_or_other_is_written_out() -> None:
    for kind in ("select_one si_no or_other", "select multiple si_no or other"):
        reading = read(changed("survey", 5, "type", kind))
        assert reading.problems == () and [one.code for one in reading.notices] == ["or_other_written_out"]
        form = reading.form
        assert form is not None
        other = form.rows[-1]
        assert (other.field_type, other.name, other.label) == ("text", "pozo_other", "¿Cuál otro?")
        assert other.relevant == "selected(${pozo}, 'other')" and len(reading.rows) == len(form.rows)
        assert form.choices[-1] == Choice("si_no", "other", "Otro")
        assert Translation("English (en)", "si_no/other", "Other") in form.translations
        assert Translation("English (en)", "pozo_other", "Which other?") in form.translations
        assert not check(form.rows, form.choices)


@pytest.mark.parametrize(
    ("parameters", "kind", "constraint"),
    [
        ("start=0 end=5 step=1", "integer", ". >= 0 and . <= 5"),
        ("start = 2; end = 8; step = 2", "integer", ". >= 2 and . <= 8 and (. - 2) mod 2 = 0"),
        ("start=0, end=1, step=0.1", "decimal", ". >= 0 and . <= 1"),
        ("", "integer", ". >= 1 and . <= 10"),
    ],
)
def test_a_slider_becomes_a_number_with_bounds(parameters: str, kind: str, constraint: str) -> None:
    book = changed("survey", 3, "type", "range")
    rows = [[*cells, ""] for cells in book["survey"]]
    rows[0][-1], rows[2][-1] = "parameters", parameters
    reading = read({**book, "survey": rows})
    assert [one.code for one in reading.notices] == ["range_as_number"]
    assert reading.form is not None
    row = reading.form.rows[1]
    assert (row.field_type, row.constraint) == (kind, constraint)
    assert not check(reading.form.rows, reading.form.choices)


def test_further_guidance_joins_the_hint() -> None:
    reading = read(changed("survey", 3, "guidance_hint::English", "Every source."))
    assert reading.form is not None and [one.code for one in reading.notices] == ["guidance_joined"]
    assert Translation("English (en)", "agua", "Where is the water from?", "Ask Every source.") in (
        reading.form.translations
    )
    reading = read(changed("survey", 3, "guidance_hint", "Todas."))
    assert reading.form is not None and reading.form.rows[1].hint.endswith("Todas.")


def test_a_problem_names_its_cell() -> None:
    problem = read(changed("survey", 5, "relevant", "uuid()")).problems[0]
    assert (problem.row, problem.column, problem.detail, problem.more) == (5, 6, "uuid()", "uuid()")


@pytest.mark.parametrize(
    ("book", "expected"),
    [
        ({**BOOK, "Notas": [["hola"]]}, "sheet_unknown"),
        (changed("survey", 3, "comentario interno", "ojo"), "column_unknown"),
        (changed("survey", 3, "", "suelto"), "column_without_header"),
        (changed("settings", 2, "style", "pages"), "column_unknown"),
        (changed("choices", 2, "código dane", "44001"), "attribute_left_out"),
        (changed("choices", 2, "zona::English (en)", "north"), "column_unknown"),
        (changed("settings", 2, "version", "uno"), "version_no_number"),
        (changed("settings", 2, "version", "2024112201"), "version_too_large"),
        ({**BOOK, "survey": [*SURVEY, ["start", "inicio"]]}, "metadata_left_out"),
    ],
)
def test_what_changes_nothing_is_left_out_with_a_word(book: Any, expected: str) -> None:
    reading = read(book)
    assert [one.code for one in reading.notices] == [expected]
    assert reading.form is not None


CASCADE = {
    "survey": [
        ["type", "name", "label", "choice_filter"],
        ["select_one muns", "municipio", "Municipio", ""],
        ["select_one veredas", "vereda", "Vereda", "municipio = ${municipio} and Zona='rural'"],
    ],
    "choices": [
        ["list_name", "name", "label", "municipio", "Zona", "Cód-DANE"],
        ["muns", "riohacha", "Riohacha", "", "", "44001"],
        ["veredas", "camarones", "Camarones", "riohacha", "rural", ""],
    ],
}


def test_columns_of_choices_and_filters_are_read() -> None:
    reading = read(CASCADE)
    assert reading.problems == reading.notices == () and reading.form is not None
    assert reading.form.rows[1].choice_filter == "municipio = ${municipio} and Zona='rural'"
    assert [choice.attributes for choice in reading.form.choices] == [
        (("Cód-DANE", "44001"),),
        (("Zona", "rural"), ("municipio", "riohacha")),
    ]


def test_a_filter_on_a_list_without_the_column_is_told_by_its_cell() -> None:
    survey = [list(row) for row in CASCADE["survey"]]
    survey[1][3] = "Zona = 'rural'"
    (problem,) = read({**CASCADE, "survey": survey}).problems
    assert (problem.sheet, problem.row, problem.column) == ("survey", 2, 3)
    assert (problem.code, problem.detail, problem.more) == ("filter_column_of_list", "Zona", "muns")


def test_or_other_and_a_filter_do_not_go_together() -> None:
    survey = [list(row) for row in CASCADE["survey"]]
    survey[2][0] += " or_other"
    assert ("survey", 3, "or_other_filtered") in codes(read({**CASCADE, "survey": survey}))


def test_an_unused_column_that_we_have_no_place_for_is_no_problem() -> None:
    reading = read(changed("survey", 3, "repeat_count", ""))
    assert reading.problems == reading.notices == ()


def test_plain_labels_are_of_the_default_language() -> None:
    survey = [["Type", "NAME", "Label", "label:English"], ["text", "a", "Uno", "One"]]
    form = read({"survey": survey}).form
    assert form is not None
    assert (form.languages, form.key, form.version) == (("Español (es)", "English (en)"), "", 0)
    assert (form.rows[0].label, form.translations[0].label) == ("Uno", "One")
    only_english = read({"survey": [["type", "name", "label::English (en)"], ["text", "a", "One"]]}).form
    assert only_english is not None and only_english.default_language == "English (en)"


TEXT = (
    st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters="$"), min_size=1, max_size=20)
    | st.sampled_from(["=1+1", "@SUM(A1)", "007", "1.0", "TRUE", "2026-01-01", "línea uno\nlínea dos", "«¿Qué?»"])
)  # fmt: skip


@st.composite
def forms(draw: st.DrawFn) -> Form:
    rows: list[FieldRow] = []
    translations: list[Translation] = []
    for number in range(draw(st.integers(1, 5))):
        kind = draw(st.sampled_from(["text", "integer", "select_one", "image", "audio", "note", "date"]))
        name = f"campo_{number}"
        is_required = draw(st.booleans())
        rows.append(
            FieldRow(
                kind,
                name,
                draw(TEXT),
                hint=draw(st.just("") | TEXT),
                required=is_required,
                required_if="" if is_required else draw(st.sampled_from(["", "${campo_0} = 'a'"])),
                required_message=draw(st.just("") | TEXT),
                read_only=draw(st.booleans()),
                relevant=draw(st.sampled_from(["", "${campo_0} != ''"])),
                constraint=draw(st.sampled_from(["", ". != 'a'", ". > 1 and . < 5"])),
                constraint_message=draw(st.just("") | TEXT),
                appearance=draw(st.sampled_from(["", "multiline"])),
                default=draw(st.just("") | TEXT.filter(lambda text: not is_formula(text))),
                choice_list="lista" if kind == "select_one" else "",
                choice_filter=draw(st.sampled_from(["", "zona = 'x' and name != ${campo_0}"]))
                if kind == "select_one" and number
                else "",
            )
        )
        if draw(st.booleans()):
            translations.append(
                Translation("English (en)", name, draw(TEXT), *(draw(st.just("") | TEXT) for _ in range(3)))
            )
    rows.append(FieldRow("text", "ultimo", "Último"))
    choices = (
        Choice("lista", "a", draw(TEXT), (("Cód-DANE", draw(TEXT)), ("zona", draw(TEXT)))),
        Choice("lista", "b", draw(TEXT), draw(st.sampled_from([(), (("zona", "x"),)]))),
    )
    if draw(st.booleans()):
        translations.append(Translation("English (en)", "lista/a", draw(TEXT)))
    return Form("clave", draw(st.integers(1, 99)), draw(TEXT), tuple(rows), choices, tuple(translations))


@given(forms())
def test_what_is_written_as_sheets_reads_the_same(form: Form) -> None:
    written = {}
    for name, rows in sheets(form).items():
        columns = list(dict.fromkeys(column for row in rows for column in row))
        written[name] = [columns, *([row.get(column, "") for column in columns] for row in rows)]
    assert read(written).form == form


@settings(max_examples=25)
@given(forms())
def test_a_workbook_that_we_write_loads_back_the_same(form: Form) -> None:
    reading = read(cells_of(workbook(form)))
    assert reading.problems == reading.notices == ()
    assert reading.form == form


def xlsx(cells: dict[str, Any]) -> bytes:
    book = Workbook()
    for place, value in cells.items():
        book.active[place] = value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("code", "data"),
    [
        ("file_empty", b"  "),
        ("file_not_xlsform", b"type,name\ntext,a\n"),
        ("file_not_xlsform", b"%PDF-1.7"),
        ("file_broken", xlsx({"A1": "type"})[:-200]),
        ("file_broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600),
        ("file_encrypted", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")),
        ("file_too_large", b"PK" + b"x" * (6 * 2**20)),
        ("file_too_long", xlsx({"A9000": "abajo"})),
        ("formula_without_result", xlsx({"A1": "=1+1"})),
    ],
)
def test_a_file_that_is_no_workbook_is_refused(code: str, data: bytes) -> None:
    with pytest.raises(WorkbookError) as refusal:
        cells_of(data)
    assert [problem.code for problem in refusal.value.problems] == [code]


def test_cells_are_read_as_texts() -> None:
    cells = cells_of(xlsx({"A1": 3, "B1": 2.5, "C1": True, "A2": " x "}))
    assert cells == {"Sheet": [["3", "2.5", "true"], ["x", "", ""]]}


def test_languages_have_codes() -> None:
    assert [language_code(one) for one in ("Español (es)", "English(en)", "Wayuu")] == ["es", "en", "wayuu"]
