import xml.etree.ElementTree as ET
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_crm.income_generation.domain.line_chart import (
    BOTTOM,
    HEIGHT,
    TOP,
    Line,
    line_chart,
    scale,
    short_number,
)


def test_scale_is_round_and_holds_zero():
    assert scale([Decimal(830_000), Decimal(1_210_000)]) == (Decimal(0), Decimal(1_500_000), Decimal(500_000))
    assert scale([Decimal(-40), Decimal(90)]) == (Decimal(-50), Decimal(100), Decimal(50))
    assert scale([Decimal(0)])[1] > 0


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal(0), "0"),
        (Decimal(950), "950"),
        (Decimal(800_000), "800 mil"),
        (Decimal(1_200_000), "1,2 M"),
        (Decimal(-2_500_000), "-2,5 M"),
        (Decimal("0.5"), "0,5"),
    ],
)
def test_numbers_of_the_axis(value, text):
    assert short_number(value) == text


def test_names_are_escaped():
    svg = line_chart(["<a>"], [Line("Ventas & más", "#000000", (Decimal(1),))])
    texts = list(ET.fromstring(svg).itertext())
    assert "Ventas & más" in texts and "<a>" in texts
    assert "<a>" not in svg


def test_a_line_needs_a_value_for_each_label():
    with pytest.raises(ValueError):
        line_chart(["a", "b"], [Line("x", "#000000", (Decimal(1),))])
    with pytest.raises(ValueError):
        line_chart([], [])


amounts = st.decimals(min_value=-(10**12), max_value=10**12, places=2)


@given(st.lists(st.tuples(amounts, amounts), min_size=1, max_size=60))
def test_any_figures_give_a_drawing_inside_its_frame(points):
    first, second = (tuple(values) for values in zip(*points, strict=True))
    svg = line_chart(
        [str(n) for n in range(len(points))], [Line("a", "#111111", first), Line("b", "#222222", second)]
    )
    root = ET.fromstring(svg)
    circles = root.findall("{http://www.w3.org/2000/svg}circle")
    assert len(circles) == 2 * len(points)
    for circle in circles:
        assert TOP - 0.1 <= float(circle.get("cy")) <= HEIGHT - BOTTOM + 0.1


@given(st.lists(amounts, min_size=1, max_size=10))
def test_scale_holds_every_value_in_few_steps(values):
    lowest, highest, step = scale(values)
    assert lowest <= min(*values, Decimal(0)) and max(*values, Decimal(0)) <= highest
    assert (highest - lowest) / step <= 7
