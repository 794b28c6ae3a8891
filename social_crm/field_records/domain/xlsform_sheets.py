"""A sheet of an XLSForm: its header understood, its rows as cells by column and language, its problems by cell."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from social_crm.field_records.domain.choice_filters import is_attribute_name
from social_crm.field_records.domain.xlsform import TEXTS, language_code

Sheet = Sequence[Sequence[str]]

# A text that templates keep in another place, with a notice.
GUIDANCE = "guidance_hint"
_PLAIN = {
    "survey": (
        *("type", "name", "required", "relevant", "constraint", "calculation", "appearance", "default"),
        *("choice_filter", "parameters", "read_only", "repeat_count"),
    ),
    "choices": ("list_name", "name"),
    "settings": ("form_title", "form_id", "version", "default_language"),
}
_TEXTS = {"survey": (*TEXTS, GUIDANCE), "choices": ("label",), "settings": ()}
_NEEDED = {"survey": ("type", "name"), "choices": ("list_name", "name"), "settings": ()}
_ALIASES = {
    "survey": {
        "relevance": "relevant",
        "calculate": "calculation",
        "constraint_msg": "constraint_message",
        "required_msg": "required_message",
        "readonly": "read_only",
    },
    "choices": {"value": "name", "list": "list_name"},
    "settings": {"title": "form_title", "id_string": "form_id", "name": "form_name"},
}
# Columns that would change what is asked, and that templates have no place for.
_UNSUPPORTED = {
    "survey": frozenset(
        [
            "trigger",
            "save_to",
            "body",
            "bind",
            "instance",
            "media",
            "image",
            "big_image",
            "audio",
            "video",
            "disabled",
            "intent",
            "autoplay",
            "noapperrorstring",
        ]
    ),
    "choices": frozenset(("media", "image", "big_image", "audio", "video")),
    "settings": frozenset(("public_key", "submission_url", "allow_choice_duplicates")),
}
_LANGUAGES = {
    "español": "Español (es)",
    "espanol": "Español (es)",
    "castellano": "Español (es)",
    "spanish": "Español (es)",
    "es": "Español (es)",
    "english": "English (en)",
    "inglés": "English (en)",
    "ingles": "English (en)",
    "en": "English (en)",
}


@dataclass(frozen=True)
class SheetProblem:
    """What is wrong in a workbook, or was left out of it.

    row: as the spreadsheet counts, 0 for the sheet as a whole. column: counted from 0, -1 for the row as a whole.
    """

    sheet: str
    row: int = 0
    column: int = -1
    header: str = ""
    code: str = ""
    detail: str = ""
    more: str = ""
    is_notice: bool = False


@dataclass(frozen=True)
class Table:
    """A sheet with its header; `columns` is (column, language) -> its place."""

    kind: str
    name: str
    rows: Sheet
    first: int
    columns: dict[tuple[str, str], int] = field(default_factory=dict)

    @property
    def languages(self) -> list[str]:
        """The languages of its texts, in the order of the sheet."""
        return list(dict.fromkeys(language for _, language in self.columns if language))

    @property
    def attributes(self) -> list[str]:
        """The columns of choices that filters may read."""
        known = (*_PLAIN[self.kind], *_TEXTS[self.kind])
        return [column for column, _ in self.columns if column not in known]

    def has(self, column: str, language: str) -> bool:
        """Whether the sheet has a column, in a language; "" is the one without a language."""
        return (column, language) in self.columns

    def place(self, column: str) -> int:
        """Where a column stands, in the first language it is written in; -1 where it does not."""
        return next((place for (name, _), place in self.columns.items() if name == column), -1)

    def header(self, column: str) -> str:
        """The header of a column as it is written in the sheet, or its name where the sheet has none."""
        place = self.place(column)
        return self.rows[self.first][place].strip() if place >= 0 else column

    def language(self, written: str) -> str:
        """The name of a language as we write it, "" where it has no code: "English (en)" for "english"."""
        return _language(written)

    def lines(self) -> Iterator[tuple[int, dict[tuple[str, str], str]]]:
        """Each row that holds something: its number and its cells that are not empty."""
        for number, row in enumerate(self.rows[self.first + 1 :], start=self.first + 2):
            cells = {
                key: row[place].strip()
                for key, place in self.columns.items()
                if place < len(row) and row[place].strip()
            }
            if cells:
                yield number, cells


def open_table(kind: str, name: str, rows: Sheet, found: list[SheetProblem]) -> Table | None:
    """Return a sheet with its header understood; what is wrong or left out goes to `found`."""
    first = next((index for index, row in enumerate(rows) if any(cell.strip() for cell in row)), None)
    if first is None:
        if kind == "survey":
            found.append(SheetProblem(name, code="sheet_empty"))
        return None
    table = Table(kind, name, rows, first)
    width = max(len(row) for row in rows)
    for place in range(width):
        header = rows[first][place].strip() if place < len(rows[first]) else ""
        below = [index for index, row in enumerate(rows) if index > first and _filled(row, place)]
        _column(table, header, bool(below), (below or [first])[0] + 1, place, found)
    for column in _NEEDED[kind]:
        if not table.has(column, ""):
            found.append(SheetProblem(name, first + 1, code="column_missing", detail=column))
    return table


def _filled(row: Sequence[str], place: int) -> bool:
    return place < len(row) and bool(row[place].strip())


def _column(
    table: Table, header: str, is_used: bool, row: int, place: int, found: list[SheetProblem]
) -> None:
    def add(code: str, detail: str = "", is_notice: bool = False) -> None:
        found.append(
            SheetProblem(table.name, row, place, header, code, detail or header, is_notice=is_notice)
        )

    if not header:
        if is_used:
            add("column_without_header", is_notice=True)
        return
    base, _, written = header.partition("::") if "::" in header else header.partition(":")
    base = base.strip().lower().replace(" ", "_").replace("-", "_")
    base = _ALIASES[table.kind].get(base, base)
    written = written.strip().lstrip(":")
    if base in _TEXTS[table.kind]:
        language = _language(written) if written else ""
        if written and not language:
            add("language_without_code", written)
            return
        key = (base, language)
    elif base in _PLAIN[table.kind] and not written:
        key = (base, "")
    elif table.kind == "choices" and is_attribute_name(header) and base not in _UNSUPPORTED["choices"]:
        # Written as it is: filters read it by this name.
        key = (header, "")
    else:
        if is_used and table.kind == "choices" and "::" not in header and base not in _UNSUPPORTED["choices"]:
            add("attribute_left_out", is_notice=True)
        elif is_used:
            is_unsupported = base in _UNSUPPORTED[table.kind]
            add(
                "column_unsupported" if is_unsupported else "column_unknown",
                header,
                is_notice=not is_unsupported,
            )
        return
    if key in table.columns:
        add("column_twice")
    else:
        table.columns[key] = place


def _language(written: str) -> str:
    text = " ".join(written.split())
    if text.lower() in _LANGUAGES:
        return _LANGUAGES[text.lower()]
    code = language_code(text)
    # Without a code in brackets the code is the name itself.
    return text if code != text.lower() else ""
