"""Functions that look at the form around them, times, and calculations that go in a circle."""

from datetime import date, datetime
from typing import Any

import pytest

from social_crm.field_records.domain.answers import examine
from social_crm.field_records.domain.expression_values import Context, Value
from social_crm.field_records.domain.expressions import evaluate, parse
from social_crm.field_records.domain.templates import Choice, FieldRow, build, check
from social_crm.field_records.domain.xform_instance import read, write

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 10, 30)
ANSWERS: dict[str, Value] = {
    "born": "2001-02-03",
    "at": "2026-11-22T10:30:00",
    "needs": "food health water",
    "empty": "",
    "name": "Ana",
}


def value(text: str) -> Value:
    return evaluate(parse(text), Context(ANSWERS, TODAY, now=NOW))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("int((today() - ${born}) div 365.25)", 25),
        ("today() - '2026-11-01'", 21),
        ("date(today() + 30)", "2026-12-22"),
        ("date('2026-02-30')", ""),
        ("date(${empty})", ""),
        ("date(0)", "1970-01-01"),
        ("now()", "2026-11-22T10:30:00"),
        ("${at} <= now()", True),
        ("${at} < now()", False),
        ("${at} > today()", True),
        ("(now() - ${at}) * 24", 0),
        ("'2026-11-22T12:00:00.000-05:00' - ${at} = 0.0625", True),
        ("format-date(${born}, '%d/%m/%Y')", "03/02/2001"),
        ("format-date(${born}, '%e-%n-%y %H:%M %%')", "3-2-01 00:00 %"),
        ("format-date-time(now(), '%h h %M %S.%3')", "10 h 30 00.000"),
        ("format-date(${name}, '%Y')", ""),
        ("format-date(today() + 1, '%d')", "23"),
        ("decimal-date-time('2026-11-22') - decimal-date-time('2026-11-21')", 1),
        ("selected-at(${needs}, 0)", "food"),
        ("selected-at(${needs}, 2)", "water"),
        ("selected-at(${needs}, 3)", ""),
        ("selected-at(${needs}, -1)", ""),
        ("selected-at(${needs}, ${empty})", ""),
        ("pow(2, 10)", 1024),
        ("pow(2, 0.5) > 1.414 and pow(2, 0.5) < 1.415", True),
        ("string(pow(10, 400))", "NaN"),
        ("string(pow(-8, 0.5))", "NaN"),
        ("string(pow(0, -1))", "NaN"),
        ("once(${name})", "Ana"),
    ],
)
def test_values(text: str, expected: Any) -> None:
    assert value(text) == expected


CHOICES = (Choice("zonas", "n", "Norte"), Choice("zonas", "s", "Sur"))
REPEAT = (
    FieldRow("select_one", "zone", "Zona", choice_list="zonas"),
    FieldRow("begin_repeat", "sale", "Venta"),
    FieldRow("calculate", "number", calculation="position(..)"),
    FieldRow("decimal", "amount", "Valor"),
    FieldRow(
        "calculate", "total", calculation="${amount} + coalesce(indexed-repeat(${total}, ${sale}, position(..) - 1), 0)"
    ),
    FieldRow("end_repeat"),
    FieldRow("calculate", "second", calculation="indexed-repeat(${amount}, ${sale}, 2)"),
    FieldRow("calculate", "where", calculation="jr:choice-name(${zone}, '${zone}')"),
    FieldRow("calculate", "first_seen", calculation="once(${zone})"),
)  # fmt: skip


def test_rows_are_counted_named_and_added_up_one_after_the_other() -> None:
    template = build(REPEAT, CHOICES)
    given = {"zone": "s", "sale": [{"amount": number} for number in (5, 4, 3, 2, 1, 6, 7)]}
    found = examine(template, given, TODAY)
    assert [row["number"] for row in found.answers["sale"]] == ["1", "2", "3", "4", "5", "6", "7"]
    assert [row["total"] for row in found.answers["sale"]] == ["5", "9", "12", "14", "15", "21", "28"]
    assert (found.answers["second"], found.answers["where"]) == ("4", "Sur")
    assert "second" not in examine(template, {"sale": [{"amount": 1}]}, TODAY).answers


def test_what_is_calculated_once_stays_and_comes_from_the_device() -> None:
    template = build(REPEAT, CHOICES)
    first = examine(template, {"zone": "n"}, TODAY).answers
    assert first["first_seen"] == "n"
    assert examine(template, {**first, "zone": "s"}, TODAY).answers["first_seen"] == "n"
    sent = read(
        template, "k", 1, '<k version="1"><zone>s</zone><first_seen>n</first_seen><where>x</where></k>', {}
    )
    assert sent.answers == {"zone": "s", "first_seen": "n"}


def test_a_moment_is_kept_as_the_clock_shows_it_and_goes_back_as_engines_write_it() -> None:
    rows = (
        FieldRow("datetime", "at", "Cuándo", constraint=". <= now()"),
        FieldRow("hidden", "source", default="censo"),
        FieldRow("barcode", "code", "Código"),
    )
    template = build(rows, ())
    for given in ("2026-11-22T10:30:00.000-05:00", "2026-11-22 10:30:00", "2026-11-22T10:30"):
        found = examine(template, {"at": given, "source": "otra", "code": "770123"}, TODAY, NOW)
        assert found.answers == {"at": "2026-11-22T10:30:00", "source": "censo", "code": "770123"}
        assert found.findings == ()
    assert [one.code for one in examine(template, {"at": "2026-11-22T10:31"}, TODAY, NOW).findings] == [
        "constraint"
    ]
    assert [one.code for one in examine(template, {"at": "ayer"}, TODAY, NOW).findings] == ["datetime"]
    assert "<at>2026-11-22T10:30:00.000-05:00</at>" in write(template, "k", 1, found.answers, "", "-05:00")


@pytest.mark.parametrize(
    ("rows", "code", "more"),
    [
        ((FieldRow("calculate", "a", calculation="${a} + 1"),), "circle", "a → a"),
        (
            (
                FieldRow("calculate", "a", calculation="${b} + 1"),
                FieldRow("calculate", "b", calculation="concat(${c}, '')"),
                FieldRow("integer", "c", "C", calculation="if(${a} > 1, 1, 2)"),
            ),
            "circle",
            "a → b → c → a",
        ),
        (
            (FieldRow("calculate", "a", calculation="position(..)"),),
            "expression_position_place",
            "position(..)",
        ),
        (
            (
                FieldRow("begin_repeat", "r", "R"),
                FieldRow("begin_group", "g", "G"),
                FieldRow("calculate", "a", calculation="position(..)"),
                FieldRow("end_group"),
                FieldRow("end_repeat"),
            ),
            "expression_position_place",
            "position(..)",
        ),
        (
            (FieldRow("calculate", "a", calculation="jr:choice-name(1, '${x}')"),),
            "expression_choice_name_of",
            "x",
        ),
        (
            (FieldRow("calculate", "a", calculation="indexed-repeat(${x}, ${x}, 1)"),),
            "expression_indexed_repeat_of",
            "x, x",
        ),
    ],
)
def test_refused(rows: tuple[FieldRow, ...], code: str, more: str) -> None:
    found = check((FieldRow("text", "x", "X"), *rows), ())
    assert (code, more) in [(one.code, one.more) for one in found]


def test_what_goes_in_no_circle_and_what_was_published_in_one() -> None:
    chain = tuple(FieldRow("calculate", f"a{n}", calculation=f"${{a{n + 1}}}") for n in range(30))
    assert check((*chain, FieldRow("integer", "a30", "A")), ()) == ()
    # A template that was published before this was asked goes on being answered.
    circle = (FieldRow("text", "x", "X"), FieldRow("calculate", "a", calculation="${a}"))
    assert examine(build(circle, ()), {"x": "1"}, TODAY).answers == {"x": "1"}
