"""How alike two persons are, in points that can be explained one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from rapidfuzz import fuzz

from social_crm.social_crm.domain.census_text import fold, sound

# Points for each finding. A total of LIKELY or more is put before a person to decide; nothing is merged by points.
POINTS: dict[str, int] = {
    "same_name": 50,
    "swapped_surnames": 48,
    "sounds_alike": 45,
    "similar_name": 40,
    "name_part_missing": 38,
    "same_number": 50,
    "number_one_digit": 35,
    "number_transposed": 35,
    "number_digit_missing": 33,
    "other_number": -10,
    "same_birth_date": 25,
    "birth_day_month_swapped": 18,
    "birth_one_part": 12,
    "birth_year_near": 8,
    "other_birth_date": -20,
    "other_sex": -25,
    "same_community": 10,
}
LIKELY = 60
_GIVEN_GATE = 80.0
_SURNAME_GATE = 80.0
_SAME_NUMBER_GATE = 60.0


@dataclass(frozen=True)
class Known:
    """A person in the form in which persons are compared.

    ref: name of the record, or the row number as text.
    given, surnames: folded, in the order given.
    identity: identity key of a document such as "NUIP:1065842311", or "".
    estimated: the date of birth is an estimate.
    visible: the one who imports may see this person.
    """

    ref: str
    given: str
    surnames: str
    identity: str = ""
    birth: date | None = None
    estimated: bool = False
    sex: str = ""
    community: str = ""
    family: str = ""
    visible: bool = True

    @property
    def tokens(self) -> tuple[str, ...]:
        return (*self.given.split(), *self.surnames.split())


@dataclass(frozen=True)
class Likeness:
    """What two persons have in common: points from 0 to 100 and the findings that gave them, the weightiest first.

    certain: the same document and a name that fits: no question is asked.
    conflict: the same document under a quite different name.
    """

    score: int
    reasons: tuple[str, ...]
    certain: bool = False
    conflict: bool = False

    @property
    def is_likely(self) -> bool:
        return not self.certain and not self.conflict and self.score >= LIKELY


@lru_cache(maxsize=200_000)
def fold_name(name: str) -> str:
    """`fold`, remembered: names repeat."""
    return fold(name)


@lru_cache(maxsize=200_000)
def sound_of(word: str) -> str:
    """`sound`, remembered."""
    return sound(word)


def compare(a: Known, b: Known) -> Likeness:
    """Compare two persons."""
    number = number_finding(a.identity, b.identity)
    name, given, surnames = _name_finding(a, b)
    if number == "same_number":
        everything = fuzz.token_sort_ratio(" ".join(a.tokens), " ".join(b.tokens))
        fits = (given >= _SAME_NUMBER_GATE and surnames >= _SAME_NUMBER_GATE) or everything >= 75
        fits = fits or bool(name)
        found = [finding for finding in (number, name, _birth_finding(a, b)) if finding]
        return Likeness(min(100, _points(found)), tuple(found), certain=fits, conflict=not fits)
    if not name:
        return Likeness(0, ())
    found = [name]
    found += [finding for finding in (number, _birth_finding(a, b)) if finding]
    if a.sex and b.sex and a.sex != b.sex:
        found.append("other_sex")
    if a.community and a.community == b.community and not _has_more_than_name(found):
        found.append("same_community")
    score = _points(found)
    if name == "similar_name":
        score -= round((100 - min(given, surnames)) * 0.4)
    ordered = tuple(sorted(found, key=lambda finding: -POINTS[finding]))
    return Likeness(max(0, min(100, score)), ordered)


def _has_more_than_name(found: Sequence[str]) -> bool:
    return any(finding.startswith(("number_", "same_birth", "birth_", "other_")) for finding in found)


def _points(found: Sequence[str]) -> int:
    return sum(POINTS[finding] for finding in found)


def _name_finding(a: Known, b: Known) -> tuple[str, float, float]:
    """The finding about the names ("" when they differ) and the likeness of given names and surnames, 0 to 100."""
    given = fuzz.token_sort_ratio(a.given, b.given)
    surnames = fuzz.token_sort_ratio(a.surnames, b.surnames)
    if a.given == b.given and a.surnames == b.surnames:
        return "same_name", 100.0, 100.0
    tokens_a, tokens_b = sorted(a.tokens), sorted(b.tokens)
    if tokens_a == tokens_b:
        return "swapped_surnames", 100.0, 100.0
    if sorted(map(sound_of, tokens_a)) == sorted(map(sound_of, tokens_b)):
        return "sounds_alike", 100.0, 100.0
    if given >= _GIVEN_GATE and surnames >= _SURNAME_GATE:
        return "similar_name", given, surnames
    if _part_missing(a, b):
        return "name_part_missing", given, surnames
    return "", given, surnames


def _part_missing(a: Known, b: Known) -> bool:
    """One name is the other without a second given name or a second surname."""
    given_a, given_b = {*map(sound_of, a.given.split())}, {*map(sound_of, b.given.split())}
    sur_a, sur_b = {*map(sound_of, a.surnames.split())}, {*map(sound_of, b.surnames.split())}
    if not (given_a and given_b and sur_a and sur_b):
        return False
    fits_given = given_a <= given_b or given_b <= given_a
    fits_surnames = sur_a <= sur_b or sur_b <= sur_a
    return fits_given and fits_surnames and len(given_a & given_b) + len(sur_a & sur_b) >= 2


def number_finding(a: str, b: str) -> str:
    """What two identity keys have in common: "" when one is missing."""
    if not a or not b:
        return ""
    if a == b:
        return "same_number"
    space_a, _, one = a.partition(":")
    space_b, _, two = b.partition(":")
    if space_a != space_b or min(len(one), len(two)) < 5:
        return "other_number"
    if len(one) == len(two):
        wrong = [index for index in range(len(one)) if one[index] != two[index]]
        if len(wrong) == 1:
            return "number_one_digit"
        if (
            len(wrong) == 2
            and wrong[1] == wrong[0] + 1
            and one[wrong[0]] == two[wrong[1]]
            and one[wrong[1]] == two[wrong[0]]
        ):
            return "number_transposed"
        return "other_number"
    if abs(len(one) - len(two)) == 1:
        long, short = (one, two) if len(one) > len(two) else (two, one)
        if any(long[:index] + long[index + 1 :] == short for index in range(len(long))):
            return "number_digit_missing"
    return "other_number"


def _birth_finding(a: Known, b: Known) -> str:
    if a.birth is None or b.birth is None:
        return ""
    if a.estimated or b.estimated:
        return "birth_year_near" if abs((a.birth - b.birth).days) <= 730 else "other_birth_date"
    if a.birth == b.birth:
        return "same_birth_date"
    if a.birth.year == b.birth.year and (a.birth.month, a.birth.day) == (b.birth.day, b.birth.month):
        return "birth_day_month_swapped"
    parts = (a.birth.year == b.birth.year) + (a.birth.month == b.birth.month) + (a.birth.day == b.birth.day)
    return "birth_one_part" if parts == 2 else "other_birth_date"
