"""Loads DANE's DIVIPOLA file into Territorial Division: idempotent, in the background, all or nothing."""

from pathlib import Path

import frappe
from frappe import _
from frappe.utils import format_datetime, now, now_datetime

from social_crm.social_crm.domain import divipola
from social_crm.social_crm.services.census.file_error import CensusFileError
from social_crm.social_crm.services.census.messages import sentence
from social_crm.social_crm.services.census.reading import open_file, read_sheet

DOCTYPE = "Territorial Division"
_FIELDS = ("division_name", "level", "parent_division", "department_name", "kind", "latitude", "longitude")
_CHUNK = 1000
# Problems beyond these are counted, not listed.
_LISTED = 20


@frappe.whitelist(methods=["POST"])
def start_import(file_url: str) -> dict:
    """Check an uploaded DIVIPOLA file and load it in the background; returns how many divisions it holds.

    Throws ValidationError in words when the file is no spreadsheet or no DIVIPOLA.
    """
    frappe.has_permission(DOCTYPE, "create", throw=True)
    content = _content(file_url)
    found = parse(content)
    frappe.enqueue(
        "social_crm.social_crm.services.divipola.run_import",
        queue="long",
        timeout=1500,
        file_url=file_url,
        user=frappe.session.user,
        enqueue_after_commit=True,
    )
    return {
        "divisions": len(found.divisions),
        "problems": [_sentence(p) for p in found.problems[:_LISTED]],
    }


def run_import(file_url: str, user: str) -> None:
    """Load a file as the background job of a user: reports progress, and the result or the error, to that user."""
    frappe.set_user(user)
    try:
        result = load(parse(_content(file_url)), progress=True)
        text = _("{0} created, {1} changed, {2} unchanged, {3} rows left out.").format(
            result["created"], result["changed"], result["unchanged"], result["left_out"]
        )
        done = True
    except Exception as error:
        frappe.db.rollback()
        frappe.log_error(title="DIVIPOLA")
        text, done = _("Nothing was loaded: {0}").format(str(error)), False
    status = f"{format_datetime(now_datetime())}: {text}"
    frappe.db.set_single_value("Social CRM Settings", "territory_status", status)
    frappe.publish_realtime("social_crm_divipola", {"text": text, "done": done}, user=user, after_commit=True)


def parse(content: bytes) -> divipola.Divipola:
    """Return what a file holds; throws ValidationError in words when it is no DIVIPOLA."""
    try:
        file = open_file(content)
    except CensusFileError as refused:
        frappe.throw(sentence(refused.problem), title=_("DIVIPOLA"))
    no_header = False
    for name in file.sheets:
        try:
            return divipola.parse(read_sheet(file, name).rows)
        except CensusFileError as refused:
            frappe.throw(sentence(refused.problem), title=_("DIVIPOLA"))
        except divipola.DivipolaError as error:
            no_header = no_header or error.code == "no_header"
    if no_header:
        frappe.throw(
            _(
                "No sheet has the headers of DIVIPOLA: code and name of the department and of the municipality."
            ),
            title=_("DIVIPOLA"),
        )
    return frappe.throw(_("The file has headers but no rows that can be used."), title=_("DIVIPOLA"))


def load(found: divipola.Divipola, progress: bool = False) -> dict[str, int]:
    """Write divisions that are new or changed and return the numbers: created, changed, unchanged, left_out.

    Writes in bulk, past the controller: the pure code has checked what the controller checks.
    """
    table = frappe.qb.DocType(DOCTYPE)
    stored = {
        row[0]: row[1:]
        for row in frappe.qb.from_(table).select(table.name, *[table[f] for f in _FIELDS]).run()
    }
    new, changed, unchanged = [], [], 0
    for division in found.divisions:
        values = _values(division)
        known = stored.get(division.code)
        if known is None:
            new.append((division.code, values))
        elif _differs(known, values):
            changed.append((division.code, values))
        else:
            unchanged += 1
    total, written = max(1, len(new) + len(changed)), 0
    for start in range(0, len(new), _CHUNK):
        written += _insert(new[start : start + _CHUNK])
        _report(progress, written, total)
    for code, values in changed:
        frappe.db.set_value(DOCTYPE, code, dict(zip(_FIELDS, values, strict=True)))
        written += 1
        if written % _CHUNK == 0:
            _report(progress, written, total)
    _report(progress, total, total)
    return {
        "created": len(new),
        "changed": len(changed),
        "unchanged": unchanged,
        "left_out": len(found.problems),
    }


def load_shipped() -> dict[str, int]:
    """Load the divisions that come with the app: all departments, and the municipalities of La Guajira and Cesar."""
    path = Path(frappe.get_app_path("social_crm", "demo", "divipola.csv"))
    return load(parse(path.read_bytes()))


def _content(file_url: str) -> bytes:
    file = frappe.get_doc("File", {"file_url": file_url})
    file.check_permission("read")
    content = file.get_content()
    return content.encode() if isinstance(content, str) else content


def _values(division: divipola.Division) -> tuple:
    return (
        division.name,
        division.level,
        division.parent,
        division.department,
        division.kind,
        division.latitude or 0,
        division.longitude or 0,
    )


def _differs(known: tuple, values: tuple) -> bool:
    """Say whether a file brings something new; what it does not say of kind and point stays as it is."""
    must, may = slice(0, 4), slice(4, 7)
    if tuple(known[must]) != values[must]:
        return True
    return any(new and new != old for old, new in zip(known[may], values[may], strict=True))


def _insert(chunk: list[tuple[str, tuple]]) -> int:
    moment, user = now(), frappe.session.user
    fields = ["name", "code", "creation", "modified", "owner", "modified_by", "docstatus", "idx", *_FIELDS]
    rows = [(code, code, moment, moment, user, user, 0, 0, *values) for code, values in chunk]
    frappe.db.bulk_insert(DOCTYPE, fields, rows)
    return len(rows)


def _report(progress: bool, written: int, total: int) -> None:
    if progress:
        frappe.publish_progress(written * 100 / total, title=_("Loading DIVIPOLA"))


def _sentence(problem: divipola.Problem) -> str:
    sentences = {
        "code": _("Row {0}: the code {1} does not fit its department or municipality.").format(
            problem.row, problem.value
        ),
        "name": _("Row {0}: {1} has no name.").format(problem.row, problem.value),
        "conflict": _("Row {0}: {1} stands in the file with two names.").format(problem.row, problem.value),
    }
    return sentences[problem.why]
