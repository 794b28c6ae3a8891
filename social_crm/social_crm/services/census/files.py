"""The uploaded file of an import: its bytes, its sheets, its header and the suggested mapping."""

import hashlib
import json
from pathlib import Path

import frappe

from social_crm.file_runs import remember_headers
from social_crm.permissions import allowed_communities
from social_crm.social_crm.domain import census_headers
from social_crm.social_crm.domain.census_fields import key_of, label_of
from social_crm.social_crm.domain.census_problem import column_letter
from social_crm.social_crm.domain.census_sheet import Header, Sheet, find_header
from social_crm.social_crm.domain.census_text import fold
from social_crm.social_crm.services.census.file_error import CensusFileError, refuse
from social_crm.social_crm.services.census.reading import CensusFile, open_file, read_sheet

_BASIS = {
    census_headers.REMEMBERED: "Remembered",
    census_headers.EXACT: "Exact",
    census_headers.SIMILAR: "Similar",
    census_headers.VALUES: "Values",
    census_headers.UNKNOWN: "Unknown",
}
_SHOWN_SAMPLES = 3


def file_bytes(doc: "frappe.model.document.Document") -> bytes:
    """The bytes of the attached file, when the user may read it. Raises CensusFileError file_gone."""
    return content_of(doc.census_file)


def content_of(file_url: str | None) -> bytes:
    """The bytes of an uploaded file, when the user may read it. Raises CensusFileError file_gone."""
    # Several rows may name one stored file; the right to read any of them is the right to read the content.
    names = frappe.get_all("File", filters={"file_url": file_url}, pluck="name", limit=50)
    for name in names:
        file = frappe.get_doc("File", name)
        if file.has_permission("read"):
            path = Path(file.get_full_path())
            if path.is_file():
                return path.read_bytes()
    raise refuse("file_gone")


def digest(data: bytes) -> str:
    """SHA-256 of the file; tells that it changed between the check and the load."""
    return hashlib.sha256(data).hexdigest()


def remembered() -> dict[str, str]:
    """Header key -> field key, as the organisation chose before."""
    # The choices are the organisation's and hold no personal data; whoever imports uses them.
    rows = frappe.get_all("Census Column Mapping", fields=["header_key", "target_field"])
    return {row.header_key: key_of(row.target_field) for row in rows if key_of(row.target_field)}


def communities_for(user: str) -> dict[str, str]:
    """Folded name -> name of the communities into which the user may load."""
    allowed = allowed_communities(user)
    # Names of places are no personal data; the list is cut down to the user's own below.
    names = frappe.get_all("Community", pluck="name")
    return {fold(name): name for name in names if allowed is None or name in allowed}


def open_sheet(doc: "frappe.model.document.Document", data: bytes) -> tuple[CensusFile, Sheet, Header]:
    """The chosen sheet of the file and its header. Raises CensusFileError."""
    file = open_file(data)
    sheet = read_sheet(file, doc.sheet_name if doc.sheet_name in file.sheets else file.sheets[0])
    header = find_header(sheet, remembered(), doc.header_row or 0)
    for problem in header.problems:
        if problem.is_error:
            raise CensusFileError(problem)
    return file, sheet, header


def inspect(doc: "frappe.model.document.Document", keep_choices: bool = False) -> None:
    """Read sheets, header and columns of the file and fill them, with the suggested fields, into the document.

    keep_choices: leave fields that the user chose for the same headers.
    What is wrong with the sheet or its header goes into `file_problem`. Raises CensusFileError when the file is unsound.
    """
    data = file_bytes(doc)
    file = open_file(data)
    doc.sheet_names, doc.file_hash = json.dumps(file.sheets, ensure_ascii=False), digest(data)
    doc.file_problem, doc.notices = None, "[]"
    try:
        _, sheet, header = open_sheet(doc, data)
    except CensusFileError as refused:
        # The file is sound; another sheet or header row may be.
        doc.sheet_name = doc.sheet_name if doc.sheet_name in file.sheets else file.sheets[0]
        doc.columns = []
        doc.file_problem = json.dumps(refused.problem.as_dict(), ensure_ascii=False)
        return
    chosen = {column.header: column.target_field for column in doc.columns} if keep_choices else {}
    suggestions = census_headers.suggest(
        header.columns, remembered(), frozenset(communities_for(frappe.session.user))
    )
    doc.sheet_name, doc.header_row = sheet.name, header.row
    doc.notices = json.dumps([problem.as_dict() for problem in header.problems], ensure_ascii=False)
    doc.columns = []
    for column, suggestion in zip(header.columns, suggestions, strict=True):
        suggested = label_of(suggestion.field)
        keep = column.header in chosen and chosen[column.header] != suggested
        doc.append(
            "columns",
            {
                "column_index": column.index,
                "column_letter": column_letter(column.index),
                "header": column.header[:140],
                "target_field": chosen[column.header] if keep else suggested,
                "basis": "Chosen" if keep else _BASIS[suggestion.basis],
                "samples": " · ".join(dict.fromkeys(column.samples[:_SHOWN_SAMPLES])),
            },
        )


def mapping_of(doc: "frappe.model.document.Document") -> dict[int, str]:
    """Column index -> field key, as the document says."""
    return {column.column_index: key_of(column.target_field) for column in doc.columns if column.target_field}


def remember_mapping(doc: "frappe.model.document.Document") -> None:
    """Keep what was chosen for each header, for the next file of the organisation."""
    remember_headers(doc, "Census Column Mapping", census_headers.header_key)
