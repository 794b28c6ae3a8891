"""Forms of a text in which two spellings of the same thing are equal."""

import re
import unicodedata

_NOT_WORD = re.compile(r"[^0-9a-z]+")
_SPACES = re.compile(r"\s+")

# Letters that sound alike in Colombian Spanish and are mixed up by whoever writes a list down. Longer ones first.
_SOUNDS = (
    (re.compile(r"ch"), "x"),
    (re.compile(r"h"), ""),
    (re.compile(r"qu(?=[ei])"), "k"),
    (re.compile(r"gu(?=[ei])"), "g"),
    (re.compile(r"c(?=[ei])"), "s"),
    (re.compile(r"[cq]"), "k"),
    (re.compile(r"g(?=[ei])"), "j"),
    (re.compile(r"ll"), "y"),
    (re.compile(r"^j(?=[aeiou])"), "y"),
    (re.compile(r"z"), "s"),
    (re.compile(r"v|w"), "b"),
    (re.compile(r"i$"), "y"),
    (re.compile(r"(.)\1+"), r"\1"),
)


def clean(value: object) -> str:
    """The text of a cell: no odd spaces, no control characters, "" for nothing; 7.0 reads "7"."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = "".join(" " if unicodedata.category(char)[0] in "ZC" else char for char in str(value))
    return _SPACES.sub(" ", text).strip()


def fold(value: object) -> str:
    """Lower case, without accents, words of letters and digits with one space between: "Nº Cédula:" is "no cedula"."""
    decomposed = unicodedata.normalize("NFKD", clean(value).lower())
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _NOT_WORD.sub(" ", plain).strip()


def sound(word: str) -> str:
    """How a folded word sounds, roughly: "yesid" and "jesit" stay apart, "jesica" and "yesika" do not."""
    result = word
    for pattern, replacement in _SOUNDS:
        result = pattern.sub(replacement, result)
    return result


def presentable(name: str) -> str:
    """A name as it is written in a record: "MARIA DE LA CRUZ" is "Maria de la Cruz"; mixed case stays as it is."""
    text = clean(name)
    if text != text.upper() and text != text.lower():
        return text
    small = {"de", "del", "la", "las", "los", "y", "e"}
    words = text.lower().split(" ")
    return " ".join(
        word if index and word in small else "-".join(part[:1].upper() + part[1:] for part in word.split("-"))
        for index, word in enumerate(words)
    )


_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(value: object) -> object:
    """A value that a spreadsheet program will not run as a formula: an apostrophe in front of what would be one."""
    if not isinstance(value, str):
        return value
    text = "".join(char for char in value if char in "\n\t" or unicodedata.category(char) != "Cc")
    return f"'{text}" if text.lstrip().startswith(_FORMULA_STARTS) else text


def without_apostrophe(value: object) -> object:
    """The opposite of `safe_cell`, for a sheet of rejected rows that comes back corrected."""
    if isinstance(value, str) and value.startswith("'") and value[1:].lstrip().startswith(_FORMULA_STARTS):
        return value[1:]
    return value
