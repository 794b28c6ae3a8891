"""What an OpenRosa client sends: kept as it came, put together from its posts, and stored as an acta like a device's record."""

import base64
import hashlib
import io
import json
import mimetypes
import re
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import frappe
from frappe import _
from frappe.utils import now_datetime, nowdate, strip_html
from PIL import Image

from social_crm.field_records.domain import device_records, openrosa
from social_crm.field_records.domain.fingerprints import best_quality
from social_crm.field_records.domain.xform_instance import InstanceError, parse
from social_crm.field_records.services import fingerprints, instances
from social_crm.field_records.services.instances import instance_error_text
from social_crm.field_records.services.sync import acta_records, contents, devices, receipts, uploads

DOCTYPE = "OpenRosa Submission"
_SIGNATURE_SIDE = 900
# What an identifier may be: the database would keep markup in other letters, and never find it again.
_INSTANCE_ID = re.compile(r"[\w.:/+@#=~-]{1,140}")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Outcome:
    """What the client is told. status: of HTTP."""

    status: int
    message: str
    nature: str = ""


def receive(xml: str, files: Mapping[str, bytes], device: str, more_to_come: bool) -> Outcome:
    """Keep one post of a submission, and store the acta once all its files are there.

    files: by the names that the form has for them. device: as the client names itself. The transaction is the caller's.
    """
    try:
        root = parse(xml)
    except InstanceError as error:
        return Outcome(400, instance_error_text(error), "submit_error")
    found = openrosa.taken_apart(root)
    # From here on a fingerprint is in the parts alone, and its digest in the form that is kept.
    xml = openrosa.without_captures(root, fingerprints.digest_of_text) or xml
    if not _INSTANCE_ID.fullmatch(found.instance_id):
        return Outcome(400, _("The form carries no instanceID."), "submit_error")
    row = _locked_row(found, xml)
    receipts.refuse_unless_own(row.user)
    digest = hashlib.sha256(xml.encode()).hexdigest()
    if row.status == "Stored" and digest == row.xml_sha256:
        return Outcome(201, _("Received before: nothing was written twice."))
    here = _take(row, found, files)
    if missing := [name for name in _needed(found, row, here) if name not in here]:
        if more_to_come:
            return Outcome(202, _("Received; more files are to come."))
        return Outcome(400, _("Files are missing: {0}").format(", ".join(missing[:10])), "submit_error")
    return _store(row, found, xml, here, device)


def _locked_row(found: openrosa.Submission, xml: str) -> Any:
    """The row of an instanceID, locked; of two posts at one time the second waits for the first."""
    if not frappe.db.exists(DOCTYPE, {"instance_id": found.instance_id}):
        frappe.db.savepoint("openrosa_submission")
        template = f"{found.key}-v{found.version}"
        try:
            # Whoever may write actas may send them; the row has no form.
            frappe.get_doc(
                {
                    "doctype": DOCTYPE,
                    "instance_id": found.instance_id,
                    "deprecated_id": found.deprecated_id[:140],
                    "status": "Incomplete",
                    "user": frappe.session.user,
                    "template": template if frappe.db.exists("Acta Template", template) else None,
                    "received_at": now_datetime(),
                    "xml": xml,
                    "xml_sha256": hashlib.sha256(xml.encode()).hexdigest(),
                    "files": "{}",
                }
            ).insert(ignore_permissions=True)
        except (frappe.UniqueValidationError, frappe.DuplicateEntryError):
            frappe.db.rollback(save_point="openrosa_submission")
            frappe.clear_messages()
    fields = ["name", "user", "status", "acta", "xml_sha256", "files"]
    return frappe.db.get_value(
        DOCTYPE, {"instance_id": found.instance_id}, fields, as_dict=True, for_update=True
    )


def _take(row: Any, found: openrosa.Submission, files: Mapping[str, bytes]) -> dict[str, dict[str, Any]]:
    """Keep the files of a post that the form names, and return all that have arrived: name -> {"sha256", "size"}."""
    here = json.loads(row.files or "{}")
    drawn = {name for signer in found.signers for name in (signer.signature, signer.witness_signature)}
    for name, data in files.items():
        if name in found.texts:
            content = _as_png(data, name) if name in drawn else data
            here[name] = {"sha256": uploads.keep_whole(content, name), "size": len(content)}
    frappe.db.set_value(DOCTYPE, row.name, "files", json.dumps(here))
    return here


def _needed(found: openrosa.Submission, row: Any, here: Mapping[str, Any]) -> list[str]:
    """The files that the form names: those of signatures, and the answers to questions that ask for one."""
    drawn = [
        name for signer in found.signers for name in (signer.signature, signer.witness_signature) if name
    ]
    named = instances.files_of_instance(f"{found.key}-v{found.version}", found.instance)
    return list(dict.fromkeys((*drawn, *named, *here)))


def _as_png(data: bytes, name: str) -> bytes:
    """A drawn signature as the acta keeps it. Clients send it as JPEG."""
    try:
        # Of the kinds that are taken and of a bounded size only, opened wholly: other readers run programs on what they get.
        if contents.examine(data) not in ("jpg", "png", "webp"):
            raise ValueError
        picture = Image.open(io.BytesIO(data))
        picture.thumbnail((_SIGNATURE_SIDE, _SIGNATURE_SIDE))
        out = io.BytesIO()
        picture.convert("L").quantize(16).save(out, "PNG", optimize=True)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        frappe.throw(_("{0} is no picture.").format(frappe.utils.escape_html(name)), title=_("File Refused"))
    return out.getvalue()


def _store(row: Any, found: openrosa.Submission, xml: str, here: Mapping[str, Any], device: str) -> Outcome:
    refused = {number: _refusal(one) for number, one in enumerate(found.signers) if one.capture}
    record = _record(row, found, here, [number for number, why in refused.items() if not why])
    if problems := device_records.problems(record):
        where = ", ".join(f"{one.path} ({one.code})" for one in problems[:5])
        return Outcome(400, _("The form is not understood: {0}").format(where), "submit_error")
    name = devices.own_row(_uuid_of(f"{frappe.session.user} {device or 'openrosa'}"))
    said = acta_records.store({**record, "origin": "OpenRosa"}, name, {})
    if after := said.pop("after_commit", None):
        frappe.flags.openrosa_after_commit = after
    if said["state"] not in ("stored", "known", "conflict"):
        return Outcome(400, said.get("message") or _("The acta was not stored."), "submit_error")
    message = " ".join(filter(None, (*refused.values(), strip_html(said.get("message") or ""))))
    frappe.db.set_value(
        DOCTYPE,
        row.name,
        {
            "status": "Conflict" if said["state"] == "conflict" else "Stored",
            "acta": said["name"],
            "message": message,
            "xml": xml,
            "xml_sha256": hashlib.sha256(xml.encode()).hexdigest(),
        },
    )
    text = (
        _("Kept beside {0}: somebody has to decide which of the two is right.").format(said["name"])
        if said["state"] == "conflict"
        else _("Stored as {0}.").format(said["name"])
    )
    if message:
        # It is on the server, as a draft: what is missing is written there.
        text = f"{text} {message}"
    return Outcome(201, text)


def _refusal(one: openrosa.Signer) -> str:
    """Why a fingerprint is not taken, or nothing. The acta is not lost with it: clients do not let a sent form be mended."""
    why = fingerprints.problem(one.person or None, _capture(one))
    return why and _("Without the fingerprint of {0}: {1}").format(one.name, why)


def _capture(one: openrosa.Signer) -> dict[str, Any]:
    """A capture as a device would send it. Its quality is the one that the record says of itself: nobody types it."""
    record = openrosa.minutiae(one.capture) or one.capture.encode()
    return {
        "source": fingerprints.READER_APP,
        "finger": one.finger,
        "quality": best_quality(record),
        "template": base64.b64encode(record).decode(),
    }


def _record(
    row: Any, found: openrosa.Submission, here: Mapping[str, Any], prints: Collection[int]
) -> dict[str, Any]:
    """The record that a device would send. prints: the numbers of the signers whose fingerprint is taken."""
    own = _uuid_of(found.instance_id)
    body: dict[str, Any] = {
        "template": f"{found.key}-v{found.version}",
        "instance": found.instance,
        "visit_date": found.day or nowdate(),
        "start_time": _clock(found.started),
        "family": found.family or None,
        "beneficiary": found.person or None,
        "productive_unit": found.unit or None,
        "community": found.community or None,
        "place": found.place[:140] or None,
        "participants": [
            _participant(own, number, one, here, number in prints) for number, one in enumerate(found.signers)
        ],
    }
    body.update(zip(("latitude", "longitude", "accuracy"), found.position, strict=False))
    record = {
        "kind": "acta",
        "uuid": own,
        "device_time": found.ended or found.started or now_datetime().isoformat(),
        "close": True,
        "body": body,
        "files": [
            {
                "uuid": _uuid_of(f"{own} {name}"),
                "name": name,
                "type": mimetypes.guess_type(name)[0] or "",
                **file,
            }
            for name, file in here.items()
        ],
    }
    return _edited(record, found) if found.deprecated_id else record


def _edited(record: dict[str, Any], found: openrosa.Submission) -> dict[str, Any]:
    """An edit changes the acta while it is a draft; of a closed one it is an amendment."""
    earlier = frappe.db.get_value(
        DOCTYPE, {"instance_id": found.deprecated_id, "user": frappe.session.user}, "acta"
    )
    if not earlier:
        frappe.throw(
            _("The form replaces one that you have not sent: {0}.").format(
                frappe.utils.escape_html(found.deprecated_id[:140])
            ),
            title=_("Form not Found"),
        )
    acta = frappe.db.get_value("Acta", earlier, ["status", "client_uuid", "sync_version"], as_dict=True)
    if acta.status == "Closed":
        record["body"].update(
            amends=earlier, amendment_reason=_("Corrected in the form by whoever filled it in.")
        )
        return record
    return {**record, "uuid": acta.client_uuid, "base": str(acta.sync_version or 0)}


def _participant(
    own: str, number: int, one: openrosa.Signer, here: Mapping[str, Any], with_print: bool
) -> dict[str, Any]:
    values: dict[str, Any] = {
        "uuid": _uuid_of(f"{own} signer {number}"),
        "participant_name": one.name,
        "participant_role": one.role,
        "document_number": one.document or None,
        "beneficiary": one.person or None,
    }
    if one.cannot_sign:
        drawn = here.get(one.witness_signature, {}).get("sha256")
        return {
            **values,
            "cannot_sign": True,
            "cannot_sign_reason": one.reason or None,
            "witness_name": one.witness or None,
            "witness_document": one.witness_document or None,
            "witness_signature": drawn,
        }
    if with_print:
        return {**values, "fingerprint": _capture(one)}
    return {**values, "signature": here.get(one.signature, {}).get("sha256")}


def _uuid_of(text: str) -> str:
    """The UUID in an identifier such as "uuid:…"; of any other text, always the same one."""
    found = _UUID.search(text.lower())
    return (
        found.group(0)
        if found and text.lower() in (found.group(0), f"uuid:{found.group(0)}")
        else str(uuid.uuid5(uuid.NAMESPACE_URL, f"openrosa:{text}"))
    )


def _clock(moment: str) -> str | None:
    found = re.search(r"T(\d\d:\d\d)", moment)
    return f"{found.group(1)}:00" if found else None
