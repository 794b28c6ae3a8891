"""Strokes are kept as one text, and what is no stroke is refused."""

import json

import pytest

from social_crm.field_records.domain.strokes import MAX_POINTS, MAX_STROKES, stroke_text

POINT = {"x": 1.25, "y": -3, "t": 0, "p": 0.5}


def test_one_text_for_one_drawing():
    text = stroke_text([[POINT, {"y": 2, "x": 1}]])
    assert text == '[[{"p":0.5,"t":0,"x":1.25,"y":-3},{"x":1,"y":2}]]'
    assert stroke_text(text) == text
    assert stroke_text(json.dumps(json.loads(text), indent=2)) == text


@pytest.mark.parametrize("nothing", [None, "", [], [[]], "[]"])
def test_nothing_is_no_stroke(nothing):
    assert stroke_text(nothing) == ""


@pytest.mark.parametrize(
    "wrong",
    [
        "{",
        {"x": 1},
        [POINT],
        [[{"x": 1}]],
        [[{**POINT, "name": 1}]],
        [[{"x": "1", "y": 2}]],
        [[{"x": True, "y": 2}]],
        '[[{"x": NaN, "y": 2}]]',
        '[[{"x": Infinity, "y": 2}]]',
        [[]] * (MAX_STROKES + 1),
        [[{"x": 1, "y": 1}] * (MAX_POINTS + 1)],
    ],
)
def test_what_is_no_stroke_is_refused(wrong):
    with pytest.raises(ValueError):
        stroke_text(wrong)
