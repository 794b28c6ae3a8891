"""The largest multiple of a step that still passes a test."""

from collections.abc import Callable

# Halvings that bring any range of steps down to one.
_HALVINGS = 200


def largest_passing(passes: Callable[[int], bool], most: int) -> int:
    """Return the largest count below `most` that passes, where every smaller one passes as well; 0 if none above it does."""
    low, high = 0, most
    for _ in range(_HALVINGS):
        if high - low <= 1:
            break
        middle = (low + high) // 2
        if passes(middle):
            low = middle
        else:
            high = middle
    return low
