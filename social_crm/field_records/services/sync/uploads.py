"""Large files, sent in pieces before the record that names them; a broken connection loses one piece."""

import hashlib
import os
import pathlib
from typing import Any

import frappe
from frappe import _
from frappe.query_builder import DocType
from frappe.query_builder.functions import Sum
from frappe.utils import add_days, cint, now_datetime

from social_crm.field_records.domain.device_records import is_sha256
from social_crm.field_records.services.sync import contents, devices, problems, requests
from social_crm.field_records.services.sync.limits import limit
from social_crm.field_records.services.sync.patience import tried_again

MOST_ASKED = 200
# What no record asked for in so many days is taken away; the device still has it.
DAYS_KEPT = 30
# In the private part of the site's folder.
FOLDER = "field_uploads"


@frappe.whitelist(methods=["POST"])
@tried_again
def status(device: str | None = None, files: list | str | None = None) -> dict:
    """Return of each file how many bytes have arrived, or "complete"."""
    devices.own_row(device)
    asked = requests.parsed(files)
    if not isinstance(asked, list) or len(asked) > MOST_ASKED or not all(is_sha256(one) for one in asked):
        problems.fail(
            _("Name the files by their SHA-256, at most {0} at once.").format(MOST_ASKED),
            "files",
            _("Files not Understood"),
        )
    # The caller's own uploads.
    rows = frappe.get_all(
        "Field Upload",
        filters={"user": frappe.session.user, "sha256": ["in", asked or [""]]},
        fields=["sha256", "received", "status"],
    )
    known = {row.sha256: "complete" if row.status == "Complete" else row.received for row in rows}
    return {one: known.get(one, 0) for one in asked}


@frappe.whitelist(methods=["POST"])
@tried_again
def chunk(
    device: str | None = None, sha256: str | None = None, size: int | None = None, offset: int | None = None
) -> dict:
    """Take the next piece of a file; say how many bytes are there, or why the file is refused."""
    requests.check_body(limit("chunk_bytes"))
    devices.own_row(device)
    whole, place = cint(size), cint(offset)
    if not is_sha256(sha256) or not 0 < whole <= limit("file_bytes") or not 0 <= place < whole:
        problems.fail(
            _(
                "Say which file the piece belongs to, its size (at most {0} MB) and the place of the piece."
            ).format(limit("file_bytes") // 1048576),
            "chunk",
            _("Piece not Understood"),
        )
    piece = requests.chunk()
    row = _row(str(sha256), whole)
    if not row:
        return _answer(0, refused=_("Too much waits on the server for its records: send those first."))
    if row.status == "Complete":
        return _answer(whole, complete=True)
    if row.size != whole:
        # Announced with another size before: the whole begins anew.
        frappe.db.set_value("Field Upload", row.name, {"size": whole, "received": 0})
        row.received = 0
    if place != row.received or not piece or place + len(piece) > whole:
        return _answer(row.received)
    received = place + len(piece)
    path = _path(row.name)
    _write(path, place, piece)
    if received < whole:
        frappe.db.set_value("Field Upload", row.name, "received", received)
        return _answer(received)
    return _finish(row.name, str(sha256), whole, path)


def keep_whole(data: bytes, name: str) -> str:
    """Keep a file that arrived in one piece until its record asks for it; return its SHA-256. name: for the refusal.

    Raises:
        frappe.ValidationError: it is no picture and no sound, or too much waits.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    extension = contents.examine(data)
    if not extension:
        frappe.throw(
            _("{0}: {1}").format(frappe.utils.escape_html(name), contents.refusal()), title=_("File Refused")
        )
    row = _row(sha256, len(data))
    if not row:
        frappe.throw(
            _("Too much waits on the server for its records: send those first."), title=_("File Refused")
        )
    if row.status != "Complete":
        _write(_path(row.name), 0, data)
        values = {"received": len(data), "size": len(data), "status": "Complete", "extension": extension}
        frappe.db.set_value("Field Upload", row.name, values)
    return sha256


def find(sha256s: set[str]) -> dict[str, contents.Content]:
    """Return those of these files that the caller sent whole."""
    # The caller's own uploads.
    rows = frappe.get_all(
        "Field Upload",
        filters={
            "user": frappe.session.user,
            "sha256": ["in", sorted(sha256s) or [""]],
            "status": "Complete",
        },
        fields=["name", "sha256", "extension"],
    )
    return {
        row.sha256: contents.Content(row.sha256, row.extension, path=str(_path(row.name)))
        for row in rows
        if _path(row.name).is_file()
    }


def used(sha256s: set[str]) -> list[str]:
    """Take away the rows of the caller's uploads that a record has taken over; return the paths of what they held."""
    if not sha256s:
        return []
    # The caller's own uploads.
    rows = frappe.get_all(
        "Field Upload",
        filters={
            "user": frappe.session.user,
            "sha256": ["in", sorted(sha256s) or [""]],
            "status": "Complete",
        },
        pluck="name",
    )
    if rows:
        frappe.db.delete("Field Upload", {"name": ["in", rows]})
    return [str(_path(row)) for row in rows]


def remove(paths: list[str]) -> None:
    """Remove what uploads held, after the commit."""
    for path in paths:
        pathlib.Path(path).unlink(missing_ok=True)


def sweep() -> None:
    """For the scheduler: remove what no record asked for, and what a refused record or a server that died left without a row."""
    old = add_days(now_datetime(), -DAYS_KEPT)
    # Everybody's: the scheduler acts for the system.
    rows = frappe.get_all("Field Upload", filters={"modified": ["<", old]}, pluck="name")
    if rows:
        frappe.db.delete("Field Upload", {"name": ["in", rows]})
    remove([str(_path(row)) for row in rows])
    yesterday = add_days(now_datetime(), -1).timestamp()
    for path in pathlib.Path(frappe.get_site_path("private", "files")).glob(f"*{contents.PREFIX}*"):
        loose = not frappe.db.exists("File", {"file_url": f"/private/files/{path.name}"})
        if loose and path.stat().st_mtime < yesterday:
            path.unlink(missing_ok=True)
    for path in _path("").glob("*"):
        if not frappe.db.exists("Field Upload", path.name) and path.stat().st_mtime < yesterday:
            path.unlink(missing_ok=True)


def _row(sha256: str, size: int) -> Any:
    """The row of the caller's upload, locked; None when its user has too much waiting."""
    own = {"user": frappe.session.user, "sha256": sha256}
    fields = ["name", "size", "received", "status"]
    row = frappe.db.get_value("Field Upload", own, fields, as_dict=True, for_update=True)
    if row:
        return row
    table = DocType("Field Upload")
    waiting = frappe.qb.from_(table).select(Sum(table.size)).where(table.user == own["user"]).run()[0][0]
    if cint(waiting) + size > limit("quota_bytes"):
        return None
    values = {"doctype": "Field Upload", "size": size, "received": 0, "status": "Receiving", **own}
    try:
        # Uploads have no form: whoever may sync may send files.
        frappe.get_doc(values).insert(ignore_permissions=True)
    except frappe.UniqueValidationError:
        frappe.clear_messages()
    return frappe.db.get_value("Field Upload", own, fields, as_dict=True, for_update=True)


def _finish(name: str, sha256: str, size: int, path: pathlib.Path) -> dict:
    data = path.read_bytes()
    right = len(data) == size and hashlib.sha256(data).hexdigest() == sha256
    extension = contents.examine(data) if right else ""
    if not extension:
        frappe.db.delete("Field Upload", {"name": name})
        path.unlink(missing_ok=True)
        wrong = _("The file did not arrive as it was announced: its SHA-256 is another. Send it again.")
        return _answer(0, refused=contents.refusal() if right else wrong)
    values = {"received": size, "status": "Complete", "extension": extension}
    frappe.db.set_value("Field Upload", name, values)
    return _answer(size, complete=True)


def _write(path: pathlib.Path, place: int, piece: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("r+b" if path.exists() else "wb") as file:
        # A piece that was written before a crash, and never counted, is written over.
        file.seek(place)
        file.truncate()
        file.write(piece)
        file.flush()
        os.fsync(file.fileno())


def _path(name: str) -> pathlib.Path:
    return pathlib.Path(frappe.get_site_path("private", FOLDER, name))


def _answer(received: int, complete: bool = False, refused: str | None = None) -> dict:
    return {"received": received, "complete": complete, "refused": refused}
