"""Columns of XLSForms that say when an answer is needed, what is only shown and how many rows there are."""

import pytest
from test_xlsform import changed, counted

from social_crm.field_records.domain.templates import FieldRow
from social_crm.field_records.domain.xlsform import Form, sheets
from social_crm.field_records.domain.xlsform_reader import read


def test_a_question_has_words_of_its_own_for_no_answer_a_rule_for_it_and_may_be_shown_only() -> None:
    book = changed("survey", 5, "required", "${agua} = 'otra'")
    for column, text in (
        ("required_message::Español (es)", "Diga si hay pozo."),
        ("Required_message::English", "Say it."),
        ("readonly", "TRUE"),
    ):
        rows = [[*cells, ""] for cells in book["survey"]]
        rows[0][-1], rows[4][-1] = column, text
        book = {**book, "survey": rows}
    reading = read(book)
    assert reading.problems == reading.notices == () and reading.form is not None
    row = reading.form.rows[3]
    assert (row.required, row.required_if, row.required_message) == (
        False,
        "${agua} = 'otra'",
        "Diga si hay pozo.",
    )
    assert row.read_only
    english = reading.form.spoken("en").items[1].row
    assert english.required_message == "Say it."
    cells = sheets(reading.form)["survey"][3]
    assert (cells["required"], cells["read_only"]) == ("${agua} = 'otra'", "yes")


def test_a_repeat_has_a_number_of_rows() -> None:
    for count in ("3", "${otra}", "${otra} + 1"):
        reading = read(counted(count))
        assert reading.problems == () and reading.form is not None
        assert reading.form.rows[0].repeat_count == count
        assert sheets(reading.form)["survey"][0]["repeat_count"] == count
    # What a device is given is bounded; the number that is no expression is as it was.
    assert sheets(reading.form, fill_in=True)["survey"][0]["repeat_count"] == (
        "if((${otra} + 1) > 0, if((${otra} + 1) > 100, 100, int(${otra} + 1)), 0)"
    )


def test_what_is_calculated_is_shown_only_on_devices_and_downloads_as_it_was_written() -> None:
    rows = (FieldRow("integer", "a", "A"), FieldRow("integer", "b", "B", calculation="${a} * 2"))
    form = Form("k", 1, "K", rows, ())
    assert "read_only" not in sheets(form)["survey"][1]
    assert sheets(form, fill_in=True)["survey"][1]["read_only"] == "yes"


@pytest.mark.parametrize(
    ("written", "on_devices"),
    [
        ("regex(., '[0-9]{10}')", "regex(., '^(?:[0-9]{10})$')"),
        ('. = "" or regex( . , "a|b" )', '. = "" or regex( . , "^(?:a|b)$" )'),
        (
            "regex(concat(${a}, ', ', 'x'), '1') and not(regex(., '2,(3)'))",
            "regex(concat(${a}, ', ', 'x'), '^(?:1)$') and not(regex(., '^(?:2,(3))$'))",
        ),
        ("regex(., '^7')", "regex(., '^(?:^7)$')"),
        (". != 'regex(., 1)'", ". != 'regex(., 1)'"),
    ],
)
def test_a_pattern_means_the_whole_text_on_devices_too(written: str, on_devices: str) -> None:
    form = Form("k", 1, "K", (FieldRow("text", "a", "A"), FieldRow("text", "b", "B", constraint=written)), ())
    assert sheets(form)["survey"][1]["constraint"] == written
    assert sheets(form, fill_in=True)["survey"][1]["constraint"] == on_devices
