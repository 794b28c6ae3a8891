"""A chain of seals: every closed acta carries the seal of the one before it, numbered without a gap."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Link:
    """One acta as the database has it now. sealed: whether its content still gives its own seal."""

    acta: str
    number: int
    previous_hash: str
    content_hash: str
    sealed: bool


@dataclass(frozen=True)
class Break:
    """The first link that does not hold. acta: empty where it is missing. code: see `first_break`."""

    number: int
    acta: str
    code: str


def first_break(links: Iterable[Link], last_number: int, last_hash: str) -> Break | None:
    """Return the first broken link of a chain, or None when all of it holds.

    links: by number. last_number, last_hash: what the head of the chain remembers. Codes: "missing" (no acta has the number),
    "twice" (two have it), "previous" (it does not carry the seal of the one before it), "content" (its content gives
    another seal), "beyond" (it stands after the end that the head remembers), "end" (the last seal is not the head's).
    """
    expected, previous, last_acta = 1, "", ""
    for link in links:
        if link.number != expected:
            twice = link.number < expected
            return Break(link.number, link.acta, "twice") if twice else Break(expected, "", "missing")
        if link.number > last_number:
            return Break(link.number, link.acta, "beyond")
        if link.previous_hash != previous:
            return Break(link.number, link.acta, "previous")
        if not link.sealed:
            return Break(link.number, link.acta, "content")
        expected, previous, last_acta = expected + 1, link.content_hash, link.acta
    if expected <= last_number:
        return Break(expected, "", "missing")
    return None if previous == last_hash else Break(last_number, last_acta, "end")
