"""A record by which somebody authorised the use of their data in the field, or said no: with the text they were read."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, now_datetime

from social_crm.field_records.domain.digests import record_digest
from social_crm.field_records.services.sync import acta_files, contents, receipts, uploads
from social_crm.field_records.services.sync.change_records import require_visible
from social_crm.field_records.services.sync.clocks import site_time
from social_crm.field_records.services.sync.contents import Content
from social_crm.field_records.services.sync.receipts import Receipt
from social_crm.field_records.services.sync.results import result

DOCTYPE = "Data Authorisation"
_CHANNEL = "Signed in the Field App"
_PLAIN = (
    "beneficiary",
    "authorisation_text",
    "decision",
    "given_by",
    "representative",
    "representative_name",
    "representative_document",
    "representation_basis",
)


def store(
    record: Mapping[str, Any],
    device: str,
    parts: Mapping[str, bytes],
    see_anew: Callable[[], None] | None = None,
) -> dict[str, Any]:
    """Record what somebody decided; the caller's transaction is the record's. Refusals are raised.

    see_anew: as `receipts.lock` has it.
    """
    receipt = receipts.lock(record["uuid"], "Authorisation", device, see_anew)
    receipts.refuse_unless_own(receipt.user)
    digest = record_digest(record)
    if receipts.is_known(receipt, digest):
        return _answer(record, "known", receipt)
    body = record["body"]
    for person in (body["beneficiary"], body.get("representative")):
        if person:
            require_visible("Beneficiary", person)
    found, missing = _files(record, parts)
    if missing:
        text = _("The signature of the authorisation is missing.")
        return result(record["uuid"], "missing_files", missing=missing, message=text)
    doc = _insert(body, device, found)
    receipt.doctype, receipt.name, receipt.device = DOCTYPE, doc.name, device
    receipt.files = {
        entry["uuid"]: {"sha256": entry["sha256"], "file": entry["row"]} for entry, _content in found
    }
    paths = uploads.used({content.sha256 for _entry, content in found if content.path})
    receipts.write(receipt, digest, "", device_time=site_time(record["device_time"]))
    return {**_answer(record, "stored", receipt), "after_commit": lambda: uploads.remove(paths)}


def _insert(body: Mapping[str, Any], device: str, found: list[tuple[dict[str, Any], Content]]) -> Any:
    strokes = body.get("strokes") or body.get("witness_strokes")
    doc = frappe.new_doc(DOCTYPE)
    doc.update({field: body.get(field) for field in _PLAIN})
    doc.update(
        {
            # A text is of one purpose: what was read is what was decided.
            "purpose": frappe.db.get_value("Authorisation Text", body["authorisation_text"], "purpose"),
            "given_on": _moment(body["given_on"], device),
            "channel": _CHANNEL,
            "evidence_note": _note(body),
            "signature_strokes": json.dumps(strokes, separators=(",", ":")) if strokes else None,
        }
    )
    if not doc.purpose:
        frappe.throw(
            _("The text {0} does not exist.").format(body["authorisation_text"]),
            title=_("Authorisation Text"),
        )
    doc.insert()
    rows = contents.attach(DOCTYPE, doc.name, found)
    for entry, content in found:
        entry["row"] = rows[entry["uuid"]]
        contents.keep(content)
        # Only now is there a record by whose rights the file is read.
        doc.db_set("evidence", contents.address(content), update_modified=False)
    return doc


def _files(
    record: Mapping[str, Any], parts: Mapping[str, bytes]
) -> tuple[list[tuple[dict[str, Any], Content]], list[str]]:
    """The one signature of a record, and what has not arrived of it."""
    body, entries = record["body"], record.get("files") or []
    signature, by_witness = body.get("signature"), body.get("witness_signature")
    if by_witness and not (body.get("witness_name") and (body.get("cannot_sign_reason") or "").strip()):
        frappe.throw(
            _("Name the witness who signs, and say why the person cannot."), title=_("Data Authorisation")
        )
    if signature and by_witness:
        frappe.throw(_("Either the person signs, or a witness."), title=_("Data Authorisation"))
    wanted = signature or by_witness
    if not wanted and body["decision"] == "Granted":
        frappe.throw(
            _("An authorisation needs a signature: of who gives it, or of a witness."),
            title=_("Data Authorisation"),
        )
    if [entry["sha256"] for entry in entries] != ([wanted] if wanted else []):
        frappe.throw(
            _("An authorisation has one file: the signature that it names."), title=_("File Refused")
        )
    opened = dict(uploads.find({entry["sha256"] for entry in entries}))
    found, missing = [], []
    for entry in entries:
        content = acta_files.open_entry(entry, parts, opened)
        if content is None:
            missing.append(entry["sha256"])
            continue
        acta_files.require_signature(content)
        found.append(({**entry, "field": "evidence"}, content))
    return found, missing


def _note(body: Mapping[str, Any]) -> str:
    if body.get("witness_signature"):
        return _("Signed by the witness {0} ({1}). Why the person could not sign: {2}").format(
            body["witness_name"], body.get("witness_document") or "—", body["cannot_sign_reason"].strip()
        )
    if body.get("signature"):
        return _("Signed on the screen of the device.")
    return _("Said in the field app, without a signature.")


def _moment(given: str, device: str) -> datetime:
    """When it was decided: never later than now, and less by as much as the device's clock is known to be ahead."""
    now = now_datetime().replace(microsecond=0)
    told = site_time(given) or now
    ahead = max(0, cint(frappe.db.get_value("Field Device", device, "clock_skew")))
    if ahead:
        told -= timedelta(seconds=ahead)
    return min(told, now)


def _answer(record: Mapping[str, Any], state: str, receipt: Receipt) -> dict[str, Any]:
    files = [{"uuid": uuid, "sha256": file["sha256"]} for uuid, file in receipt.files.items()]
    return result(record["uuid"], state, name=receipt.name, files=files)
