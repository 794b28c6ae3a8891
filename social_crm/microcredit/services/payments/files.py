"""The uploaded file of a batch of payments: its sheets, its header and the suggested columns.

The reader is that of the census import, with its guard against broken, oversized and hostile files.
"""

import json
from dataclasses import replace
from typing import Any

import frappe

from social_crm.file_runs import remember_headers
from social_crm.microcredit.domain import bank_columns
from social_crm.microcredit.domain.bank_columns import IGNORE, LABELS
from social_crm.microcredit.services.payments.messages import IGNORE_LABEL
from social_crm.social_crm.domain.census_headers import header_key
from social_crm.social_crm.domain.census_problem import column_letter
from social_crm.social_crm.domain.census_sheet import Header, Sheet, find_header
from social_crm.social_crm.services.census.file_error import CensusFileError, refuse
from social_crm.social_crm.services.census.files import content_of, digest
from social_crm.social_crm.services.census.reading import open_file, read_sheet
from social_crm.social_crm.services.census.workbook_guard import Limits

# A month of a large bank account; each row is posted by itself.
LIMITS = Limits(file_bytes=20 * 1024 * 1024, rows=20_000, columns=120)
_KEYS = {**{label: key for key, label in LABELS.items()}, IGNORE_LABEL: IGNORE}
_LABELS = {key: label for label, key in _KEYS.items()}
_SHOWN_SAMPLES = 3


def key_of(label: str | None) -> str:
    """Return the key of a field by its English label; "" for none."""
    return _KEYS.get(label or "", "")


def remembered() -> dict[str, str]:
    """Return header key -> field key, as the organisation chose before."""
    # The choices are the organisation's and hold no personal data; whoever loads payments uses them.
    rows = frappe.get_all("Microcredit Column Mapping", fields=["header_key", "target_field"])
    return {row.header_key: key_of(row.target_field) for row in rows if key_of(row.target_field)}


def open_sheet(doc: Any) -> tuple[str, tuple[str, ...], Sheet, Header]:
    """Return digest, names of the sheets, the chosen sheet and its header. Raises CensusFileError."""
    data = content_of(doc.payment_file)
    file = open_file(data, LIMITS)
    sheet = read_sheet(file, doc.sheet_name if doc.sheet_name in file.sheets else file.sheets[0])
    header = find_header(sheet, bank_columns.known_headers(remembered()), doc.header_row or 0)
    return digest(data), file.sheets, sheet, header


def rows_of(doc: Any) -> tuple[Sheet, Header]:
    """Return sheet and header of a file that is still the one whose columns were confirmed. Raises CensusFileError."""
    hashed, _sheets, sheet, header = open_sheet(doc)
    if hashed != doc.file_hash:
        raise refuse("file_changed")
    for problem in header.problems:
        if problem.is_error:
            raise CensusFileError(problem)
    # An amount that is merged over several rows is one payment: it counts in the first of them alone.
    return replace(sheet, merges=()), header


def inspect(doc: Any) -> None:
    """Read sheets, header and columns of the file and fill them, with the suggested fields, into the document.

    What is wrong with the sheet or its header goes into `file_problem`. Raises CensusFileError when the file is unsound.
    """
    doc.file_hash, sheets, sheet, header = open_sheet(doc)
    doc.sheet_names, doc.sheet_name = json.dumps(sheets, ensure_ascii=False), sheet.name
    doc.file_problem, doc.notices, doc.columns = None, "[]", []
    wrong = next((problem for problem in header.problems if problem.is_error), None)
    if wrong:
        # The file is sound; another sheet or header row may be.
        doc.file_problem = json.dumps(wrong.as_dict(), ensure_ascii=False)
        return
    doc.header_row = header.row
    doc.notices = json.dumps([problem.as_dict() for problem in header.problems], ensure_ascii=False)
    suggested = bank_columns.suggest(header.columns, remembered())
    for column, suggestion in zip(header.columns, suggested, strict=True):
        doc.append(
            "columns",
            {
                "column_index": column.index,
                "column_letter": column_letter(column.index),
                "header": column.header[:140],
                "target_field": _LABELS.get(suggestion.field, ""),
                "basis": suggestion.basis,
                "samples": " · ".join(dict.fromkeys(column.samples[:_SHOWN_SAMPLES])),
            },
        )


def mapping_of(doc: Any) -> dict[int, str]:
    """Return column index -> field key, as the document says."""
    return {column.column_index: key_of(column.target_field) for column in doc.columns if column.target_field}


def remember_mapping(doc: Any) -> None:
    """Keep what was chosen for each header, for the next file of the organisation."""
    remember_headers(doc, "Microcredit Column Mapping", header_key)
