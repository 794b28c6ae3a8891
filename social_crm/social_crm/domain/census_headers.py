"""Which field a column fills: read from its header, what was remembered, and what stands in it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from social_crm.social_crm.domain.census_dates import looks_like_date
from social_crm.social_crm.domain.census_fields import FIELDS, IGNORE, IGNORED_HEADERS
from social_crm.social_crm.domain.census_text import clean, fold
from social_crm.social_crm.domain.census_vocabulary import DOCUMENT_TYPES, KINSHIP, SEX

# What a suggestion rests on, the strongest first.
REMEMBERED = "remembered"
EXACT = "exact"
SIMILAR = "similar"
VALUES = "values"
UNKNOWN = "unknown"

_WEIGHT = {REMEMBERED: 1000, EXACT: 500, VALUES: 300, SIMILAR: 0}
_SIMILAR_FROM = 85.0
_MAX_COLUMNS = 400

# Abbreviations clerks use in headers, by whole word after folding.
_EXPANSIONS = {
    "1er": "primer", "1ro": "primer", "1": "1", "1o": "primer", "1ero": "primer", "primero": "primer",
    "2do": "segundo", "2o": "segundo", "2ndo": "segundo", "sdo": "segundo",
    "no": "numero", "nro": "numero", "num": "numero", "nº": "numero", "n0": "numero", "nr": "numero",
    "doc": "documento", "docto": "documento", "dcto": "documento",
    "ident": "identificacion", "identif": "identificacion", "id": "id",
    "f": "fecha", "fec": "fecha", "fch": "fecha", "nac": "nacimiento", "nacim": "nacimiento", "nacto": "nacimiento",
    "cod": "codigo", "cdgo": "codigo", "tel": "telefono", "cel": "celular", "dir": "direccion",
    "ap": "apellido", "apell": "apellido", "apdo": "apellido", "nom": "nombre", "nomb": "nombre",
    "parent": "parentesco", "t": "tipo", "tip": "tipo", "obs": "observaciones", "com": "comunidad",
    "mpio": "municipio", "mun": "municipio", "disc": "discapacidad", "esc": "escolaridad", "fam": "familia",
}  # fmt: skip
_NOISE = {
    "el",
    "la",
    "los",
    "las",
    "del",
    "de",
    "dela",
    "su",
    "dd",
    "mm",
    "aaaa",
    "yyyy",
    "dia",
    "mes",
    "ano",
}
_ORDINAL_SIGN = re.compile(r"\b(n|no|nro)\s*[°º]\s*|#", re.IGNORECASE)


@dataclass(frozen=True)
class Column:
    """A column of the sheet: index from 0, its header, a few of its values as text."""

    index: int
    header: str
    samples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Suggestion:
    """The field suggested for a column and what the suggestion rests on; field is "" when nothing fits."""

    index: int
    field: str
    basis: str


def header_key(header: object) -> str:
    """The form in which headers are compared and remembered: "No. de Documento" and "Número documento" are equal."""
    words = fold(_ORDINAL_SIGN.sub(" numero ", clean(header))).split(" ")
    expanded = [_EXPANSIONS.get(word, word) for word in words if word]
    kept = [word for word in expanded if word not in _NOISE]
    return " ".join(kept or expanded)


_EXACT: dict[str, str] = {header_key(synonym): field.key for field in FIELDS for synonym in field.synonyms}
_IGNORED = frozenset(header_key(header) for header in IGNORED_HEADERS)


def is_known_header(key: str) -> bool:
    """Whether a header key is one of the headers we know by heart."""
    return key in _EXACT or key in _IGNORED


def suggest(
    columns: Sequence[Column],
    remembered: Mapping[str, str] | None = None,
    communities: frozenset[str] = frozenset(),
) -> tuple[Suggestion, ...]:
    """Suggest a field for each column, each field at most once.

    remembered: header key -> field key (or IGNORE) as the organisation chose before.
    communities: folded names of the communities of the site, by which a column of places is recognised.
    """
    offers: list[tuple[float, int, str, str]] = []
    for column in columns[:_MAX_COLUMNS]:
        key = header_key(column.header)
        if not key:
            continue
        if remembered and key in remembered:
            offers.append((_WEIGHT[REMEMBERED], column.index, remembered[key], REMEMBERED))
            continue
        if key in _IGNORED:
            offers.append((_WEIGHT[EXACT], column.index, IGNORE, EXACT))
            continue
        offers.extend(_offers_for(column, key, communities))
    return _assign(columns, offers)


def _offers_for(column: Column, key: str, communities: frozenset[str]) -> list[tuple[float, int, str, str]]:
    exact = _EXACT.get(key)
    offers: list[tuple[float, int, str, str]] = []
    if exact:
        field, basis = _by_values(exact, column, communities)
        offers.append((_WEIGHT[EXACT] if basis == EXACT else _WEIGHT[VALUES], column.index, field, basis))
        return offers
    best: dict[str, float] = {}
    for synonym, field in _EXACT.items():
        score = max(fuzz.ratio(key, synonym), fuzz.token_sort_ratio(key, synonym))
        if len(synonym.split(" ")) > 1:
            score = max(score, fuzz.token_set_ratio(key, synonym) - 6)
        if score >= _SIMILAR_FROM and score > best.get(field, 0):
            best[field] = score
    for field, score in best.items():
        chosen, _ = _by_values(field, column, communities)
        offers.append((score, column.index, chosen, SIMILAR))
    return offers


def _assign(columns: Sequence[Column], offers: list[tuple[float, int, str, str]]) -> tuple[Suggestion, ...]:
    chosen: dict[int, tuple[str, str]] = {}
    taken: set[str] = set()
    for _weight, index, field, basis in sorted(offers, key=lambda offer: (-offer[0], offer[1])):
        if index in chosen or (field in taken and field != IGNORE):
            continue
        chosen[index] = (field, basis)
        taken.add(field)
    result = [Suggestion(c.index, *chosen.get(c.index, ("", UNKNOWN))) for c in columns[:_MAX_COLUMNS]]
    return tuple(_names_settled(result))


def _names_settled(suggestions: list[Suggestion]) -> list[Suggestion]:
    """A column "Nombre" beside a column of surnames holds the given names, not the full name."""
    fields = {suggestion.field for suggestion in suggestions}
    has_surnames = bool(fields & {"surnames", "first_surname"})
    if "full_name" in fields and has_surnames and not fields & {"given_names", "first_name"}:
        return [
            Suggestion(s.index, "given_names", VALUES)
            if s.field == "full_name" and s.basis != REMEMBERED
            else s
            for s in suggestions
        ]
    if "given_names" in fields and not has_surnames and "full_name" not in fields:
        return [
            Suggestion(s.index, "full_name", VALUES)
            if s.field == "given_names" and s.basis != REMEMBERED
            else s
            for s in suggestions
        ]
    return suggestions


def _by_values(field: str, column: Column, communities: frozenset[str]) -> tuple[str, str]:
    """Correct what a header says by what the column holds; the field and what the answer rests on."""
    values = [fold(sample) for sample in column.samples if fold(sample)]
    if not values:
        return field, EXACT
    if field == "document_number" and _share(values, lambda v: v in DOCUMENT_TYPES) > 0.6:
        return "document_type", VALUES
    if field == "document_type" and _share(values, lambda v: _digits(v) >= 5) > 0.6:
        return "document_number", VALUES
    if field in ("place", "community"):
        known = _share(values, lambda v: v in communities)
        if known > 0.5:
            return "community", EXACT if field == "community" else VALUES
        return ("place", VALUES) if field == "community" and communities else (field, EXACT)
    if field == "gender" and _share(values, lambda v: v in SEX) > 0.8:
        return "sex", VALUES
    if field == "birth_date" and _share(list(column.samples), looks_like_date) < 0.2:
        return (field, EXACT) if _share(values, lambda v: _digits(v) > 2) > 0.2 else ("place", VALUES)
    if field == "household" and _share(values, lambda v: v in KINSHIP) > 0.6:
        return "kinship", VALUES
    return field, EXACT


def _share(values: Sequence[str], test: object) -> float:
    assert callable(test)
    return sum(1 for value in values if test(value)) / len(values) if values else 0.0


def _digits(value: str) -> int:
    return sum(char.isdigit() for char in value)
