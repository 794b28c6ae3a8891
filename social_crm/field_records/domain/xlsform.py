"""A template as the sheets of an XLSForm: survey, choices and settings, one mapping of cells a row.

The same rows make the XForm (by pyxform) and the spreadsheet that people download. Texts stand in one column a language, as
"label::Español (es)". Source of the names: the XLSForm reference.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from social_crm.field_records.domain.templates import (
    MAX_REPEATS,
    REFERENCE,
    SELECTS,
    Choice,
    FieldRow,
    Problem,
    Template,
    build,
)

DEFAULT_LANGUAGE = "Español (es)"
_LANGUAGE = re.compile(r"\s*([^()]+?)\s*\(\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})?)\s*\)\s*")

# What is said in the words of each language: columns of the sheet, fields of a row and of its translation.
TEXTS = ("label", "hint", "constraint_message", "required_message")

# The cells that may hold an expression.
_EXPRESSIONS = (
    "required",
    "choice_filter",
    "relevant",
    "constraint",
    "calculation",
    "default",
    "repeat_count",
)
# regex(what, 'pattern'); the pattern is a literal, as `expressions` asks, and what is looked at may hold calls within calls.
_INNER = r"""[^'"()]|'[^']*'|"[^"]*\""""
for _ in range(4):
    _INNER = rf"{_INNER}|\((?:{_INNER})*\)"
_PATTERN = re.compile(rf"""(\bregex\s*\((?:{_INNER})*?,\s*)(?:'([^']*)'|"([^"]*)")(?=\s*\))""")

# Nothing of them is on the screen.
_UNSEEN = ("calculate", "hidden")

Sheet = list[dict[str, str]]


@dataclass(frozen=True)
class Translation:
    """The texts of a question, or of a choice ("list/value"), in another language, named as in "English (en)"."""

    language: str
    element: str
    label: str = ""
    hint: str = ""
    constraint_message: str = ""
    required_message: str = ""


@dataclass(frozen=True)
class Form:
    """All that an XLSForm says. `key` is its form_id; `languages` begins with the default one."""

    key: str
    version: int
    title: str
    rows: tuple[FieldRow, ...]
    choices: tuple[Choice, ...]
    translations: tuple[Translation, ...] = ()
    default_language: str = DEFAULT_LANGUAGE

    @property
    def languages(self) -> tuple[str, ...]:
        """The default language and those of the translations, each once."""
        others = (translation.language for translation in self.translations)
        return tuple(dict.fromkeys((self.default_language, *others)))

    def spoken(self, code: str) -> Template:
        """Return the template with its texts in the language of a code such as "en"; what is not translated stays."""
        wanted = next((one for one in self.languages if language_code(one) == code.lower()), None)
        # "es-CO" is served by "es" where there is nothing nearer.
        short = code.lower().split("-")[0]
        wanted = wanted or next((one for one in self.languages if language_code(one) == short), None)
        if wanted in (None, self.default_language):
            return build(self.rows, self.choices)
        by_element = {one.element: one for one in self.translations if one.language == wanted}
        rows = [_translated_row(row, by_element.get(row.name)) for row in self.rows]
        choices = [_translated_choice(choice, by_element) for choice in self.choices]
        return build(rows, choices)


def language_code(language: str) -> str:
    """Return "es" for "Español (es)"; a language without a code is its own name, in lower case."""
    match = _LANGUAGE.fullmatch(language)
    return match.group(2).lower() if match else language.strip().lower()


def language_title(language: str) -> str:
    """Return "Español" for "Español (es)"."""
    match = _LANGUAGE.fullmatch(language)
    return match.group(1) if match else language.strip()


def element_of(choice: Choice) -> str:
    """Return how translations name a choice."""
    return f"{choice.list_name}/{choice.value}"


def sheets(form: Form, fill_in: bool = False) -> dict[str, Sheet]:
    """Return the three sheets of a form. fill_in: write the default language's text where a translation is missing."""
    return {
        "survey": [_survey_row(form, row, fill_in) for row in form.rows],
        "choices": [_choice_row(form, choice, fill_in) for choice in form.choices],
        "settings": [
            {
                "form_title": form.title,
                "form_id": form.key,
                "version": str(form.version),
                "default_language": form.default_language,
            }
        ],
    }


def _survey_row(form: Form, row: FieldRow, fill_in: bool) -> dict[str, str]:
    if row.field_type.startswith("end_"):
        return {"type": row.field_type}
    cells = {
        "type": f"{row.field_type} {row.choice_list}" if row.field_type in SELECTS else row.field_type,
        "name": row.name,
    }
    cells |= _texts(form, row.name, {column: getattr(row, column) for column in TEXTS}, fill_in)
    # What is calculated is written by nobody: devices show it.
    read_only = row.read_only or (fill_in and bool(row.calculation) and row.field_type not in _UNSEEN)
    cells |= {
        "required": "yes" if row.required else row.required_if,
        "read_only": "yes" if read_only else "",
        "choice_filter": row.choice_filter,
        "relevant": row.relevant,
        "constraint": row.constraint,
        "calculation": row.calculation,
        "appearance": row.appearance,
        "default": row.default,
        "repeat_count": _bounded(row.repeat_count) if fill_in else row.repeat_count,
    }
    if fill_in:
        cells |= {column: _whole_patterns(cells[column]) for column in _EXPRESSIONS}
    return {column: text for column, text in cells.items() if text}


def _whole_patterns(expression: str) -> str:
    """An expression whose patterns say that they mean the whole text, as ODK does: Enketo is content with a part of it."""

    def whole(found: re.Match[str]) -> str:
        quote, pattern = ("'", found[2]) if found[2] is not None else ('"', found[3])
        return f"{found[1]}{quote}^(?:{pattern})${quote}"

    return _PATTERN.sub(whole, expression)


def _bounded(count: str) -> str:
    """How many rows a device makes: a slip of the finger must not make thousands, which no phone survives."""
    if not count or count.isdigit():
        return count
    return f"if(({count}) > 0, if(({count}) > {MAX_REPEATS}, {MAX_REPEATS}, int({count})), 0)"


def _choice_row(form: Form, choice: Choice, fill_in: bool) -> dict[str, str]:
    cells = {"list_name": choice.list_name, "name": choice.value}
    cells |= _texts(form, element_of(choice), {"label": choice.label}, fill_in)
    cells |= dict(choice.attributes)
    return {column: text for column, text in cells.items() if text}


def _texts(form: Form, element: str, texts: Mapping[str, str], fill_in: bool) -> dict[str, str]:
    cells = {f"{column}::{form.default_language}": text for column, text in texts.items() if text}
    found = {one.language: one for one in form.translations if one.element == element}
    for language in form.languages[1:]:
        for column, text in texts.items():
            translated = getattr(found[language], column) if language in found else ""
            if translated or (fill_in and text):
                cells[f"{column}::{language}"] = translated or text
    return cells


def _translated_row(row: FieldRow, translation: Translation | None) -> FieldRow:
    if translation is None:
        return row
    texts = {column: getattr(translation, column) or getattr(row, column) for column in TEXTS}
    return replace(row, **texts)


def _translated_choice(choice: Choice, by_element: Mapping[str, Translation]) -> Choice:
    translation = by_element.get(element_of(choice))
    return replace(choice, label=translation.label or choice.label) if translation else choice


def translation_problems(
    rows: Sequence[FieldRow], choices: Sequence[Choice], translations: Iterable[Translation]
) -> list[Problem]:
    """Return what is wrong with translations: of nothing that is there, in no language, twice the same."""
    known = {row.name for row in rows if row.name} | {element_of(choice) for choice in choices}
    names = {row.name for row in rows if row.name}
    found: list[Problem] = []
    seen: set[tuple[str, str]] = set()

    def add(number: int, code: str, detail: str) -> None:
        found.append(Problem(number, code, detail, table="translations"))

    for number, one in enumerate(translations, start=1):
        if one.element not in known:
            add(number, "translation_of_nothing", one.element)
        if not _LANGUAGE.fullmatch(one.language):
            add(number, "translation_language", one.language)
        if (one.language, one.element) in seen:
            add(number, "translation_twice", one.element)
        seen.add((one.language, one.element))
        texts = " ".join(getattr(one, column) for column in TEXTS)
        if unknown := set(REFERENCE.findall(texts)) - names:
            add(number, "unknown_field_in_text", ", ".join(sorted(unknown)))
    return found
