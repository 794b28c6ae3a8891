"""What a fingerprint must bring: a minutiae record that is one, an image that is one, and enough quality.

Source of the layout: ISO/IEC 19794-2:2005, finger minutiae record format. A record begins with "FMR", a zero, " 20" and a zero;
then its whole length (4 bytes, big-endian), the capture equipment (2), the image's width and height (2 and 2), its resolutions
(2 and 2), the number of finger views (1) and a reserved byte. Each view: position (1), view number and impression (1), quality
0 to 100 (1), number of minutiae (1), 6 bytes for each of them, and the length of what a vendor adds (2) with that many bytes.
"""

from dataclasses import dataclass

ISO_FORMAT = "ISO 19794-2"
MAX_BYTES = 500_000
FINGERS = (
    "Right Thumb",
    "Right Index Finger",
    "Right Middle Finger",
    "Right Ring Finger",
    "Right Little Finger",
    "Left Thumb",
    "Left Index Finger",
    "Left Middle Finger",
    "Left Ring Finger",
    "Left Little Finger",
)
_MAGIC = b"FMR\x00 20\x00"
_HEADER = 24
_VIEW_HEADER = 4
_MINUTIA = 6
_MAX_VIEWS = 16
# Fewer ridge endings and forks than this identify nobody; a clean print has thirty to eighty.
MIN_MINUTIAE = 8


class FingerprintError(ValueError):
    """What a capture lacks; `code` is template, image, size, minutiae, finger, quality or nothing."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class View:
    """One finger in a record: position 0 to 10 as ISO numbers them, quality 0 to 100, and how many minutiae."""

    position: int
    quality: int
    minutiae: int


def read_template(data: bytes) -> tuple[View, ...]:
    """Return the views of a minutiae record.

    Raises:
        FingerprintError: it is no such record, is cut off, or says of itself what it does not hold.
    """
    if len(data) > MAX_BYTES:
        raise FingerprintError("size")
    if len(data) < _HEADER or not data.startswith(_MAGIC) or int.from_bytes(data[8:12], "big") != len(data):
        raise FingerprintError("template")
    count = data[22]
    if not 1 <= count <= _MAX_VIEWS:
        raise FingerprintError("template")
    views, at = [], _HEADER
    for _ in range(count):
        head = data[at : at + _VIEW_HEADER]
        if len(head) < _VIEW_HEADER:
            raise FingerprintError("template")
        position, quality, minutiae = head[0], head[2], head[3]
        at += _VIEW_HEADER + _MINUTIA * minutiae
        extra = data[at : at + 2]
        if len(extra) < 2 or position > 10 or quality > 100:
            raise FingerprintError("template")
        at += 2 + int.from_bytes(extra, "big")
        views.append(View(position, quality, minutiae))
    if at != len(data):
        raise FingerprintError("template")
    return tuple(views)


def best_quality(data: bytes) -> int | None:
    """Return the quality (0 to 100) that a minutiae record says of its best finger view; None where it is no such record."""
    try:
        return max(view.quality for view in read_template(data))
    except FingerprintError:
        return None


def check_capture(
    template: bytes | None,
    image: bytes | None,
    finger: str,
    quality: int | None,
    minimum: int,
    unmeasured: bool,
) -> None:
    """Refuse a capture that proves nothing.

    Args:
        template: a minutiae record; image: a picture whose kind the caller has verified; at least one of them.
        quality: 0 to 100 as the reader measured it.
        minimum: the least quality that the organisation takes from a reader.
        unmeasured: a picture alone, whose quality nobody gives in figures: a photo of an inked print, or of a reader that
            says no more than good or bad.

    Raises:
        FingerprintError: with what is wrong.
    """
    if not template and not image:
        raise FingerprintError("nothing")
    if len(image or b"") > MAX_BYTES:
        raise FingerprintError("size")
    if finger not in FINGERS:
        raise FingerprintError("finger")
    if unmeasured:
        if not image or template:
            raise FingerprintError("image")
        return
    views = read_template(template) if template else ()
    if quality is None or not 0 <= quality <= 100 or quality < minimum:
        raise FingerprintError("quality")
    if views and max(view.minutiae for view in views) < MIN_MINUTIAE:
        raise FingerprintError("minutiae")
