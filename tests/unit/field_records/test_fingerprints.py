"""Minutiae records are read as ISO/IEC 19794-2:2005 lays them out, and a capture that proves nothing is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_crm.field_records.domain.fingerprints import (
    MAX_BYTES,
    MIN_MINUTIAE,
    FingerprintError,
    View,
    check_capture,
    read_template,
)


def record(*views: tuple[int, int, int], extra: bytes = b"") -> bytes:
    """A record built field by field from the standard's table; each view (position, quality, number of minutiae)."""
    body = b""
    for position, quality, minutiae in views:
        body += bytes((position, 0, quality, minutiae)) + bytes(6 * minutiae)
        body += len(extra).to_bytes(2, "big") + extra
    length = 24 + len(body)
    size = (256).to_bytes(2, "big") + (400).to_bytes(2, "big")
    resolution = (197).to_bytes(2, "big") * 2
    header = b"FMR\x00 20\x00" + length.to_bytes(4, "big") + bytes(2) + size + resolution
    return header + bytes((len(views), 0)) + body


views = st.tuples(st.integers(0, 10), st.integers(0, 100), st.integers(0, 120))


@given(st.lists(views, min_size=1, max_size=16), st.binary(max_size=40))
def test_every_view_of_a_record_is_read(listed, extra):
    assert read_template(record(*listed, extra=extra)) == tuple(View(*view) for view in listed)


@given(st.binary(max_size=200))
def test_bytes_that_are_no_record_are_refused(data):
    with pytest.raises(FingerprintError):
        read_template(data)


@given(st.lists(views, min_size=1, max_size=3), st.data())
def test_a_record_that_is_cut_off_or_drawn_out_is_refused(listed, data):
    whole = record(*listed)
    cut = data.draw(st.integers(0, len(whole) - 1))
    for wrong in (whole[:cut], whole + b"\x00"):
        with pytest.raises(FingerprintError):
            read_template(wrong)


def test_a_record_says_of_itself_what_it_holds():
    good = record((1, 80, 30))
    for wrong in (
        good[:22] + b"\x00" + good[23:],  # no view
        good[:22] + b"\x02" + good[23:],  # a view more than there are
        record((11, 80, 30)),
        record((1, 101, 30)),
    ):
        with pytest.raises(FingerprintError):
            read_template(wrong)


GOOD = record((2, 80, 30))


@pytest.mark.parametrize(
    ("code", "template", "image", "finger", "quality", "inked"),
    [
        ("nothing", None, None, "Right Thumb", 90, False),
        ("finger", GOOD, None, "Toe", 90, False),
        ("quality", GOOD, None, "Right Thumb", 59, False),
        ("quality", GOOD, None, "Right Thumb", 101, False),
        ("quality", GOOD, None, "Right Thumb", None, False),
        ("minutiae", record((2, 80, MIN_MINUTIAE - 1)), None, "Right Thumb", 90, False),
        ("template", b"FMR", b"picture", "Right Thumb", 90, False),
        ("size", None, b"x" * (MAX_BYTES + 1), "Right Thumb", 90, False),
        ("image", GOOD, b"picture", "Right Thumb", None, True),
        ("image", GOOD, None, "Right Thumb", None, True),
    ],
)
def test_what_proves_nothing_is_refused(code, template, image, finger, quality, inked):
    with pytest.raises(FingerprintError) as refused:
        check_capture(template, image, finger, quality, 60, inked)
    assert refused.value.code == code


def test_what_a_reader_gives_at_the_least_quality_is_taken_and_an_inked_print_needs_none():
    assert check_capture(GOOD, b"picture", "Left Index Finger", 60, 60, False) is None
    assert check_capture(None, b"picture", "Left Index Finger", 60, 60, False) is None
    assert check_capture(record((2, 80, MIN_MINUTIAE)), None, "Right Thumb", 60, 60, False) is None
    assert check_capture(None, b"picture", "Left Index Finger", None, 60, True) is None
