"""The words, dates and numbers of the paper of an acta, in both languages that it speaks."""

import re
from datetime import date
from pathlib import Path

import pytest

from social_crm.field_records.domain import paper_words
from social_crm.field_records.domain.paper_words import WORDS, date_text, is_long, number_text, spoken

PAPER = Path(__file__).parents[3] / "social_crm/print_formats/acta.html"


def test_both_languages_say_everything_that_the_paper_asks_for():
    assert WORDS["es"].keys() == WORDS["en"].keys()
    asked = set(re.findall(r"\bsay\.([a-z_]+)", PAPER.read_text(encoding="utf-8"))) - {"language"}
    assert asked
    assert asked <= WORDS["es"].keys()
    for language, words in WORDS.items():
        assert all(text.strip() for text in words.values())
        assert language in paper_words.TAGS
    same = [key for key in WORDS["es"] if WORDS["es"][key] == WORDS["en"][key]]
    assert same == []
    holes = re.compile(r"\{\w+\}")
    for key, text in WORDS["es"].items():
        assert sorted(holes.findall(text)) == sorted(holes.findall(WORDS["en"][key])), key


@pytest.mark.parametrize(
    ("code", "language"), [("es", "es"), ("en", "en"), ("en-GB", "en"), ("guc", "es"), ("", "es")]
)
def test_a_language_that_the_paper_does_not_speak_is_printed_in_spanish(code, language):
    assert spoken(code) == language


def test_dates():
    assert date_text(date(2026, 11, 2), "es") == "2 de noviembre de 2026"
    assert date_text(date(2026, 11, 2), "en") == "2 November 2026"


@pytest.mark.parametrize(
    ("value", "together", "spanish", "english"),
    [
        (185000, 4, "185.000", "185,000"),
        ("185000.50", 4, "185.000,50", "185,000.50"),
        (-1234567, 4, "-1.234.567", "-1,234,567"),
        (2024, 4, "2024", "2024"),
        (9000, 3, "9.000", "9,000"),
        (0.5, 3, "0,5", "0.5"),
        (1e15, 3, "1.000.000.000.000.000", "1,000,000,000,000,000"),
        ("0012345", 3, "0012345", "0012345"),
        ("S. A. S.", 3, None, None),
        ("10.000.000", 3, None, None),
        ("", 3, None, None),
    ],
)
def test_numbers(value, together, spanish, english):
    assert number_text(value, "es", together) == spanish
    assert number_text(value, "en", together) == english


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *((12000, True), (-12000.5, True), ("10000", True), (9999, False), (0.5, False)),
        # Texts and nothing at all.
        *(("2.5 kg", False), ("10.000.000", False), ("3. Chivos", False), ("", False), (None, False)),
    ],
)
def test_a_column_is_long_by_its_numbers_alone(value, expected):
    assert is_long(value) is expected
