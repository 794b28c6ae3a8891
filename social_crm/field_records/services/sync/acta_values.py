"""What a record of a device says, written into an acta, its participants, its commitments and its files."""

import json
from collections.abc import Mapping
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint

from social_crm.access.doors import refuse_unknown
from social_crm.field_records.domain.acta_fields import HEADER
from social_crm.field_records.services import actions, fingerprints, instances
from social_crm.field_records.services.sync import contents
from social_crm.field_records.services.sync.acta_files import Files
from social_crm.field_records.services.sync.clocks import site_time
from social_crm.field_records.services.sync.receipts import Receipt

_PLAIN = ("template", *HEADER, "amends", "amendment_reason")
_ABOUT = {
    "family": "Family",
    "beneficiary": "Beneficiary",
    "productive_unit": "Productive Unit",
    "community": "Community",
    "amends": "Acta",
}
_OF_PARTICIPANT = (
    "participant_name",
    "participant_role",
    "document_number",
    "beneficiary",
    "cannot_sign_reason",
    "witness_name",
    "witness_document",
)


def write(doc: Any, record: Mapping[str, Any], receipt: Receipt, found: Files) -> list[tuple[str, str]]:
    """Save an acta with what a record says, and note in the receipt what became of files and commitments.

    doc: new with its name, or as it is stored. Returns what `contents.forget` may remove after the commit.
    """
    is_new = doc.is_new()
    _require_known(record["body"], doc)
    rows = contents.attach("Acta", doc.name, found.fresh)
    earlier = receipt.files
    receipt.files = {
        entry["uuid"]: {
            "sha256": entry["sha256"],
            "file": rows.get(entry["uuid"]) or found.kept.get(entry["uuid"], ""),
        }
        for entry in record.get("files") or []
    }
    doc.update(of_body(record["body"], found, None if is_new else doc.name))
    if is_new:
        doc.insert()
    if not is_new or _take_prints(doc, record["body"]):
        doc.save()
    for content in {content.sha256: content for _entry, content in found.fresh}.values():
        contents.keep(content)
    _set_commitments(doc, record["body"].get("commitments") or [], receipt)
    now = {file["file"] for file in receipt.files.values()}
    return contents.detach(
        [file["file"] for file in earlier.values() if file["file"] and file["file"] not in now]
    )


def _require_known(body: Mapping[str, Any], doc: Any) -> None:
    """Refuse names of records that are new in a body and that its user may not see, or that are none: in the same words."""
    named = [(doctype, body.get(field), doc.get(field)) for field, doctype in _ABOUT.items()]
    before = {row.beneficiary for row in doc.participants}
    people = [row.get("beneficiary") for row in body.get("participants") or []]
    named += [("Beneficiary", name, name if name in before else None) for name in people]
    for doctype, name, known in named:
        if name and name != known:
            refuse_unknown(doctype, name)


def of_body(body: Mapping[str, Any], found: Files, acta: str | None) -> dict[str, Any]:
    """Return the values of an acta's fields for the body of a record. What the form cannot be read from is refused.

    acta: its name; fingerprints are kept under it, so that they lie nowhere in the open. None: there is none yet.
    """
    values = {field: body.get(field) for field in _PLAIN}
    if not frappe.db.exists("Acta Template", body["template"]):
        frappe.throw(
            _("The template {0} does not exist.").format(body["template"]), title=_("Template Missing")
        )
    answers = instances.answers_of_instance(body["template"], body["instance"], found.media)
    values["answers"] = json.dumps(answers, ensure_ascii=False)
    values["participants"] = [_participant(row, found, acta) for row in body.get("participants") or []]
    return values


def _take_prints(doc: Any, body: Mapping[str, Any]) -> bool:
    """Keep the captures of an acta that has just been made, by whose rights they are read; say whether there were any."""
    taken = False
    for kept, row in zip(doc.participants, body.get("participants") or [], strict=True):
        kept.fingerprint = _print(row, doc.name)
        taken = taken or bool(kept.fingerprint)
    return taken


def _print(row: Mapping[str, Any], acta: str) -> str | None:
    """The name of a participant's fingerprint, which is kept if it is not yet."""
    taken = row.get("fingerprint")
    if not taken:
        return None
    # A device that has handed a capture over keeps its name alone; saving asks whether it is of this acta and person.
    return taken.get("kept") or fingerprints.keep(acta, row.get("beneficiary"), taken)


def _participant(row: Mapping[str, Any], found: Files, acta: str | None) -> dict[str, Any]:
    meta = frappe.get_meta("Acta Participant")
    values = {field: row.get(field) for field in _OF_PARTICIPANT}
    values["cannot_sign"] = cint(row.get("cannot_sign"))
    values["signature"] = found.signatures.get(row.get("signature") or "")
    values["fingerprint"] = _print(row, acta) if acta else None
    values["witness_signature"] = found.signatures.get(row.get("witness_signature") or "")
    if meta.has_field("signed_device_time") and row.get("signed_device_time"):
        values["signed_device_time"] = site_time(row["signed_device_time"])
    for name in ("strokes", "witness_strokes"):
        if meta.has_field(name) and row.get(name):
            values[name] = json.dumps(row[name], separators=(",", ":"))
    return values


def _set_commitments(doc: Any, rows: list[Mapping[str, Any]], receipt: Receipt) -> None:
    """Make, change and take back commitments of an acta until they are those that the record lists."""
    kept: dict[str, str] = {}
    for row in rows:
        values = {
            "subject": row["subject"],
            "due_date": row["due_date"],
            "responsible_party": row.get("responsible_party") or "Family",
        }
        name = receipt.commitments.get(row["uuid"])
        stored = (
            frappe.db.get_value("Commitment", name, ["name", *values, "status"], as_dict=True)
            if name
            else None
        )
        if not stored:
            kept[row["uuid"]] = actions.new_commitment(doc, **values).insert().name
            continue
        kept[row["uuid"]] = name
        if stored.status == "Open" and any(str(stored[key]) != str(value) for key, value in values.items()):
            commitment = frappe.get_doc("Commitment", name)
            commitment.update(values)
            commitment.save()
    for uuid, name in receipt.commitments.items():
        if uuid not in kept and frappe.db.get_value("Commitment", name, "status") == "Open":
            # What the device agreed on and struck out again, in an acta that is still a draft.
            frappe.delete_doc("Commitment", name, ignore_permissions=True)
    receipt.commitments = kept
