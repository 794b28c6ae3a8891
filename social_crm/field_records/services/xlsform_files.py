"""Workbooks of XLSForms: their cells as texts, after the guard against what no spreadsheet program writes; and back."""

import io
from datetime import date, datetime, time
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from python_calamine import CalamineError, CalamineWorkbook

from social_crm.field_records.domain.xlsform import Form, sheets
from social_crm.field_records.domain.xlsform_sheets import SheetProblem
from social_crm.social_crm.services.census.file_error import CensusFileError
from social_crm.social_crm.services.census.workbook_guard import CSV, Limits, inspect, kind_of

MAX_MEGABYTES = 5
LIMITS = Limits(
    file_bytes=MAX_MEGABYTES * 2**20,
    unpacked_bytes=60 * 2**20,
    parts=500,
    rows=5000,
    columns=120,
    noted_cells=200,
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# The order of the columns in a workbook that we write; those with a language follow their name.
_ORDER = (
    "type",
    "list_name",
    "name",
    "form_title",
    "form_id",
    "version",
    "default_language",
    "label",
    "hint",
    "required",
    "required_message",
    "read_only",
    "relevant",
    "constraint",
    "constraint_message",
    "calculation",
    "appearance",
    "repeat_count",
    "default",
    "choice_filter",
)


class WorkbookError(Exception):
    """The file cannot be read as a workbook; `problems` say why."""

    def __init__(self, *problems: SheetProblem) -> None:
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = problems


def cells_of(data: bytes) -> dict[str, list[list[str]]]:
    """Return the sheets of an .xlsx, .ods or .xls as texts.

    Raises:
        WorkbookError: it is none, too large, protected, damaged, or has cells with errors.
    """
    _guard(data)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        found = {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names
        }
    except (CalamineError, ValueError, OSError) as error:
        raise WorkbookError(SheetProblem("", code="file_broken")) from error
    # An old .xls is not counted by the guard; what is cut off would be lost without a word.
    if any(len(rows) > LIMITS.rows or any(map(_has_beyond, rows)) for rows in found.values()):
        raise WorkbookError(_too_long())
    return {
        name: [[_text(cell) for cell in row[: LIMITS.columns]] for row in rows]
        for name, rows in found.items()
    }


def _has_beyond(row: list[Any]) -> bool:
    return any(cell not in (None, "") for cell in row[LIMITS.columns :])


def _too_long() -> SheetProblem:
    return SheetProblem("", code="file_too_long", detail=str(LIMITS.rows), more=str(LIMITS.columns))


def workbook(form: Form) -> bytes:
    """Return a form as an .xlsx that loads back the same."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets(form).items():
        sheet = book.create_sheet(name)
        columns = sorted(
            {column: None for row in rows for column in row} or {"list_name": None, "name": None},
            key=_rank(form),
        )
        for place, column in enumerate(columns, start=1):
            _put(sheet, 1, place, column).font = Font(bold=True)
            sheet.column_dimensions[get_column_letter(place)].width = 44 if "::" in column else 22
            for number, row in enumerate(rows, start=2):
                if row.get(column):
                    _put(sheet, number, place, row[column]).alignment = Alignment(
                        wrap_text=True, vertical="top"
                    )
        sheet.freeze_panes = "A2"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _guard(data: bytes) -> None:
    if data.startswith(_OLE):
        # An old .xls is not compressed: it holds no more than its size.
        if len(data) > LIMITS.file_bytes:
            raise WorkbookError(SheetProblem("", code="file_too_large", detail=str(MAX_MEGABYTES)))
        if _ENCRYPTED in data:
            raise WorkbookError(SheetProblem("", code="file_encrypted"))
        return
    try:
        kind = kind_of(data, LIMITS)
        if kind == CSV:
            raise WorkbookError(SheetProblem("", code="file_not_xlsform"))
        facts = inspect(data, kind, LIMITS)
    except CensusFileError as error:
        codes = {
            "zip_bomb": "file_too_large",
            "too_many_rows": "file_too_long",
            "too_many_columns": "file_too_long",
            "binary_xlsb": "file_not_xlsform",
            "not_a_spreadsheet": "file_not_xlsform",
        }
        code = codes.get(error.problem.code, error.problem.code)
        if code == "file_too_long":
            raise WorkbookError(_too_long()) from error
        raise WorkbookError(SheetProblem("", code=code, detail=str(MAX_MEGABYTES))) from error
    bad = [
        SheetProblem(sheet.name, row, column, code=code)
        for sheet in facts
        for (row, column), code in sheet.bad_cells.items()
    ]
    if bad:
        raise WorkbookError(*bad)


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 10**15:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell).strip()


def _rank(form: Form) -> Any:
    languages = list(form.languages)

    def rank(column: str) -> tuple[int, str]:
        base, _, language = column.partition("::")
        if base not in _ORDER:
            # What choices belong to.
            return len(_ORDER), base
        return _ORDER.index(base), f"{languages.index(language):03}" if language else ""

    return rank


def _put(sheet: Any, row: int, column: int, text: str) -> Any:
    cell = sheet.cell(row=row, column=column, value=ILLEGAL_CHARACTERS_RE.sub("", text))
    # A text, whatever it begins with: nothing of a template is a formula of the spreadsheet.
    cell.data_type = "s"
    return cell
