"""Reads a .csv as it comes out of a spreadsheet in Colombia: UTF-8, UTF-16 or Windows-1252; semicolon, comma or tab."""

import codecs
import csv
import io

from social_crm.social_crm.services.census.file_error import refuse
from social_crm.social_crm.services.census.workbook_guard import Limits

_DELIMITERS = ";,\t|"
_SNIFFED_LINES = 60


def decode(data: bytes) -> str:
    """The text of the file.

    Raises CensusFileError not_a_spreadsheet when it holds bytes that no text has.
    """
    if data.startswith(codecs.BOM_UTF8):
        return data.decode("utf-8-sig", errors="replace")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    if b"\x00" in data or sum(byte < 9 or 13 < byte < 32 for byte in data[:4096]) > 8:
        raise refuse("not_a_spreadsheet", kind="binary")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def delimiter_of(text: str) -> str:
    """The delimiter that cuts the first lines into the most columns of equal number."""
    best, best_score = ";", 0.0
    for delimiter in _DELIMITERS:
        widths = []
        try:
            for line in csv.reader(io.StringIO(text[:200_000]), delimiter=delimiter):
                if any(line):
                    widths.append(len(line))
                if len(widths) >= _SNIFFED_LINES:
                    break
        except csv.Error:
            continue
        if not widths:
            continue
        usual = max(set(widths), key=lambda width: (widths.count(width), width))
        score = usual * widths.count(usual) / len(widths) if usual > 1 else 0.0
        if score > best_score:
            best, best_score = delimiter, score
    return best


def read_csv(data: bytes, limits: Limits) -> list[list[str]]:
    """All lines, the first being row 1; empty lines are kept so that row numbers stay true.

    Raises CensusFileError: not_a_spreadsheet, csv_broken (with the line), too_many_rows, too_many_columns.
    """
    text = decode(data).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise refuse("file_empty")
    first, _, rest = text.partition("\n")
    declared = first.strip().lower()
    if declared.startswith("sep=") and len(declared) == 5:
        delimiter, text = first.strip()[4], f"\n{rest}"
    else:
        delimiter = delimiter_of(text)
    csv.field_size_limit(100_000)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    try:
        for line in reader:
            # A quoted line break makes one row of two lines; the rows of a spreadsheet are counted, not the lines.
            rows.append(line)
            if len(rows) > limits.rows:
                raise refuse("too_many_rows", row=len(rows), limit=limits.rows)
            if len(line) > limits.columns:
                raise refuse("too_many_columns", limit=limits.columns)
    except csv.Error as broken:
        raise refuse("csv_broken", line=reader.line_num) from broken
    if max((len(line) for line in rows), default=0) < 2:
        raise refuse("csv_one_column")
    return rows
