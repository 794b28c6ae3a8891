"""From the bytes of an uploaded file to the cells of a sheet; nothing here knows of Frappe."""

import io
from dataclasses import dataclass

from python_calamine import CalamineError, CalamineWorkbook

from social_crm.social_crm.domain.census_sheet import Merge, Sheet
from social_crm.social_crm.services.census.file_error import refuse
from social_crm.social_crm.services.census.text_file import read_csv
from social_crm.social_crm.services.census.workbook_guard import CSV, Limits, SheetFacts, inspect, kind_of

CSV_SHEET = "CSV"


@dataclass(frozen=True)
class CensusFile:
    """A file that passed the guard. sheets: names of the sheets that hold something, in order."""

    data: bytes
    kind: str
    sheets: tuple[str, ...]
    facts: dict[str, SheetFacts]
    limits: Limits


def open_file(data: bytes, limits: Limits | None = None) -> CensusFile:
    """Pass a file through the guard. Raises CensusFileError with what is wrong."""
    limits = limits or Limits()
    kind = kind_of(data, limits)
    if kind == CSV:
        return CensusFile(data, kind, (CSV_SHEET,), {}, limits)
    facts = {sheet.name: sheet for sheet in inspect(data, kind, limits)}
    filled = tuple(name for name, sheet in facts.items() if sheet.rows)
    if not filled:
        raise refuse("file_without_rows")
    return CensusFile(data, kind, filled, facts, limits)


def read_sheet(file: CensusFile, name: str = "") -> Sheet:
    """Read one sheet, the first one without a name. Raises CensusFileError."""
    if file.kind == CSV:
        return Sheet(CSV_SHEET, read_csv(file.data, file.limits))
    name = name or file.sheets[0]
    if name not in file.facts:
        raise refuse("sheet_missing", sheet=name)
    try:
        rows = (
            CalamineWorkbook.from_filelike(io.BytesIO(file.data))
            .get_sheet_by_name(name)
            .to_python(skip_empty_area=False)
        )
    except (CalamineError, ValueError, OSError) as broken:
        raise refuse("file_broken") from broken
    facts = file.facts[name]
    return Sheet(
        name, rows[: facts.rows], tuple(Merge(*merge) for merge in facts.merges), dict(facts.bad_cells)
    )
