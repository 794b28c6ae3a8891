"""The cells of an XLSForm as a template: what is understood, what is wrong by sheet, row and cell, what was left out.

Nothing is dropped without a word: a column, a type or a setting that templates have no place for is a problem where it would
change the form, and a notice where it would not. Source of the names: the XLSForm reference and the aliases of pyxform.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from social_crm.field_records.domain.choice_filters import sorted_attributes
from social_crm.field_records.domain.templates import SELECTS, Choice, FieldRow, check
from social_crm.field_records.domain.xlsform import (
    DEFAULT_LANGUAGE,
    TEXTS,
    Form,
    Translation,
    language_code,
)
from social_crm.field_records.domain.xlsform_sheets import (
    GUIDANCE,
    Sheet,
    SheetProblem,
    Table,
    open_table,
)

_TYPES = {
    "string": "text",
    "int": "integer",
    "location": "geopoint",
    "gps": "geopoint",
    "photo": "image",
    "calculation": "calculate",
    "date time": "datetime",
    "datetime-local": "datetime",
}
# What devices note by themselves; the acta keeps its own times, author and device.
_METADATA = frozenset(
    [
        "start",
        "end",
        "today",
        "deviceid",
        "username",
        "email",
        "phonenumber",
        "simserial",
        "subscriberid",
        "audit",
        "start-geopoint",
    ]
)
_SELECT = re.compile(
    r"(select_one|select one|select_multiple|select multiple)\s+(\S+)(?:\s+(or_other|or other))?"
)
_YES = frozenset(("yes", "true", "true()", "sí", "si", "1"))
_NO = frozenset(("", "no", "false", "false()", "0"))
_FIELD_COLUMNS = {"field_type": "type", "value": "name", "required_if": "required"}
_PARAMETER = re.compile(r"([a-z-]+)\s*=\s*(-?\d+(?:\.\d+)?)")
# What `or_other` adds: a choice, and a question for who takes it.
_OTHER = "other"
_OTHER_CHOICE = {"es": "Otro", "en": "Other"}
_OTHER_QUESTION = {"es": "¿Cuál otro?", "en": "Which other?"}


@dataclass(frozen=True)
class Reading:
    """A form, or None where there are problems; `rows` are the rows of the survey sheet that its rows came from."""

    form: Form | None
    problems: tuple[SheetProblem, ...]
    notices: tuple[SheetProblem, ...]
    rows: tuple[int, ...] = ()


def read(sheets: Mapping[str, Sheet]) -> Reading:
    """Return what the sheets of a workbook say; their cells are texts, the first row that holds something is the header."""
    reader = _Reader(sheets)
    form = reader.form()
    order = ("survey", "choices", "settings")
    found = sorted(
        reader.found,
        key=lambda one: (
            order.index(one.sheet.lower()) if one.sheet.lower() in order else 3,
            one.row,
            one.column,
        ),
    )
    problems = tuple(one for one in found if not one.is_notice)
    notices = tuple(one for one in found if one.is_notice)
    return Reading(None if problems else form, problems, notices, tuple(reader.survey_rows))


class _Reader:
    def __init__(self, sheets: Mapping[str, Sheet]) -> None:
        self.found: list[SheetProblem] = []
        by_name = {name.strip().lower(): (name, rows) for name, rows in sheets.items()}
        for key, (name, rows) in by_name.items():
            filled = any(any(cell for cell in row) for row in rows)
            if filled and key in ("external_choices", "entities", "osm"):
                self.found.append(SheetProblem(name, code="sheet_unsupported"))
            elif filled and key not in ("survey", "choices", "settings"):
                self.found.append(SheetProblem(name, code="sheet_unknown", is_notice=True))
        self.survey = self._table(by_name, "survey")
        self.choices = self._table(by_name, "choices")
        self.settings = self._table(by_name, "settings")
        if self.survey is None:
            self.found.append(SheetProblem("survey", code="sheet_missing"))
        self.survey_rows: list[int] = []
        self.choice_rows: list[int] = []
        self.translations: list[Translation] = []
        self.spoken: list[str] = []
        # Lists of choices that `or_other` adds one to.
        self.others: list[str] = []

    def _table(self, by_name: Mapping[str, tuple[str, Sheet]], key: str) -> Table | None:
        if key not in by_name:
            return None
        name, rows = by_name[key]
        return open_table(key, name, rows, self.found)

    def form(self) -> Form | None:
        if self.survey is None:
            return None
        settings = self._settings()
        default = settings.get("default_language", "")
        spoken = list(dict.fromkeys(language for table in self._tables() for language in table.languages))
        if not default:
            plain = self.survey.has("label", "")
            default = DEFAULT_LANGUAGE if plain or not spoken else spoken[0]
        self.spoken = [language for language in spoken if language != default]
        rows = self._rows(default)
        choices = self._choices(default)
        self._check(rows, choices)
        version = settings.get("version", "")
        return Form(
            key=settings.get("form_id", ""),
            version=int(version) if re.fullmatch(r"[1-9]\d{0,8}", version) else 0,
            title=settings.get("form_title", ""),
            rows=tuple(rows),
            choices=tuple(choices),
            translations=tuple(self.translations),
            default_language=default,
        )

    def _tables(self) -> list[Table]:
        return [table for table in (self.survey, self.choices) if table is not None]

    def _settings(self) -> dict[str, str]:
        if self.settings is None:
            return {}
        lines = list(self.settings.lines())
        for number, _ in lines[1:]:
            self.found.append(SheetProblem(self.settings.name, number, code="settings_twice"))
        if not lines:
            return {}
        number, cells = lines[0]
        values = {column: text for (column, _), text in cells.items()}
        language = values.get("default_language", "")
        if language:
            values["default_language"] = self.settings.language(language)
            if not values["default_language"]:
                self._at(self.settings, number, "default_language", "language_without_code", language)
        version = values.get("version", "")
        if version and not re.fullmatch(r"[1-9]\d{0,8}", version):
            code = "version_too_large" if version.isdigit() and version.strip("0") else "version_no_number"
            self._at(self.settings, number, "version", code, version, is_notice=True)
        return values

    def _rows(self, default: str) -> list[FieldRow]:
        rows: list[FieldRow] = []
        table = self.survey
        assert table is not None
        for number, written in table.lines():
            cells = self._with_guidance(table, number, written, default)
            row = self._row(table, number, cells, default)
            if row is None:
                continue
            rows.append(row)
            self.survey_rows.append(number)
            self._translate(row.name, cells, default, TEXTS)
            if row.field_type in SELECTS and _is_or_other(cells.get(("type", ""), "")):
                if row.choice_filter:
                    # The choice that is added belongs to nothing: a filter would never leave it.
                    self._at(table, number, "choice_filter", "or_other_filtered", row.choice_list)
                rows.append(self._other_question(table, number, row, default))
                self.survey_rows.append(number)
        return rows

    def _with_guidance(
        self, table: Table, number: int, cells: Mapping[tuple[str, str], str], default: str
    ) -> dict[tuple[str, str], str]:
        """The cells of a row with its further guidance joined to the hint."""
        joined = dict(cells)
        for (column, language), text in cells.items():
            if column == GUIDANCE:
                spoken = language or default
                hint = cells.get(("hint", spoken)) or (
                    cells.get(("hint", ""), "") if spoken == default else ""
                )
                joined["hint", spoken] = " ".join(filter(None, (hint, text)))
        if any(name == GUIDANCE for name, _ in cells):
            self._at(table, number, GUIDANCE, "guidance_joined", is_notice=True)
        return joined

    def _other_question(self, table: Table, number: int, row: FieldRow, default: str) -> FieldRow:
        """The question that `or_other` adds after one; its choice is added to the list."""
        name = f"{row.name}_{_OTHER}"
        if row.choice_list not in self.others:
            self.others.append(row.choice_list)
        self.translations += [
            Translation(language, name, _in(_OTHER_QUESTION, language)) for language in self.spoken
        ]
        self._at(table, number, "type", "or_other_written_out", name, is_notice=True)
        taken = f"selected(${{{row.name}}}, '{_OTHER}')"
        return FieldRow("text", name, _in(_OTHER_QUESTION, default), relevant=taken)

    def _row(
        self, table: Table, number: int, cells: Mapping[tuple[str, str], str], default: str
    ) -> FieldRow | None:
        written = cells.get(("type", ""), "")
        kind, choice_list = self._type(table, number, written)
        if not kind:
            return None
        if kind.startswith("end_"):
            return FieldRow(kind)
        texts = {column: _spoken(cells, column, default) for column in TEXTS}
        rest = {
            column: cells.get((column, ""), "")
            for column in (
                *("name", "relevant", "constraint", "calculation", "appearance", "default"),
                *("choice_filter", "repeat_count"),
            )
        }
        parameters = cells.get(("parameters", ""), "")
        if kind == "range":
            kind, rest["constraint"] = self._range(table, number, parameters, rest["constraint"])
        elif parameters:
            # The app shrinks photos itself, as the organisation sets it.
            shrinks = kind == "image" and parameters.lower().startswith("max-pixels")
            code = "max_pixels_left_out" if shrinks else "parameters_unsupported"
            self._at(table, number, "parameters", code, parameters, is_notice=shrinks)
        required = cells.get(("required", ""), "")
        if required.lower() not in _YES | _NO:
            rest["required_if"] = required
        return FieldRow(
            kind,
            required=required.lower() in _YES,
            read_only=self._is_yes(table, number, cells, "read_only"),
            choice_list=choice_list,
            **texts,
            **rest,
        )

    def _is_yes(self, table: Table, number: int, cells: Mapping[tuple[str, str], str], column: str) -> bool:
        text = cells.get((column, ""), "")
        if text.lower() not in _YES | _NO:
            self._at(table, number, column, f"{column}_unsupported", text)
        return text.lower() in _YES

    def _range(self, table: Table, number: int, parameters: str, constraint: str) -> tuple[str, str]:
        """A slider as a number with its bounds: the type and the constraint."""
        given = dict(_PARAMETER.findall(parameters.lower()))
        left = _PARAMETER.sub("", parameters.lower()).strip(" ,;")
        if left or set(given) - {"start", "end", "step"}:
            self._at(table, number, "parameters", "parameters_unsupported", parameters)
        start, end, step = (given.get(*one) for one in (("start", "1"), ("end", "10"), ("step", "1")))
        rules = [f". >= {start} and . <= {end}"]
        whole = all("." not in one for one in (start, end, step))
        if whole and step != "1":
            rules.append(f"(. - {start}) mod {step} = 0")
        self._at(table, number, "type", "range_as_number", f"{start} – {end}", is_notice=True)
        said = [f"({constraint})"] if constraint else []
        return "integer" if whole else "decimal", " and ".join((*said, *rules))

    def _type(self, table: Table, number: int, written: str) -> tuple[str, str]:
        """The type of a row and its list of choices; an empty type where the row is no question of ours."""
        text = " ".join(written.lower().split())
        if not text:
            self._at(table, number, "type", "type_missing")
            return "", ""
        match = _SELECT.fullmatch(" ".join(written.split()))
        if match:
            return match.group(1).replace(" ", "_"), match.group(2)
        if text in _METADATA:
            self._at(table, number, "type", "metadata_left_out", written, is_notice=True)
            return "", ""
        if text in SELECTS:
            self._at(table, number, "type", "list_missing", written)
            return "", ""
        kind = text.replace(" ", "_") if text.startswith(("begin", "end")) else text
        return _TYPES.get(kind, kind), ""

    def _choices(self, default: str) -> list[Choice]:
        choices: list[Choice] = []
        table = self.choices
        attributes = table.attributes if table is not None else []
        for number, cells in table.lines() if table is not None else ():
            choice = Choice(
                cells.get(("list_name", ""), ""),
                cells.get(("name", ""), ""),
                _spoken(cells, "label", default),
                sorted_attributes((name, cells.get((name, ""), "")) for name in attributes),
            )
            choices.append(choice)
            self.choice_rows.append(number)
            self._translate(f"{choice.list_name}/{choice.value}", cells, default, ("label",))
        for name in self.others:
            mine = [index for index, choice in enumerate(choices) if choice.list_name == name]
            if mine and all(choices[index].value != _OTHER for index in mine):
                choices.append(Choice(name, _OTHER, _in(_OTHER_CHOICE, default)))
                self.choice_rows.append(self.choice_rows[mine[-1]])
                self.translations += [
                    Translation(language, f"{name}/{_OTHER}", _in(_OTHER_CHOICE, language))
                    for language in self.spoken
                ]
        return choices

    def _translate(
        self, element: str, cells: Mapping[tuple[str, str], str], default: str, columns: Sequence[str]
    ) -> None:
        languages = dict.fromkeys(
            language for column, language in cells if language not in ("", default) and column in columns
        )
        for language in languages:
            texts = {column: cells.get((column, language), "") for column in columns}
            self.translations.append(Translation(language, element, **texts))

    def _check(self, rows: Sequence[FieldRow], choices: Sequence[Choice]) -> None:
        """The rules of templates, told by the rows and cells of the sheets."""
        for problem in check(rows, choices):
            table = self.choices if problem.table == "choices" else self.survey
            numbers = self.choice_rows if problem.table == "choices" else self.survey_rows
            if table is None or not problem.row:
                self.found.append(SheetProblem("survey", code=problem.code, detail=problem.detail))
                continue
            column = _FIELD_COLUMNS.get(problem.field, problem.field)
            self.found.append(
                SheetProblem(
                    table.name,
                    numbers[problem.row - 1],
                    table.place(column),
                    table.header(column),
                    problem.code,
                    problem.detail,
                    problem.more,
                )
            )

    def _at(
        self,
        table: Table,
        number: int,
        column: str,
        code: str,
        detail: str = "",
        is_notice: bool = False,
    ) -> None:
        self.found.append(
            SheetProblem(
                table.name,
                number,
                table.place(column),
                table.header(column),
                code,
                detail,
                is_notice=is_notice,
            )
        )


def _is_or_other(written: str) -> bool:
    match = _SELECT.fullmatch(" ".join(written.split()))
    return bool(match and match.group(3))


def _in(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language_code(language).split("-")[0], texts["en"])


def _spoken(cells: Mapping[tuple[str, str], str], column: str, default: str) -> str:
    return cells.get((column, default), "") or cells.get((column, ""), "")
