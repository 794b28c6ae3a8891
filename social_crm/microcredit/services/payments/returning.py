"""The payments that were not posted, as a spreadsheet with the reason beside each: to correct and upload again."""

import io
import json
from collections.abc import Sequence
from typing import Any

import frappe
from frappe import _
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from social_crm import permissions
from social_crm.microcredit.domain import bank_rows
from social_crm.social_crm.services.census.rejects import cell_of

_NOT_POSTED = (
    bank_rows.CONFIRM,
    bank_rows.RECONCILE,
    bank_rows.REJECTED,
    bank_rows.DUPLICATE,
    bank_rows.DISMISSED,
)
_WIDTH, _REASON_WIDTH = 18, 70


def workbook(doc: Any) -> bytes:
    """Return an .xlsx with the columns of the file as they were, then row, result, amount left and reason."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Payments not posted")[:31])
    headers = [column.header for column in doc.columns]
    own = [_("Row in the file"), _("Result"), _("Not Posted"), _("Reason")]
    for index in range(len(headers) + len(own)):
        is_reason = index == len(headers) + len(own) - 1
        sheet.column_dimensions[get_column_letter(index + 1)].width = _REASON_WIDTH if is_reason else _WIDTH
    sheet.freeze_panes = "A2"
    sheet.append([cell_of(sheet, header, bold=True) for header in (*headers, *own)])
    for row in _rows(doc.name):
        values = (json.loads(row.raw_values or "[]") + [None] * len(headers))[: len(headers)]
        left = row.amount - row.posted_amount
        reason = "\n".join(filter(None, (row.reason, row.dismiss_reason)))
        cells = [cell_of(sheet, value) for value in values]
        sheet.append(
            [*cells, row.sheet_row, cell_of(sheet, _(row.result)), left, cell_of(sheet, reason, mark=True)]
        )
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _rows(batch: str) -> Sequence[Any]:
    row = frappe.qb.DocType("Microcredit Payment Row")
    query = (
        frappe.qb.from_(row)
        .select(row.sheet_row, row.result, row.reason, row.dismiss_reason, row.raw_values, row.amount)
        .select(row.posted_amount)
        .where((row.batch == batch) & row.result.isin(_NOT_POSTED))
        .orderby(row.sheet_row)
    )
    limit = permissions.visible("Microcredit Payment Row")
    return (query if limit is None else query.where(limit)).run(as_dict=True)
