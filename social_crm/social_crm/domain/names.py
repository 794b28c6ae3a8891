"""Names of persons: tidy forms, the full name, and the accent-free key by which people are searched and compared."""

import re
import unicodedata

# Particles stay in lower case inside a surname: "De la Hoz" is written "de la Hoz" after a given name.
_PARTICLES = frozenset({"de", "del", "la", "las", "los", "y", "e", "da", "di", "van", "von"})
_SPACES = re.compile(r"\s+")
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_HAS_LETTER = re.compile(r"[^\W\d_]")


def tidy(name: str | None) -> str:
    """Return the name composed (NFC), without surrounding or doubled white space; the writer's capitals stay."""
    if not name:
        return ""
    visible = "".join(ch for ch in name if unicodedata.category(ch) not in {"Cc", "Cf"} or ch.isspace())
    return _SPACES.sub(" ", unicodedata.normalize("NFC", visible)).strip()


def proper(name: str | None) -> str:
    """Return a name typed all in capitals or all in small letters as people write it: "MARÍA DE LA HOZ" gives
    "María de la Hoz". A name that already mixes both is only tidied, for its writer knew why."""
    clean = tidy(name)
    if not clean or not (clean.isupper() or clean.islower()):
        return clean
    words = clean.lower().split(" ")
    return " ".join(w if i and w in _PARTICLES else _capitalised(w) for i, w in enumerate(words))


def _capitalised(word: str) -> str:
    return "-".join(part[:1].upper() + part[1:] for part in word.split("-"))


def full_name(*parts: str | None) -> str:
    """Return given names and surnames in the order given, joined by single spaces, leaving out what is empty."""
    return " ".join(clean for clean in (tidy(part) for part in parts) if clean)


def search_key(*parts: str | None) -> str:
    """Return the normal form by which names are compared and searched.

    Lower case, without accents (n for ñ, u for ü), every run of other characters one space, the words in the order
    given: `search_key("María  José", "Núñez")` is "maria jose nunez". Whoever searches splits the query's own key
    into words and asks for each of them, so that the order does not matter to the seeker.
    """
    decomposed = unicodedata.normalize("NFKD", " ".join(part for part in parts if part)).casefold()
    plain = "".join(ch for ch in decomposed if not unicodedata.combining(ch))
    return _NOT_WORD.sub(" ", plain).strip()


def has_letters(name: str | None) -> bool:
    """Say whether something that claims to be a name holds at least one letter."""
    return bool(name and _HAS_LETTER.search(name))
