"""A sheet as it was read: where its header is, what is wrong with its shape, and the rows below."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from social_crm.social_crm.domain.census_fields import IGNORE, NAME_FIELDS
from social_crm.social_crm.domain.census_headers import Column, header_key, is_known_header
from social_crm.social_crm.domain.census_problem import Problem, cell_name, column_letter, error, warning
from social_crm.social_crm.domain.census_rows import RowInput
from social_crm.social_crm.domain.census_text import clean, fold, without_apostrophe

HEADER_WITHIN = 30  # a header further down is not looked for; the user can name its row
_SAMPLES = 40
_FOOTER = re.compile(r"^(sub)?total(es)?\b|^fuente\b|^elabor(o|ado)\b|^firma\b")


@dataclass(frozen=True)
class Merge:
    """A merged range: rows counted from 1, columns from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def name(self) -> str:
        return f"{cell_name(self.top, self.left)}:{cell_name(self.bottom, self.right)}"


@dataclass(frozen=True)
class Sheet:
    """Cells of a sheet and what the file says about them.

    rows: all rows from the first of the sheet; a short row ends early.
    bad_cells: (row from 1, column from 0) -> code of what is wrong with the cell.
    """

    name: str
    rows: Sequence[Sequence[object]]
    merges: tuple[Merge, ...] = ()
    bad_cells: Mapping[tuple[int, int], str] = field(default_factory=dict)


@dataclass(frozen=True)
class Header:
    """Row of the header (from 1), its columns, and what is to be told about the sheet."""

    row: int
    columns: tuple[Column, ...]
    problems: tuple[Problem, ...] = ()


def find_header(sheet: Sheet, remembered: Mapping[str, str] | None = None, row: int = 0) -> Header:
    """Find the header; `row` (from 1) when the user has named it, 0 to look for it."""
    known = remembered or {}
    rows = sheet.rows
    if not any(any(clean(value) for value in line) for line in rows):
        return Header(1, (), (error("sheet_empty", sheet=sheet.name),))
    at = row - 1 if row else _best_row(rows, known)
    if not 0 <= at < len(rows):
        return Header(1, (), (error("header_beyond", row=row),))
    problems = list(_shape_problems(sheet, at, known))
    columns = tuple(
        Column(index, clean(value), _samples(rows, at, index))
        for index, value in enumerate(rows[at])
        if clean(value) or _samples(rows, at, index)
    )
    nameless = [column_letter(column.index) for column in columns if not column.header]
    if nameless:
        problems.append(warning("column_without_header", columns=", ".join(nameless[:12])))
    if len([column for column in columns if column.header]) < 2:
        problems.append(error("header_not_found", cell_name(at + 1, 0)))
    return Header(at + 1, columns, tuple(problems))


def _best_row(rows: Sequence[Sequence[object]], known: Mapping[str, str]) -> int:
    best, best_score = -1, 0
    for index, line in enumerate(rows[:HEADER_WITHIN]):
        score = _recognised(line, known)
        if score > best_score:
            best, best_score = index, score
    if best_score >= 2:
        return best
    return next(
        (i for i, line in enumerate(rows[:HEADER_WITHIN]) if sum(bool(clean(v)) for v in line) >= 2), 0
    )


def _recognised(line: Sequence[object], known: Mapping[str, str]) -> int:
    keys = {header_key(value) for value in line if isinstance(value, str) and clean(value)}
    return sum(1 for key in keys if key in known or is_known_header(key))


def _samples(rows: Sequence[Sequence[object]], header: int, column: int) -> tuple[str, ...]:
    found = []
    for line in rows[header + 1 : header + 1 + 400]:
        text = clean(line[column]) if column < len(line) else ""
        if text:
            found.append(text[:60])
        if len(found) == _SAMPLES:
            break
    return tuple(found)


def _shape_problems(sheet: Sheet, at: int, known: Mapping[str, str]) -> Iterator[Problem]:
    row = at + 1
    width = len(sheet.rows[at])
    across = [m for m in sheet.merges if m.top <= row <= m.bottom and m.left < m.right and m.left < width]
    down = [m for m in sheet.merges if m.top <= row < m.bottom or m.top < row <= m.bottom]
    split = [m for m in down if m.left == m.right]
    if split:
        other = split[0].bottom if split[0].bottom > row else split[0].top
        yield error("two_header_rows", split[0].name, first=min(row, other), second=max(row, other))
    elif across:
        yield error("merged_header", across[0].name, ranges=", ".join(m.name for m in across[:8]))
    elif at + 1 < len(sheet.rows) and _recognised(sheet.rows[at + 1], known) >= 2:
        yield error("two_header_rows", cell_name(row + 1, 0), first=row, second=row + 1)
    above = [i + 1 for i, line in enumerate(sheet.rows[:at]) if any(clean(v) for v in line)]
    if above:
        yield warning("title_rows_left_out", rows=", ".join(map(str, above[:10])))


def check_mapping(mapping: Mapping[int, str]) -> tuple[Problem, ...]:
    """What a mapping (column index -> field key) lacks or has twice."""
    problems = []
    used = [key for key in mapping.values() if key and key != IGNORE]
    for key in sorted({key for key in used if used.count(key) > 1}):
        letters = ", ".join(column_letter(index) for index, value in mapping.items() if value == key)
        problems.append(error("field_twice", field=key, columns=letters))
    names = set(used) & set(NAME_FIELDS)
    whole = {"full_name"} <= names
    parts = bool(names & {"given_names", "first_name"}) and bool(names & {"surnames", "first_surname"})
    if not whole and not parts:
        problems.append(error("mapping_without_name"))
    if not {"household", "kinship", "family_record"} & set(used):
        problems.append(error("mapping_without_household"))
    return tuple(problems)


def body(sheet: Sheet, header: Header, mapping: Mapping[int, str]) -> tuple[list[RowInput], list[Problem]]:
    """The rows below the header by field, and what is to be told about rows that were left out.

    Merged cells below the header count for each of their rows: a household code merged over its members.
    """
    fields = {index: key for index, key in mapping.items() if key and key != IGNORE}
    filled = _merged_values(sheet, header.row)
    rows: list[RowInput] = []
    empty: list[int] = []
    footers: list[int] = []
    for number, line in enumerate(sheet.rows[header.row :], start=header.row + 1):
        values = {key: _value(line, index, number, filled) for index, key in fields.items()}
        bad = {
            key: sheet.bad_cells[(number, index)]
            for index, key in fields.items()
            if (number, index) in sheet.bad_cells
        }
        if not bad and not any(clean(value) for value in values.values()):
            (empty if not any(clean(value) for value in line) else footers).append(number)
            continue
        if _is_footer(line, values):
            footers.append(number)
            continue
        if len(line) > (limit := _width(header)) and any(clean(value) for value in line[limit:]):
            bad.setdefault(next(iter(values), ""), "row_too_wide")
        cells = {key: cell_name(number, index) for index, key in fields.items()}
        rows.append(RowInput(number, values, cells, bad))
    return rows, list(_left_out(empty, footers, bool(filled), len(sheet.rows)))


def _width(header: Header) -> int:
    return max((column.index for column in header.columns), default=0) + 1


def _value(
    line: Sequence[object], index: int, number: int, filled: Mapping[tuple[int, int], object]
) -> object:
    value = without_apostrophe(line[index]) if index < len(line) else None
    return filled.get((number, index), value) if not clean(value) else value


def _merged_values(sheet: Sheet, header_row: int) -> dict[tuple[int, int], object]:
    filled: dict[tuple[int, int], object] = {}
    for merge in sheet.merges:
        if merge.top <= header_row or merge.left != merge.right or merge.bottom > len(sheet.rows):
            continue
        line = sheet.rows[merge.top - 1]
        value = line[merge.left] if merge.left < len(line) else None
        for number in range(merge.top + 1, merge.bottom + 1):
            filled[(number, merge.left)] = value
    return filled


def _is_footer(line: Sequence[object], values: Mapping[str, object]) -> bool:
    if any(
        clean(values.get(key)) and not _FOOTER.match(fold(values[key]))
        for key in NAME_FIELDS
        if key in values
    ):
        return False
    first = next((fold(value) for value in line if clean(value)), "")
    return bool(_FOOTER.match(first))


def _left_out(empty: list[int], footers: list[int], merged: bool, height: int) -> Iterator[Problem]:
    inner = [number for number in empty if number < height]
    if inner:
        yield warning("empty_rows_left_out", count=len(inner), rows=", ".join(map(str, inner[:10])))
    if footers:
        yield warning("footer_rows_left_out", rows=", ".join(map(str, footers[:10])))
    if merged:
        yield warning("merged_cells_filled")
