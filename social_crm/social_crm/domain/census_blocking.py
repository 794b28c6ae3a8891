"""Finds who is worth comparing, so that ten thousand rows meet a hundred thousand persons without comparing all.

The index holds the rows of the file (the smaller side); the persons of the site pass by once. Two persons are compared
when they share a key: the document, the document with one slip, the date of birth (day and month in either order) with
the beginning of one name, or all names as they sound.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from social_crm.social_crm.domain.census_matching import Known, Likeness, compare, sound_of

# A key that more rows share than this says nothing (1 January with "mar..."); the first ones stand for the rest.
BLOCK_LIMIT = 200
_SHORTEST_NUMBER = 5


@dataclass(frozen=True)
class Match:
    """The row `row` (index) is like the person `other`."""

    row: int
    other: Known
    likeness: Likeness


def name_key(person: Known) -> str:
    """All names as they sound, in alphabetical order: blind to accents, spelling and the order of surnames."""
    return " ".join(sorted(map(sound_of, person.tokens)))


def birth_keys(person: Known) -> tuple[tuple[int, int, int, str], ...]:
    """The date of birth, blind to the order of day and month, with the beginning of each name."""
    if person.birth is None or person.estimated:
        return ()
    low, high = sorted((person.birth.day, person.birth.month))
    return tuple({(person.birth.year, low, high, sound_of(token)[:3]) for token in person.tokens})


def _deletions(number: str) -> Iterator[str]:
    for index in range(len(number)):
        yield number[:index] + number[index + 1 :]


class Index:
    """Rows of a file by the keys under which like persons are found."""

    def __init__(self, rows: Sequence[Known]) -> None:
        self.rows = rows
        self._identity: dict[str, list[int]] = defaultdict(list)
        # Number with one figure left out -> rows; substitution, transposition and a missing figure meet here.
        self._slips: dict[str, list[int]] = defaultdict(list)
        self._birth: dict[tuple[int, int, int, str], list[int]] = defaultdict(list)
        self._name: dict[str, list[int]] = defaultdict(list)
        for index, row in enumerate(rows):
            self._add(index, row)

    def _add(self, index: int, row: Known) -> None:
        if row.identity:
            self._identity[row.identity].append(index)
            space, _, number = row.identity.partition(":")
            if len(number) >= _SHORTEST_NUMBER:
                for key in {number, *_deletions(number)}:
                    self._slips[f"{space}:{key}"].append(index)
        for birth_key in birth_keys(row):
            if len(self._birth[birth_key]) < BLOCK_LIMIT:
                self._birth[birth_key].append(index)
        block = self._name[name_key(row)]
        if len(block) < BLOCK_LIMIT:
            block.append(index)

    def candidates(self, person: Known) -> set[int]:
        """Indexes of the rows worth comparing with the person."""
        found: set[int] = set()
        if person.identity:
            found.update(self._identity.get(person.identity, ()))
            space, _, number = person.identity.partition(":")
            if len(number) >= _SHORTEST_NUMBER:
                found.update(self._slips.get(f"{space}:{number}", ()))
                for key in _deletions(number):
                    found.update(self._slips.get(f"{space}:{key}", ()))
        for birth_key in birth_keys(person):
            found.update(self._birth.get(birth_key, ()))
        found.update(self._name.get(name_key(person), ()))
        return found


def match_site(index: Index, persons: Iterable[Known]) -> dict[int, Match]:
    """The best match on the site for each row that has one: certain before conflict before likely, then by points."""
    best: dict[int, Match] = {}
    for person in persons:
        for row in index.candidates(person):
            likeness = compare(index.rows[row], person)
            if likeness.certain or likeness.conflict or likeness.is_likely:
                offer = Match(row, person, likeness)
                if row not in best or _rank(offer) > _rank(best[row]):
                    best[row] = offer
    return best


def match_within(index: Index) -> dict[int, tuple[int, Likeness]]:
    """For each row that is like an earlier row of the file: the index of that row and the likeness."""
    best: dict[int, tuple[int, Likeness]] = {}
    for later, person in enumerate(index.rows):
        for earlier in sorted(candidate for candidate in index.candidates(person) if candidate < later):
            likeness = compare(person, index.rows[earlier])
            if not (likeness.certain or likeness.conflict or likeness.is_likely):
                continue
            if later not in best or _strength(likeness) > _strength(best[later][1]):
                best[later] = (earlier, likeness)
    return best


def _strength(likeness: Likeness) -> tuple[bool, bool, int]:
    return likeness.certain, likeness.conflict, likeness.score


def _rank(match: Match) -> tuple[bool, bool, int, bool, str]:
    return (*_strength(match.likeness), match.other.visible, match.other.ref)
