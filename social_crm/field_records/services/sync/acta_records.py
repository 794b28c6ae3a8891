"""A record that is an acta: made, updated, kept beside another, or known already."""

from collections.abc import Callable, Mapping
from typing import Any

import frappe
from frappe import _
from frappe.model.naming import set_new_name
from frappe.model.workflow import apply_workflow, get_transitions, has_approval_access
from frappe.utils import now_datetime, strip_html

from social_crm.field_records.domain.digests import record_digest
from social_crm.field_records.domain.merge import Standing, verdict
from social_crm.field_records.services.sync import (
    acta_files,
    acta_values,
    conflicts,
    contents,
    prints,
    receipts,
    uploads,
)
from social_crm.field_records.services.sync.clocks import site_time
from social_crm.field_records.services.sync.receipts import Receipt
from social_crm.field_records.services.sync.results import result
from social_crm.workflow_status import status_of_state


def store(
    record: Mapping[str, Any],
    device: str,
    parts: Mapping[str, bytes],
    see_anew: Callable[[], None] | None = None,
) -> dict[str, Any]:
    """Store an acta of a device; the caller's transaction is the record's. Refusals are raised.

    Fingerprints that nobody may keep any more are left out, and said: the acta is not lost with them.

    see_anew: as `receipts.lock` has it.
    """
    receipt = receipts.lock(record["uuid"], "Acta", device, see_anew)
    allowed, refused = prints.sifted(record)
    answer = _store(allowed, record_digest(record), receipt, device, parts)
    return prints.told(answer, allowed, refused)


def _store(
    record: Mapping[str, Any], digest: str, receipt: Receipt, device: str, parts: Mapping[str, bytes]
) -> dict[str, Any]:
    told = digest in receipt.seen and not _came_back(record, receipt, device, digest)
    row = _acta_row(record["uuid"], receipt, told)
    if told:
        return _known(record, receipt, row, digest)
    if receipt.name and receipt.doctype != "Acta":
        frappe.throw(
            _("Another record has this UUID: give each record its own."), title=_("UUID Used Already")
        )
    if row is None:
        if receipt.name:
            frappe.throw(
                _("The acta {0} was deleted on the server.").format(receipt.name), title=_("Acta Deleted")
            )
        return _write(record, receipt, None, device, parts, digest)
    standing = Standing(
        version=str(row.sync_version or 0),
        closed=row.status == "Closed",
        last_device=receipt.device,
        last_version=receipt.version,
        last_revision=receipt.revision,
    )
    said = verdict(standing, device, record.get("base"), record.get("revision") or 0)
    if said == "known":
        return _answer("known", record, receipt, row)
    if said == "update":
        return _write(record, receipt, row, device, parts, digest)
    return _conflict(record, receipt, row, device, parts, digest)


def _came_back(record: Mapping[str, Any], receipt: Receipt, device: str, digest: str) -> bool:
    """Whether the device wrote something else in between and then this again: its last word, no record that travels once more."""
    if digest == list(receipt.seen)[-1] or device != receipt.device:
        return False
    conflict = receipt.seen[digest]
    last = conflicts.revision_of(conflict) if conflict else receipt.revision
    return last is not None and (record.get("revision") or 0) > last


def _acta_row(uuid: str, receipt: Receipt, told: bool) -> Any:
    """The acta of a UUID, locked, if the caller may see it; none of one that is not theirs any more, when they say nothing new.

    What they sent themselves arrived: a device that lost the reply has to hear it, also after an assignment ended.

    Raises:
        frappe.PermissionError: the UUID is somebody else's, or the acta is not theirs any more.
    """
    receipts.refuse_unless_own(receipt.user)
    fields = ["name", "status", "sync_version", "owner", "modified", "modified_by"]
    row = frappe.db.get_value("Acta", {"client_uuid": uuid}, fields, as_dict=True, for_update=True)
    if not row or frappe.has_permission("Acta", "read", doc=row.name):
        return row
    receipts.refuse_unless_own(receipt.user, row.name == receipt.name)
    if not told:
        frappe.throw(
            _("{0} does not exist or is not assigned to you any more.").format(row.name),
            frappe.PermissionError,
            title=_("Not Yours"),
        )
    return None


def _write(
    record: Mapping[str, Any],
    receipt: Receipt,
    row: Any,
    device: str,
    parts: Mapping[str, bytes],
    digest: str,
) -> dict[str, Any]:
    if row:
        doc = frappe.get_doc("Acta", row.name)
    else:
        doc = frappe.new_doc("Acta")
        doc.client_uuid = record["uuid"]
        doc.device_time = site_time(record["device_time"])
        # Its name first: files are attached under it before its answers name them.
        set_new_name(doc)
        doc.flags.name_set = True
    # Which door it came through: a record that comes over the wire cannot say so, its shape is checked.
    origin = record.get("origin") or "Field App"
    doc.flags.arrival = {"origin": origin, "device": device, "received_at": now_datetime()}
    found = acta_files.find(record, receipt.files, parts, doc if row else None)
    if found.missing:
        return _missing(record, found.missing)
    removed = acta_values.write(doc, record, receipt, found)
    receipt.message = _close(doc) if record.get("close") else ""
    stored = _row_now(doc.name)
    receipt.doctype, receipt.name, receipt.device = "Acta", doc.name, device
    receipt.revision, receipt.version = record.get("revision") or 0, str(stored.sync_version or 0)
    paths = uploads.used(found.uploaded)
    _receipt(receipt, record, digest, "")

    def after_commit() -> None:
        contents.forget(removed)
        uploads.remove(paths)

    return {**_answer("stored", record, receipt, stored), "after_commit": after_commit}


def _conflict(
    record: Mapping[str, Any],
    receipt: Receipt,
    row: Any,
    device: str,
    parts: Mapping[str, bytes],
    digest: str,
) -> dict[str, Any]:
    doc = frappe.get_doc("Acta", row.name)
    doc.check_permission("read")
    found = acta_files.find(record, receipt.files, parts, doc)
    if found.missing:
        return _missing(record, found.missing)
    receipt.doctype, receipt.name = "Acta", doc.name
    conflict = conflicts.keep_acta(record, doc, device, found)
    paths = uploads.used(found.uploaded)
    _receipt(receipt, record, digest, conflict)
    answer = _answer("conflict", record, receipt, row, conflict=conflict)
    return {**answer, "after_commit": lambda: uploads.remove(paths)}


def _known(record: Mapping[str, Any], receipt: Receipt, row: Any, digest: str) -> dict[str, Any]:
    """The answer for what was received before; a closing that was refused then is tried again."""
    conflict = receipt.seen[digest]
    if conflict and frappe.db.get_value("Sync Conflict", conflict, "status") == "Open":
        return _answer("conflict", record, receipt, row, conflict=conflict)
    still = row and row.status != "Closed" and str(row.sync_version or 0) == receipt.version
    if record.get("close") and still and digest == list(receipt.seen)[-1]:
        doc = frappe.get_doc("Acta", row.name)
        doc.check_permission("write")
        receipt.message = _close(doc)
        row = _row_now(row.name)
        receipt.version = str(row.sync_version or 0)
        _receipt(receipt, record, digest, conflict)
    return _answer("known", record, receipt, row)


def _close(doc: Any) -> str:
    """Take an acta into the state that means Closed; return why that was refused, or nothing."""
    frappe.db.savepoint("before_closing")
    try:
        step = next((one for one in get_transitions(doc) if _closes(doc, one)), None)
        if not step:
            return _("The workflow does not let you close this acta: it stays a draft.")
        apply_workflow(doc, step.action)
    except (frappe.ValidationError, frappe.PermissionError) as error:
        frappe.db.rollback(save_point="before_closing")
        frappe.clear_messages()
        return strip_html(str(error).replace("<br>", "\n")).strip() or _("The acta could not be closed.")
    return ""


def _closes(doc: Any, step: Any) -> bool:
    leads = status_of_state("Acta", step.next_state) == "Closed"
    return leads and bool(has_approval_access(frappe.session.user, doc, step))


def _row_now(name: str) -> Any:
    fields = ["name", "status", "sync_version", "owner", "modified", "modified_by"]
    return frappe.db.get_value("Acta", name, fields, as_dict=True)


def _receipt(receipt: Receipt, record: Mapping[str, Any], digest: str, conflict: str) -> None:
    values = {"device_time": site_time(record["device_time"]), "close_asked": int(bool(record.get("close")))}
    receipts.write(receipt, digest, conflict, **values)


def _missing(record: Mapping[str, Any], missing: list[str]) -> dict[str, Any]:
    return result(
        record["uuid"], "missing_files", missing=missing, message=_("Files of the acta are missing.")
    )


def _answer(
    state: str, record: Mapping[str, Any], receipt: Receipt, row: Any, conflict: str | None = None
) -> dict[str, Any]:
    kept = {uuid: file["sha256"] for uuid, file in receipt.files.items()}
    if conflict:
        kept.update({entry["uuid"]: entry["sha256"] for entry in record.get("files") or []})
    return result(
        record["uuid"],
        state,
        name=receipt.name,
        version=str(row.sync_version or 0) if row else None,
        status=row.status if row else None,
        message=receipt.message or None,
        conflict=conflict,
        files=[{"uuid": uuid, "sha256": sha256} for uuid, sha256 in kept.items()],
    )
