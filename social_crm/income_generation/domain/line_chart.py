"""A line chart as an SVG text, for printed documents: no script runs while a PDF is made."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

WIDTH, HEIGHT = 700, 250
LEFT, RIGHT, TOP, BOTTOM = 70, 36, 34, 34
STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
MOST_LABELS = 12


@dataclass(frozen=True)
class Line:
    """One line: its name, its colour ("#2e7d6b") and one value for each label."""

    name: str
    colour: str
    values: tuple[Decimal, ...]


def escape(text: str) -> str:
    """Return a text as it may stand inside an element."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def scale(values: Sequence[Decimal], ticks: int = 4) -> tuple[Decimal, Decimal, Decimal]:
    """Return (lowest, highest, step) of a round scale that holds all values and zero, of about `ticks` steps."""
    low, high = min((*values, Decimal(0))), max((*values, Decimal(0)))
    if low == high:
        high = low + 1
    rough = (high - low) / ticks
    power = Decimal(10) ** rough.adjusted()
    step = next(factor * power for factor in STEPS if factor * power >= rough)
    lowest = (low / step).to_integral_value(rounding=ROUND_FLOOR) * step
    highest = (high / step).to_integral_value(rounding=ROUND_CEILING) * step
    return lowest, highest, step


def short_number(value: Decimal) -> str:
    """Return a number as the axis shows it: "1,2 M" or "800 mil"; smaller ones whole."""
    for unit, word in ((Decimal(1_000_000), " M"), (Decimal(1_000), " mil")):
        if abs(value) >= unit:
            text = f"{(value / unit).quantize(Decimal('0.01')):f}".rstrip("0").rstrip(".")
            return text.replace(".", ",") + word
    return f"{value.quantize(Decimal('0.01')):f}".rstrip("0").rstrip(".").replace(".", ",") or "0"


def line_chart(labels: Sequence[str], lines: Sequence[Line]) -> str:
    """Return the chart as an `<svg>` element of 172 by 61.4 millimetres, which fits A4 and Letter.

    labels: one for each point of the horizontal axis, at least one; ValueError when a line has another number of
        values than there are labels.
    """
    if not labels or any(len(line.values) != len(labels) for line in lines):
        raise ValueError("each line needs one value for each label")
    lowest, highest, step = scale([value for line in lines for value in line.values])
    inner_width, inner_height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(index: int) -> str:
        share = Decimal(index) / (len(labels) - 1) if len(labels) > 1 else Decimal("0.5")
        return f"{LEFT + share * inner_width:.1f}"

    def y(value: Decimal) -> str:
        return f"{TOP + (highest - value) / (highest - lowest) * inner_height:.1f}"

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="172mm" height="61.4mm" '
        'font-family="Inter, Helvetica, Arial, sans-serif" font-size="11">'
    ]
    for number in range(int((highest - lowest) / step) + 1):
        value = lowest + number * step
        colour = "#8d99a6" if value == 0 else "#e3e7eb"
        parts.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(value)}" y2="{y(value)}" stroke="{colour}" stroke-width="1"/>'
            f'<text x="{LEFT - 8}" y="{y(value)}" dy="4" text-anchor="end" fill="#57606a">{short_number(value)}</text>'
        )
    every = -(-len(labels) // MOST_LABELS)
    for index, label in enumerate(labels):
        if index % every == 0:
            parts.append(
                f'<text x="{x(index)}" y="{HEIGHT - 12}" text-anchor="middle" fill="#57606a">{escape(label)}</text>'
            )
    for position, line in enumerate(lines):
        points = " ".join(f"{x(index)},{y(value)}" for index, value in enumerate(line.values))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{line.colour}" stroke-width="2.2"/>')
        parts += [
            f'<circle cx="{x(index)}" cy="{y(value)}" r="3" fill="{line.colour}"/>'
            for index, value in enumerate(line.values)
        ]
        at = LEFT + position * 150
        parts.append(
            f'<rect x="{at}" y="8" width="12" height="12" fill="{line.colour}"/>'
            f'<text x="{at + 18}" y="18" fill="#1d2327">{escape(line.name)}</text>'
        )
    return "".join([*parts, "</svg>"])
