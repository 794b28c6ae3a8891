"""The strokes of a signature: where the pen was, and when. Vectors beside the image that people look at."""

import json
import math
from typing import Any

MAX_STROKES = 500
MAX_POINTS = 20_000
# A point is `x` and `y`, the milliseconds `t` since the first one or since the epoch, and the pressure `p` where a device knows it.
_REQUIRED = frozenset({"x", "y"})
_KNOWN = frozenset({"x", "y", "t", "p"})


def stroke_text(value: Any) -> str:
    """Return strokes as the one text that is kept and sealed; empty for none.

    value: [[{"x", "y", "t", "p"}, ...], ...] or its JSON text.

    Raises:
        ValueError: it is something else, or too much.
    """
    if value in (None, ""):
        return ""
    strokes = json.loads(value) if isinstance(value, str) else value
    if not isinstance(strokes, list) or len(strokes) > MAX_STROKES:
        raise ValueError("strokes")
    points = 0
    for stroke in strokes:
        if not isinstance(stroke, list):
            raise ValueError("stroke")
        points += len(stroke)
        if points > MAX_POINTS:
            raise ValueError("too many points")
        for point in stroke:
            _check_point(point)
    return json.dumps(strokes, sort_keys=True, separators=(",", ":"), allow_nan=False) if points else ""


def _check_point(point: Any) -> None:
    if not isinstance(point, dict) or not set(point) >= _REQUIRED or not set(point) <= _KNOWN:
        raise ValueError("point")
    for number in point.values():
        if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
            raise ValueError("number")
