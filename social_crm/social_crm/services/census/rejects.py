"""The rows that were not loaded, as a spreadsheet with the reason beside each: to correct and upload again."""

import io
import json
from collections.abc import Sequence

import frappe
from frappe import _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from social_crm.social_crm.domain.census_text import safe_cell

_NOT_LOADED = ("Rejected", "Waiting", "To Decide")
_WIDTH, _REASON_WIDTH = 18, 70


def rejected_workbook(doc: "frappe.model.document.Document") -> bytes:
    """An .xlsx with the columns of the file as they were, then row, result and reason in the user's language."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Rows not loaded")[:31])
    headers = [column.header for column in doc.columns]
    own = [_("Row in the file"), _("Result"), _("Reason")]
    for index in range(len(headers) + len(own)):
        letter = get_column_letter(index + 1)
        sheet.column_dimensions[letter].width = _REASON_WIDTH if index == len(headers) + 2 else _WIDTH
    sheet.freeze_panes = "A2"
    sheet.append([cell_of(sheet, header, bold=True) for header in (*headers, *own)])
    for number, result, reason, raw in _rows(doc.name):
        values = (json.loads(raw or "[]") + [None] * len(headers))[: len(headers)]
        cells = [cell_of(sheet, value) for value in values]
        sheet.append([*cells, number, cell_of(sheet, _(result)), cell_of(sheet, reason, mark=True)])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _rows(census_import: str) -> Sequence[tuple]:
    row = frappe.qb.DocType("Census Import Row")
    return (
        frappe.qb.from_(row)
        .select(row.sheet_row, row.result, row.reason, row.raw_values)
        .where((row.census_import == census_import) & row.result.isin(_NOT_LOADED))
        .orderby(row.sheet_row)
        .run()
    )


def cell_of(sheet: object, value: object, bold: bool = False, mark: bool = False) -> WriteOnlyCell:
    """A cell that is never taken for a formula, whatever the file held."""
    cell = WriteOnlyCell(sheet, value=safe_cell(value))
    if isinstance(cell.value, str):
        cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    if mark:
        cell.fill = PatternFill("solid", fgColor="FFF3CD")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell
