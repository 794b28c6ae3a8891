"""A chain of seals names its first broken link, whatever was done to it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_crm.field_records.domain.chain import Link, first_break


def chain(length: int) -> list[Link]:
    return [
        Link(f"ACTA-{number}", number, f"hash {number - 1}" if number > 1 else "", f"hash {number}", True)
        for number in range(1, length + 1)
    ]


def code_of(links, last=None, last_hash=None):
    number = len(links) if last is None else last
    broken = first_break(links, number, f"hash {number}" if last_hash is None else last_hash)
    return broken and (broken.code, broken.number)


def test_a_whole_chain_holds():
    assert first_break([], 0, "") is None
    assert code_of(chain(1)) is None
    assert code_of(chain(7)) is None


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda links: links[:3] + links[4:], ("missing", 4)),
        (lambda links: links[1:], ("missing", 1)),
        (lambda links: links[:-1], ("missing", 5)),
        (lambda links: [*links[:3], links[2], *links[3:]], ("twice", 3)),
        (lambda links: [*links[:2], replace(links[2], sealed=False), *links[3:]], ("content", 3)),
        (lambda links: [*links[:2], replace(links[2], previous_hash="x"), *links[3:]], ("previous", 3)),
        (lambda links: [*links[:2], replace(links[2], content_hash="x"), *links[3:]], ("previous", 4)),
        (lambda links: [*links[:4], replace(links[4], content_hash="x")], ("end", 5)),
        (lambda links: [*links, Link("ACTA-6", 6, "hash 5", "hash 6", True)], ("beyond", 6)),
    ],
)
def test_the_first_broken_link_is_named(change, expected):
    assert code_of(change(chain(5)), last=5) == expected


@given(st.integers(1, 20), st.data())
def test_no_acta_can_be_taken_out_or_swapped(length, data):
    links = chain(length)
    at = data.draw(st.integers(0, length - 1))
    assert code_of(links[:at] + links[at + 1 :], last=length) == ("missing", at + 1)
    other = data.draw(st.integers(0, length - 1))
    if other != at:
        swapped = list(links)
        swapped[at] = replace(links[other], number=at + 1)
        swapped[other] = replace(links[at], number=other + 1)
        assert code_of(swapped, last=length) is not None
