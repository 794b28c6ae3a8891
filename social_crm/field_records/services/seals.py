"""The seal of a closed acta: what it covers, how it is made, and whether it still holds.

A seal carries the number of the rule it was made by, because a rule that grows must not break what was sealed before:

1. The acta's own fields, answers, participants, commitments and the pictures named in answers.
2. Also its title and the template's, the rows of the template version (the questions that give the answers their
   meaning), and every file that was attached when it was closed: name and SHA-256. Answers and commitments as the
   very text that is stored.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import frappe
from frappe import _

from social_crm.field_records.domain.sealing import seal
from social_crm.field_records.services import templates

SEAL_VERSION = 2
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
_CHOICE_FIELDS = ("list_name", "value", "label")


def new_seal(doc: Any) -> dict[str, Any]:
    """Return the fields that seal an acta as it stands in the database: seal_version, sealed_files, content_hash."""
    # The files of this very acta: whoever may close it seals them all.
    files = frappe.get_all(
        "File",
        filters={"attached_to_doctype": "Acta", "attached_to_name": doc.name, "is_folder": 0},
        pluck="name",
        order_by="creation, name",
    )
    doc.seal_version = SEAL_VERSION
    doc.sealed_files = json.dumps([_file_as_it_is(doc.name, name) for name in files], ensure_ascii=False)
    return {
        "seal_version": doc.seal_version,
        "sealed_files": doc.sealed_files,
        "content_hash": seal(sealed_content(doc)),
    }


@frappe.whitelist()
def verify(acta: str) -> dict:
    """Return whether a closed acta is still what was sealed.

    {"valid": true or false, "content_hash": the seal, "seal_version": the number of the rule it was made by}
    """
    doc = frappe.get_doc("Acta", acta)
    doc.check_permission("read")
    if doc.status != "Closed":
        frappe.throw(_("Only a closed acta has a seal."), title=_("Not Closed"))
    return {"valid": holds(doc), "content_hash": doc.content_hash, "seal_version": doc.seal_version or 1}


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
    if doc.seal_version != SEAL_VERSION:
        raise ValueError("unknown version of the seal")
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
            "questions": [{field: getattr(row, field) for field in _QUESTION_FIELDS} for row in questions],
            "choices": [{field: getattr(row, field) for field in _CHOICE_FIELDS} for row in choices],
        }
    )


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
