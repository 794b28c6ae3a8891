"""Identity documents of Colombia: which numbers are well formed, and which of them mean the same person.

RC (civil registry), TI (identity card of minors) and CC (citizenship card) share one number space, the NUIP: a child
keeps the number when the type of the document changes, so the same number under two of the three is one person. CE
(foreigners), PPT (temporary protection permit) and PA (passport) each have a space of their own.

The lengths are wide on purpose: older series, and zeros that a spreadsheet has swallowed, must still be accepted.
"""

import re
from dataclasses import dataclass

from social_crm.social_crm.domain.names import search_key

NUIP = "NUIP"
_NOT_ALPHANUMERIC = re.compile(r"[^0-9A-Z]+")
_TRAILING_DECIMALS = re.compile(r"^\s*(\d+)[.,]0+\s*$")
_GROUPED = re.compile(r"^\d{1,3}([.,' ]\d{3})+$")


@dataclass(frozen=True)
class DocumentRule:
    """How a type of document is written: its number space, allowed lengths and whether letters occur."""

    space: str
    shortest: int
    longest: int
    letters: bool = False


RULES: dict[str, DocumentRule] = {
    "CC": DocumentRule(NUIP, 3, 10),
    "TI": DocumentRule(NUIP, 6, 11),
    # Civil registries of the years about 2000 carry letters inside the number (V2A0253311).
    "RC": DocumentRule(NUIP, 6, 11, letters=True),
    "CE": DocumentRule("CE", 3, 12),
    "PPT": DocumentRule("PPT", 4, 15),
    "PA": DocumentRule("PA", 4, 20, letters=True),
}

# What people and spreadsheets write for each type, compared without accents, spaces and punctuation.
ALIASES: dict[str, str] = {
    "CC": "CC",
    "CEDULA": "CC",
    "CEDULADECIUDADANIA": "CC",
    "CEDULACIUDADANIA": "CC",
    "TI": "TI",
    "TARJETADEIDENTIDAD": "TI",
    "TARJETAIDENTIDAD": "TI",
    "RC": "RC",
    "REGISTROCIVIL": "RC",
    "REGISTROCIVILDENACIMIENTO": "RC",
    "NUIP": "RC",
    "CE": "CE",
    "CEDULADEEXTRANJERIA": "CE",
    "CEDULAEXTRANJERIA": "CE",
    "PPT": "PPT",
    "PERMISOPORPROTECCIONTEMPORAL": "PPT",
    "PERMISODEPROTECCIONTEMPORAL": "PPT",
    "PA": "PA",
    "PASAPORTE": "PA",
}


class DocumentError(ValueError):
    """A document that cannot be accepted; `code` says why, `facts` hold what a message needs."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def document_type(text: str) -> str | None:
    """Return the code (CC, TI, RC, CE, PPT, PA) for what somebody wrote, or None when it is none of them."""
    return ALIASES.get(search_key(text).replace(" ", "").upper())


def normalise_number(kind: str, number: str | int | None) -> str:
    """Return the number as it is stored and shown: capitals, without points, commas, spaces or hyphens.

    "1.118.805.123", "1118805123.0" and 1118805123 are the same number. Leading zeros stay (they are on the document);
    the identity key leaves them out.
    """
    text = str(number if number is not None else "").strip().upper()
    decimals = _TRAILING_DECIMALS.match(text)
    # 52.000 is fifty-two thousand in Colombia and never a decimal; 52000.0 comes from a spreadsheet cell.
    if decimals and not _GROUPED.match(text):
        text = decimals.group(1)
    return _NOT_ALPHANUMERIC.sub("", text)


def check(kind: str, number: str | int | None) -> str:
    """Return the normal number of a document that is well formed.

    Raises DocumentError with the code unknown_type, empty, letters, length or zeros.
    """
    rule = RULES.get(kind)
    if rule is None:
        raise DocumentError("unknown_type", kind=kind)
    clean = normalise_number(kind, number)
    if not clean:
        raise DocumentError("empty", kind=kind)
    if not rule.letters and not clean.isdigit():
        raise DocumentError("letters", kind=kind, number=clean)
    if not rule.shortest <= len(clean) <= rule.longest:
        raise DocumentError("length", kind=kind, number=clean, shortest=rule.shortest, longest=rule.longest)
    if not clean.strip("0"):
        raise DocumentError("zeros", kind=kind, number=clean)
    return clean


def identity_key(kind: str, number: str | int | None) -> str:
    """Return "SPACE:NUMBER": equal keys mean the same person.

    The number is normalised and stripped of leading zeros. Raises DocumentError as `check` does.
    """
    clean = check(kind, number)
    return f"{RULES[kind].space}:{clean.lstrip('0')}"


def first_of_each(keys: list[str]) -> list[bool]:
    """Say for each key whether it is the first of its kind in the list.

    One person may hold the same number as RC, TI and CC; only the first of the rows carries the key that must be
    unique over all persons.
    """
    seen: set[str] = set()
    result = []
    for key in keys:
        result.append(key not in seen)
        seen.add(key)
    return result
