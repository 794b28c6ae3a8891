"""The journal of a period as a spreadsheet or as text, with its totals, for whoever keeps the books."""

import csv
import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from frappe import _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from social_crm.microcredit.services.accounting import journal
from social_crm.microcredit.services.accounting.journal import Period
from social_crm.microcredit.services.money import decimals_of
from social_crm.social_crm.domain.census_text import safe_cell
from social_crm.social_crm.services.census.rejects import cell_of

_WIDTHS = (12, 16, 20, 13, 14, 26, 14, 30, 26, 18, 18)
_BOM = "\ufeff"


def header() -> list[str]:
    """Return the headers of the journal."""
    return [
        _("Date"),
        _("Kind"),
        _("Ledger Entry"),
        _("Adjustment"),
        _("Microcredit"),
        _("Name"),
        _("Account Code"),
        _("Account Name"),
        _("Neutral Account"),
        _("Debit"),
        _("Credit"),
    ]


def values_of(row: dict[str, Any]) -> list[Any]:
    """Return a line of the journal in the order of the headers."""
    return [
        row["day"],
        _(row["kind"]),
        row["source"],
        _("Yes") if row["is_adjustment"] else "",
        row["microcredit"],
        row["beneficiary_name"],
        row["account_code"],
        row["account_name"],
        _(row["neutral"]),
        row["debit"],
        row["credit"],
    ]


def workbook(asked: Period) -> bytes:
    """Return an .xlsx: the lines with their totals, and a second sheet with the sums of each account."""
    rows = journal.lines(asked, journal.read(asked))
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Journal")[:31])
    _prepare(sheet, _WIDTHS)
    _append(sheet, header(), bold=True)
    for row in rows:
        _append(sheet, values_of(row))
    _append(sheet, [_("Total"), *[""] * 8, *journal.totals(rows)], bold=True)
    sums = journal.by_account(rows)
    second = book.create_sheet(_("By Account")[:31])
    _prepare(second, (14, 34, 28, 18, 18, 18))
    titles = [_("Account Code"), _("Account Name"), _("Neutral Account"), _("Debit"), _("Credit"), _("Net")]
    _append(second, titles, bold=True)
    for row in sums:
        values = [row["account_code"], row["account_name"], _(row["neutral"])]
        _append(second, [*values, row["debit"], row["credit"], row["net"]])
    debit, credit = journal.totals(sums)
    _append(second, [_("Total"), "", "", debit, credit, debit - credit], bold=True)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _prepare(sheet: Any, widths: Sequence[int]) -> None:
    for index, width in enumerate(widths):
        sheet.column_dimensions[get_column_letter(index + 1)].width = width
    sheet.freeze_panes = "A2"


def _append(sheet: Any, values: Sequence[Any], bold: bool = False) -> None:
    cells = []
    for value in values:
        if isinstance(value, Decimal):
            cell = WriteOnlyCell(sheet, value=value)
            cell.number_format = "#,##0.00" if value != int(value) else "#,##0"
            cell.font = Font(bold=bold)
        else:
            cell = cell_of(sheet, value, bold=bold)
        cells.append(cell)
    sheet.append(cells)


def text(asked: Period) -> bytes:
    """Return the lines as .csv with semicolons and decimal commas, as a spreadsheet in Colombia opens it."""
    rows = journal.lines(asked, journal.read(asked))
    decimals = decimals_of(asked.currency)
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow(header())
    for row in rows:
        writer.writerow([_written(value, decimals) for value in values_of(row)])
    sums = [_written(amount, decimals) for amount in journal.totals(rows)]
    writer.writerow([_("Total"), *[""] * 8, *sums])
    return (_BOM + stream.getvalue()).encode()


def _written(value: Any, decimals: int) -> Any:
    if isinstance(value, Decimal):
        return f"{value:.{decimals}f}".replace(".", ",")
    return safe_cell(value) if isinstance(value, str) else value
