"""The seal of a closed acta: what it covers, how it is made, and whether it still holds.

A seal carries the number of the rule it was made by, because a rule that grows must not break what was sealed before:

1. The acta's own fields, answers, participants, commitments and the pictures named in answers.
2. Also its title and the template's, the rows of the template version (the questions that give the answers their
   meaning), and every file that was attached when it was closed: name and SHA-256. Answers and commitments as the
   very text that is stored.
3. Also the strokes of the signatures and their times on the device, where and when the acta came in, the names that the paper
   shows, the code of its QR, and its place in a chain: its number and the seal of the acta before it. Community and
   programme by what stays when they are renamed.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import frappe
from frappe import _

from social_crm import verification_codes
from social_crm.field_records.domain.sealing import seal
from social_crm.field_records.services import seal_chains, sealed_names, templates

SEAL_VERSION = 3
_KNOWN_VERSIONS = (2, 3)
_FIELDS = (
    "name",
    "template",
    "template_version",
    "client_uuid",
    "visit_date",
    "start_time",
    "end_time",
    "gestor",
    "family",
    "beneficiary",
    "productive_unit",
    "community",
    "programme",
    "place",
    "latitude",
    "longitude",
    "accuracy",
    "amends",
    "amendment_reason",
    "device_time",
    "closed_on",
    "closed_by",
)
_PARTICIPANT_FIELDS = (
    "participant_name",
    "participant_role",
    "document_number",
    "beneficiary",
    "signature",
    "signed_at",
    "cannot_sign",
    "cannot_sign_reason",
    "witness_name",
    "witness_document",
    "witness_signature",
)
# What the third rule covers beyond the second, and the chain, which is known last of all.
_LATER_FIELDS = ("verification_code", "sealed_names", "origin", "device", "received_at")
_CHAIN_FIELDS = ("seal_chain", "seal_number", "previous_hash")
_LATER_PARTICIPANT_FIELDS = ("strokes", "signed_device_time", "witness_strokes", "fingerprint_digest")
# Records that may be renamed, which changes the acta's field with them.
_RENAMED = {"community": "Community", "programme": "Social Programme"}
# Named one by one: a part that rows of templates may gain one day must not change the seals of today.
_QUESTION_FIELDS = (
    "field_type",
    "name",
    "label",
    "hint",
    "required",
    "relevant",
    "constraint",
    "constraint_message",
    "calculation",
    "appearance",
    "default",
    "choice_list",
)
# Sealed where they say something: a template that has none of them gives the seal that it gave before they were.
_LATER_QUESTION_FIELDS = ("required_if", "required_message", "read_only", "choice_filter", "repeat_count")
_CHOICE_FIELDS = ("list_name", "value", "label")
_LATER_CHOICE_FIELDS = ("attributes",)


def new_seal(doc: Any) -> dict[str, Any]:
    """Seal an acta as it stands in the database, as the next one of its chain; return the fields to be written.

    The chain stays locked until the transaction ends: sealing is the last thing that a closing does.
    """
    # The files of this very acta: whoever may close it seals them all.
    files = frappe.get_all(
        "File",
        filters={"attached_to_doctype": "Acta", "attached_to_name": doc.name, "is_folder": 0},
        pluck="name",
        order_by="creation, name",
    )
    doc.seal_version = SEAL_VERSION
    doc.sealed_files = json.dumps([_file_as_it_is(doc.name, name) for name in files], ensure_ascii=False)
    doc.sealed_names = json.dumps(sealed_names.live(doc), ensure_ascii=False)
    doc.verification_code = doc.verification_code or verification_codes.new_code()
    content = sealed_content(doc)
    place = seal_chains.take_place(doc.programme)
    chain = {
        "seal_chain": place.chain,
        "seal_number": place.number,
        "previous_hash": place.previous_hash,
    }
    content_hash = seal({**content, **chain})
    seal_chains.advance(place, content_hash)
    own = ("seal_version", "sealed_files", "sealed_names", "verification_code")
    return {**{field: doc.get(field) for field in own}, **chain, "content_hash": content_hash}


@frappe.whitelist()
def verify(acta: str) -> dict:
    """Return whether a closed acta is still what was sealed.

    {"valid": true or false, "content": whether it still gives its seal, "pdf": whether the sealed PDF is still what was signed
    (null without one), "previous": whether the acta before it in the chain has the seal that this one carries (null for
    seals of older rules), "content_hash": the seal, "seal_version": the number of the rule it was made by, "chain", "number"}
    """
    from social_crm.field_records.services.sealed_pdf.standing import standing

    doc = frappe.get_doc("Acta", acta)
    doc.check_permission("read")
    if doc.status != "Closed":
        frappe.throw(_("Only a closed acta has a seal."), title=_("Not Closed"))
    found, previous = standing(doc), seal_chains.follows(doc)
    return {
        "valid": found.valid and previous is not False,
        "content": found.content,
        "pdf": found.pdf,
        "previous": previous,
        "content_hash": doc.content_hash,
        "seal_version": doc.seal_version or 1,
        "chain": doc.seal_chain,
        "number": doc.seal_number,
    }


def holds(doc: Any) -> bool:
    """Say whether the seal of an acta fits what the database and its files hold now."""
    try:
        return seal(sealed_content(doc)) == doc.content_hash
    except (ValueError, KeyError, TypeError, AttributeError):
        # What can no longer be read is not what was sealed. ValueError covers texts that are no JSON.
        return False


def sealed_content(doc: Any) -> dict[str, Any]:
    """Return what the seal of an acta covers under the rule of its number, as texts and whole numbers."""
    content = {field: _text(doc.get(field)) for field in _FIELDS}
    content["participants"] = [
        {field: _text(row.get(field)) for field in _PARTICIPANT_FIELDS} for row in doc.participants
    ]
    if not doc.seal_version:
        return {**content, **_first_rule(doc)}
    if doc.seal_version not in _KNOWN_VERSIONS:
        raise ValueError("unknown version of the seal")
    if doc.seal_version > 2:
        content.update(_third_rule(doc))
    sealed_files = json.loads(doc.sealed_files or "[]")
    return {
        **content,
        "seal_version": doc.seal_version,
        "title": _text(doc.title),
        "template_title": _text(doc.template_title),
        "template_rows": _template_hash(doc.template),
        "answers": doc.answers or "",
        "commitments": doc.agreed_commitments or "",
        # The list is part of the seal, and each file must still be what the list says.
        "sealed_files": sealed_files,
        "files": [_file_as_it_is(doc.name, one["file"]) for one in sealed_files],
    }


def photos_of(answers: Any) -> list[str]:
    """Return the addresses of all pictures among answers, in a fixed order."""
    if isinstance(answers, dict):
        return [found for key in sorted(answers) for found in photos_of(answers[key])]
    if isinstance(answers, list):
        return [found for item in answers for found in photos_of(item)]
    is_file = isinstance(answers, str) and answers.startswith(("/files/", "/private/files/"))
    return [answers] if is_file else []


def _third_rule(doc: Any) -> dict[str, Any]:
    content = {field: _text(doc.get(field)) for field in (*_LATER_FIELDS, *_CHAIN_FIELDS)}
    content.update(
        {field: seal_chains.identity(doctype, doc.get(field)) for field, doctype in _RENAMED.items()}
    )
    fields = (*_PARTICIPANT_FIELDS, *_LATER_PARTICIPANT_FIELDS)
    content["participants"] = [{field: _text(row.get(field)) for field in fields} for row in doc.participants]
    return content


def _first_rule(doc: Any) -> dict[str, Any]:
    answers = json.loads(doc.answers or "{}")
    return {
        "answers": answers,
        "photos": [[address, _photo_hash(doc, address)] for address in photos_of(answers)],
        "commitments": json.loads(doc.agreed_commitments or "[]"),
    }


def _template_hash(template: str) -> str:
    """The SHA-256 over the questions and choices of a template, read from the database and not from the cache."""
    if not frappe.db.exists("Acta Template", template):
        return ""
    questions, choices = templates.rows_of(frappe.get_doc("Acta Template", template))
    return seal(
        {
            "questions": [_sealed(row, _QUESTION_FIELDS, _LATER_QUESTION_FIELDS) for row in questions],
            "choices": [_sealed(row, _CHOICE_FIELDS, _LATER_CHOICE_FIELDS) for row in choices],
        }
    )


def _sealed(row: Any, fields: tuple[str, ...], later: tuple[str, ...]) -> dict[str, Any]:
    """The parts of a row that a seal covers."""
    return {field: getattr(row, field) for field in fields} | {
        field: getattr(row, field) for field in later if getattr(row, field)
    }


def _file_as_it_is(acta: str, name: str) -> dict[str, str]:
    """A file of an acta: its row, its name and the SHA-256 of its bytes, empty when it is gone."""
    row = frappe.db.get_value(
        "File",
        {"name": name, "attached_to_doctype": "Acta", "attached_to_name": acta},
        ["name", "file_name", "file_url"],
        as_dict=True,
    )
    if not row:
        return {"file": name, "file_name": "", "sha256": ""}
    return {"file": name, "file_name": row.file_name or "", "sha256": _bytes_hash(row)}


def _bytes_hash(row: Any) -> str:
    if not (row.file_url or "").startswith(("/files/", "/private/files/")):
        # A file elsewhere on the web has no bytes of ours: its address is what can be sealed.
        return row.file_url or ""
    path = Path(frappe.get_doc("File", row.name).get_full_path())
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _photo_hash(doc: Any, address: str) -> str:
    # The file of this very acta: whoever may read the acta may read it.
    names = frappe.get_all(
        "File",
        filters={"file_url": address, "attached_to_doctype": "Acta", "attached_to_name": doc.name},
        fields=["name", "file_url"],
        order_by="creation",
        limit=1,
    )
    # The bytes themselves: `get_content` of v16 takes those of a small picture for a text in windows-1250.
    return _bytes_hash(names[0]) if names else ""


def _text(value: Any) -> str | int:
    if value is None:
        return ""
    if isinstance(value, float):
        return repr(value)
    return value if isinstance(value, int) else str(value)
