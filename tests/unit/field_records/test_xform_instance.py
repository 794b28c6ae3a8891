"""What a form engine fills, read as answers and written again; what is no such thing is refused."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_templates_and_answers import TEMPLATE, TODAY

from social_crm.field_records.domain import xform_instance
from social_crm.field_records.domain.answers import examine
from social_crm.field_records.domain.templates import FieldRow, build
from social_crm.field_records.domain.xform_instance import InstanceError, named_files, read, write

MEDIA = {"a.jpg": "/private/files/a.jpg"}
HEAD = '<visit id="visit" version="2">'


def read_visit(text: str) -> dict[str, Any]:
    return dict(read(TEMPLATE, "visit", 2, text, MEDIA).answers)


def test_an_instance_becomes_answers() -> None:
    found = read(
        TEMPLATE,
        "visit",
        2,
        '<visit xmlns="http://www.w3.org/2002/xforms" xmlns:jr="http://openrosa.org/javarosa" '
        'xmlns:orx="http://openrosa.org/xforms" id="visit" version="2"><intro/><home><people>4</people><sick>yes</sick>'
        "<illness> gripa </illness></home><needs>health food</needs><since>2026-11-01</since><at>07:05:00.000-05:00</at>"
        "<place>11.38 -72.24 0 8.5</place><photo>a.jpg</photo>"
        '<sales jr:template=""><product/><amount/><why/></sales>'
        "<sales><product>Yuca</product><amount>250.50</amount><why/></sales><sales><product/><amount/><why/></sales>"
        "<total>9</total><big/><orx:meta><orx:instanceID>uuid:1</orx:instanceID>"
        "<orx:deprecatedID>uuid:0</orx:deprecatedID></orx:meta></visit>",
        MEDIA,
    )
    assert (found.instance_id, found.deprecated_id) == ("uuid:1", "uuid:0")
    assert found.answers == {
        "people": 4,
        "sick": "yes",
        "illness": "gripa",
        "needs": ["food", "health"],
        "since": "2026-11-01",
        "at": "07:05",
        "place": {"latitude": "11.38", "longitude": "-72.24", "accuracy": "8.5"},
        "photo": "/private/files/a.jpg",
        "sales": [{"product": "Yuca", "amount": "250.5"}],
    }


def test_rows_that_are_counted_are_all_there_and_their_number_is_worked_out_here() -> None:
    rows = (
        FieldRow("integer", "children", "Niños"),
        FieldRow("begin_repeat", "child", "Niño", repeat_count="${children}"),
        FieldRow("text", "name", "Nombre"),
        FieldRow("end_repeat"),
    )
    xml = (
        f"{HEAD}<children>2</children><child_count>9</child_count><child><name>Ana</name></child>"
        "<child><name/></child></visit>"
    )
    found = read(build(rows, ()), "visit", 2, xml, {}).answers
    assert found == {"children": 2, "child": [{"name": "Ana"}, {}]}
    with pytest.raises(InstanceError):
        read(build((rows[0], FieldRow("begin_repeat", "child"), *rows[2:]), ()), "visit", 2, xml, {})


def test_a_wrong_value_is_left_to_the_judgement_of_answers() -> None:
    given_answers = read_visit(f"{HEAD}<home><people>many</people></home></visit>")
    assert given_answers == {"people": "many"}
    assert examine(TEMPLATE, given_answers, TODAY).findings[0].code == "number"


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE visit [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    f"{HEAD}<big>&b;</big></visit>"
)
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE visit [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    f"{HEAD}<big>&f;</big></visit>"
)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("not_xml", ""),
        ("not_xml", "<visit"),
        ("not_xml", "no form"),
        ("not_xml", f"{HEAD}<big>\x00</big></visit>"),
        ("forbidden", BOMB),
        ("forbidden", OUTSIDE),
        ("forbidden", f"<!DOCTYPE visit>{HEAD}</visit>"),
        ("too_big", f"{HEAD}<big>{'x' * 2_000_001}</big></visit>"),
        ("too_big", f"{HEAD}<big>{'ñ' * 1_200_000}</big></visit>"),
        ("too_many_elements", f"{HEAD}{'<a/>' * 100_001}</visit>"),
        ("too_deep", f"{HEAD}{'<a>' * 40}{'</a>' * 40}</visit>"),
        ("wrong_form", '<other id="visit" version="2"/>'),
        ("wrong_form", '<visit id="other" version="2"/>'),
        ("wrong_version", '<visit id="visit" version="1"/>'),
        ("wrong_version", '<visit id="visit"/>'),
        ("unknown_element", f"{HEAD}<secret>1</secret></visit>"),
        ("unknown_element", f"{HEAD}<people>1</people></visit>"),
        ("unknown_element", f"{HEAD}<sales><meta/></sales></visit>"),
        ("unknown_element", f"{HEAD}<big><b>1</b></big></visit>"),
        ("twice", f"{HEAD}<big>1</big><big>2</big></visit>"),
        ("twice", f"{HEAD}<home/><home/></visit>"),
        ("too_many_rows", f"{HEAD}{'<sales><product>a</product></sales>' * 101}</visit>"),
        ("missing_file", f"{HEAD}<photo>b.jpg</photo></visit>"),
        ("missing_file", f"{HEAD}<photo>/private/files/a.jpg</photo></visit>"),
    ],
)
def test_what_is_no_instance_of_this_version_is_refused(code: str, text: str) -> None:
    with pytest.raises(InstanceError) as refusal:
        read_visit(text)
    assert refusal.value.code == code


# What a person can write: no control characters, no spaces around, line ends as one sign.
TEXTS = (
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=60)
    .map(str.strip)
    .filter(bool)
)
SALES = st.fixed_dictionaries(
    {"product": TEXTS},
    optional={"amount": st.decimals("-1000000", "1000000", places=2).map(str), "why": TEXTS},
)
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "people": st.integers(-5, 10**6),
        "sick": st.sampled_from(["yes", "no"]),
        "illness": TEXTS,
        "needs": st.sets(st.sampled_from(["food", "health"])).map(sorted),
        "since": st.dates(date(1900, 1, 1), date(2100, 1, 1)).map(date.isoformat),
        "at": st.times().map(lambda moment: moment.strftime("%H:%M")),
        "place": st.tuples(st.integers(-90, 90), st.integers(-180, 180), st.integers(1, 500)).map(
            lambda point: dict(zip(("latitude", "longitude", "accuracy"), map(str, point), strict=True))
        ),
        "photo": st.just("/private/files/a.jpg"),
        "sales": st.lists(SALES, max_size=4),
        "big": TEXTS,
    },
)


@given(ANSWERS)
def test_answers_go_out_and_come_back_the_same(given_answers: dict[str, Any]) -> None:
    kept = examine(TEMPLATE, given_answers, TODAY)
    text = write(TEMPLATE, "visit", 2, kept.answers, "uuid:1")
    found = read(TEMPLATE, "visit", 2, text, MEDIA)
    assert found.instance_id == "uuid:1"
    again = examine(TEMPLATE, found.answers, TODAY)
    assert again.answers == kept.answers
    assert write(TEMPLATE, "visit", 2, again.answers, "uuid:1") == text


def test_a_time_goes_out_with_its_offset_and_comes_back_as_it_was_read_from_the_clock() -> None:
    text = write(TEMPLATE, "visit", 2, {"at": "07:30"}, offset="-05:00")
    assert "<at>07:30:00.000-05:00</at>" in text
    assert read_visit(text) == {"at": "07:30"}


def test_control_characters_do_not_break_the_xml() -> None:
    text = write(TEMPLATE, "visit", 2, {"big": "uno\x00\x0b\x1fdos\nlínea"})
    assert read_visit(text) == {"big": "unodos\nlínea"}


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda raw: raw.decode("latin-1")))
def test_noise_is_refused_and_nothing_else_happens(noise: str) -> None:
    with pytest.raises(InstanceError):
        read_visit(noise)
    with pytest.raises(InstanceError):
        read_visit(f"{HEAD}<nothing>{noise}</nothing></visit>")


def test_the_bounds_are_what_the_protocol_says() -> None:
    assert (xform_instance.MAX_BYTES, xform_instance.MAX_ELEMENTS) == (2_000_000, 100_000)


def test_only_answers_to_questions_for_files_name_files() -> None:
    text = (
        f"{HEAD}<home><people>4</people><illness>b.jpg</illness></home><photo>a.jpg</photo>"
        "<sales><product>c.jpg</product></sales></visit>"
    )
    assert named_files(TEMPLATE, text) == {"a.jpg": {"image"}}
    with pytest.raises(InstanceError):
        named_files(TEMPLATE, "<visit")


@pytest.mark.parametrize("day", ["2026-11-01junk", "2026-W44-7", "20261101", "٢٠٢٦-١١-٠١"])
def test_what_is_nearly_a_date_is_none(day: str) -> None:
    found = examine(TEMPLATE, read_visit(f"{HEAD}<since>{day}</since></visit>"), TODAY)
    assert [finding.code for finding in found.findings if finding.path == "since"] == ["date"]
