"""Reading of single cells: options, yes and no, document numbers, ages, coordinates, telephones."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from social_crm.social_crm.domain import identity
from social_crm.social_crm.domain.census_text import clean, fold
from social_crm.social_crm.domain.census_vocabulary import (
    DOCUMENT_TYPES,
    EMPTY_WORDS,
    NO_DOCUMENT,
    SEX,
    YES_NO,
)

_SCIENTIFIC = re.compile(r"^\d([.,]\d+)?e\+?\d+$", re.IGNORECASE)
_SIMILAR_FROM = 84.0


@dataclass(frozen=True)
class DocumentReading:
    """A document as it was understood.

    document_type: CC, TI, RC, CE, PPT, PA or "".
    number: normalised number or "".
    none: the cell says that the person has no document.
    assumed: the type was not given and was inferred from the age.
    problem: "" or "scientific" (a spreadsheet shortened the number), "type" (not understood), or a code of
        `identity.check`: "letters", "length", "zeros", "empty".
    """

    document_type: str = ""
    number: str = ""
    none: bool = False
    assumed: bool = False
    problem: str = ""


def is_blank(value: object) -> bool:
    """Whether a cell says nothing: empty, a dash, "N/A", "sin dato"."""
    folded = fold(value)
    return not folded or folded in EMPTY_WORDS


def read_option(value: object, vocabulary: Mapping[str, str], similar: bool = True) -> str | None:
    """The option a cell means; "" for an empty cell, None when it is not understood.

    One slip of the pen in a longer word is forgiven when `similar` is set ("hijio", "comunpañera").
    """
    word = fold(value)
    if not word:
        return ""
    if word in vocabulary:
        return vocabulary[word]
    for meaning in set(vocabulary.values()):
        if word == fold(meaning):
            return meaning
    if similar and len(word) >= 4:
        choices = [known for known in vocabulary if len(known) >= 4]
        found = process.extractOne(word, choices, scorer=fuzz.ratio, score_cutoff=_SIMILAR_FROM)
        if found:
            return vocabulary[found[0]]
    return "" if word in EMPTY_WORDS else None


def sex_vocabulary(values: Iterable[object]) -> Mapping[str, str]:
    """How a column writes sex: where "H" stands for hombre, "M" stands for mujer."""
    seen = {fold(value) for value in values}
    if "h" in seen and "f" not in seen:
        return {**SEX, "m": "Female"}
    return SEX


def read_yes_no(value: object) -> bool | None:
    """True or False, None for an empty cell or one that is not understood."""
    return YES_NO.get(fold(value))


def read_document(type_value: object, number_value: object, age_years: int | None) -> DocumentReading:
    """Read type and number of an identity document; without a type it is inferred from the age in years."""
    raw = clean(number_value)
    type_word = fold(type_value)
    if not raw or fold(raw) in NO_DOCUMENT:
        none = bool(raw) or type_word in NO_DOCUMENT
        return DocumentReading(none=none)
    if _SCIENTIFIC.match(raw.replace(" ", "")):
        return DocumentReading(problem="scientific")
    kind, number = _split_prefix(raw)
    known = kind or (read_option(type_value, DOCUMENT_TYPES, similar=len(type_word) > 5) if type_word else "")
    if known is None:
        return DocumentReading(number=number, problem="type")
    assumed = not known
    known = known or _type_for_age(age_years)
    problem = _number_problem(known, number)
    return DocumentReading(known, number, assumed=assumed, problem=problem)


def _split_prefix(raw: str) -> tuple[str, str]:
    """ "CC 1.065.842.311" -> ("CC", "1065842311"); the number keeps letters and figures only."""
    match = re.match(
        r"^(cc|ti|rc|ce|ppt|pa)[\s.:#\-]+(?=\S*\d)", raw.lower().replace("c.c.", "cc ").replace("t.i.", "ti ")
    )
    kind = ""
    text = raw
    if match:
        kind = match[1].upper()
        text = raw.lower().replace("c.c.", "cc ").replace("t.i.", "ti ")[match.end() :]
    text = re.sub(r"[.,](0|00)$", "", text) if re.match(r"^\d+[.,]0{1,2}$", text) else text
    return kind, re.sub(r"[^0-9A-Z]", "", fold(text).upper())


def _type_for_age(age_years: int | None) -> str:
    if age_years is None or age_years >= 18:
        return "CC"
    return "RC" if age_years < 7 else "TI"


def _number_problem(kind: str, number: str) -> str:
    try:
        identity.check(kind, number)
    except identity.DocumentError as wrong:
        return wrong.code
    return ""


def read_whole_number(value: object, lowest: int, highest: int) -> int | None:
    """A whole number within the bounds; "12 años" is 12; None when it is neither."""
    match = re.match(
        r"^(\d{1,6})(?:[.,]0+)?(?:\s*[a-z]+)?$", fold(value) if not _is_decimal(value) else clean(value)
    )
    if not match:
        return None
    number = int(match[1])
    return number if lowest <= number <= highest else None


def _is_decimal(value: object) -> bool:
    return bool(re.match(r"^\d+[.,]\d+$", clean(value)))


def read_age(value: object) -> int | None:
    """Completed years; "8 meses" is 0."""
    word = fold(value)
    if re.match(r"^\d{1,2} ?(m|mes|meses|dias|dia|semanas)$", word):
        return 0
    return read_whole_number(value, 0, 125)


def read_coordinate(value: object, lowest: float, highest: float) -> float | None:
    """Decimal degrees, with a point or a comma."""
    text = clean(value).replace(",", ".")
    try:
        number = float(text)
    except ValueError:
        return None
    return number if lowest <= number <= highest else None


def read_phone(value: object) -> str:
    """The figures of the first telephone number in the cell, "" when there is none of seven figures or more."""
    for part in re.split(r"[/;,]| y | - ", clean(value)):
        figures = re.sub(r"[^\d+]", "", part)
        if 7 <= len(figures.lstrip("+")) <= 15:
            return figures
    return ""
