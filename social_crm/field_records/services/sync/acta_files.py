"""The files of an acta that a device sends: found, opened, and told apart into attachments and signatures."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import frappe
from frappe import _
from frappe.utils import escape_html

from social_crm.field_records.services import instances
from social_crm.field_records.services.sync import contents, uploads
from social_crm.field_records.services.sync.contents import Content
from social_crm.field_records.services.sync.limits import limit

_DATA_URL = "data:image/png;base64,"


@dataclass
class Files:
    """What a record's files turned out to be.

    fresh: entries to be attached, with their contents. kept: UUID -> row of File that is attached already. media: name in
    the instance -> address. signatures: SHA-256 -> data URL. missing: SHA-256 of what has not arrived.
    """

    fresh: list[tuple[dict[str, Any], Content]] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)
    media: dict[str, str] = field(default_factory=dict)
    signatures: dict[str, str] = field(default_factory=dict)
    uploaded: set[str] = field(default_factory=set)
    missing: list[str] = field(default_factory=list)


def find(
    record: Mapping[str, Any], known: Mapping[str, Mapping[str, str]], parts: Mapping[str, bytes], doc: Any
) -> Files:
    """Return the files of a record: from this request, from what was uploaded before, or from the acta itself.

    known: UUID -> {"sha256", "file"} of what the acta has. doc: the acta as it is, None for a new one.

    Raises:
        frappe.ValidationError: a file is none that is taken, or is not listed.
    """
    found = Files()
    entries = record.get("files") or []
    signatures = _signature_names(record["body"])
    if unlisted := signatures - {entry["sha256"] for entry in entries}:
        frappe.throw(
            _("A signature is named that is not among the files: {0}.").format(sorted(unlisted)[0][:12]),
            title=_("File Missing"),
        )
    asked = instances.files_of_instance(record["body"]["template"], record["body"]["instance"])
    drawn = _signatures_of(doc)
    places = _addresses(doc, known)
    opened: dict[str, Content] = dict(uploads.find({entry["sha256"] for entry in entries}))
    for entry in entries:
        sha256 = entry["sha256"]
        if sha256 in signatures and entry["name"] not in asked:
            if sha256 not in found.signatures:
                found.signatures[sha256] = drawn.get(sha256) or _signature(
                    sha256, open_entry(entry, parts, opened), found
                )
            continue
        row = known.get(entry["uuid"])
        if row and row["sha256"] == sha256 and row["file"] in places:
            found.kept[entry["uuid"]] = row["file"]
            found.media[entry["name"]] = places[row["file"]]
            continue
        content = open_entry(entry, parts, opened)
        if content is None:
            _miss(found, sha256)
            continue
        _require_kind(entry["name"], content, asked.get(entry["name"], set()))
        found.fresh.append((entry, content))
        found.media[entry["name"]] = contents.address(content)
    found.uploaded = {sha256 for sha256, content in opened.items() if content.path}
    return found


def _require_kind(name: str, content: Content, asked: set[str]) -> None:
    """Refuse a sound where a picture is asked for, and a picture where a sound is. asked: types of the questions it answers."""
    if "image" in asked and not contents.is_picture(content):
        frappe.throw(_("{0} is no picture.").format(escape_html(name)), title=_("File Refused"))
    if "audio" in asked and contents.is_picture(content):
        frappe.throw(_("{0} is no sound recording.").format(escape_html(name)), title=_("File Refused"))


def open_entry(
    entry: Mapping[str, Any], parts: Mapping[str, bytes], opened: dict[str, Content]
) -> Content | None:
    """The content of a file, looked at once however often a record names it."""
    sha256 = entry["sha256"]
    if sha256 not in opened and sha256 in parts:
        opened[sha256] = Content(sha256, contents.examine(parts[sha256]), data=parts[sha256])
    content = opened.get(sha256)
    if content and not content.extension:
        frappe.throw(
            _("{0}: {1}").format(escape_html(entry["name"]), contents.refusal()), title=_("File Refused")
        )
    if content and content.size() != entry["size"]:
        frappe.throw(
            _("{0} has another size than the record says.").format(escape_html(entry["name"])),
            title=_("File Refused"),
        )
    return content


def _signature(sha256: str, content: Content | None, found: Files) -> str:
    """A signature as the acta keeps it, within its own row."""
    if content is None:
        _miss(found, sha256)
        return ""
    require_signature(content)
    return _DATA_URL + base64.b64encode(content.read()).decode()


def require_signature(content: Content) -> None:
    """Refuse what is no drawn signature."""
    if content.extension != "png" or content.size() > limit("signature_bytes"):
        frappe.throw(
            _("A signature is a PNG of at most {0} kB.").format(limit("signature_bytes") // 1024),
            title=_("File Refused"),
        )
    if contents.pixels(content) > limit("signature_pixels"):
        frappe.throw(
            _("A signature has at most {0} pixels.").format(limit("signature_pixels")),
            title=_("File Refused"),
        )


def _signature_names(body: Mapping[str, Any]) -> set[str]:
    rows = body.get("participants") or []
    return {row[key] for row in rows for key in ("signature", "witness_signature") if row.get(key)}


def _signatures_of(doc: Any) -> dict[str, str]:
    """The signatures that an acta has already, by their SHA-256."""
    drawn = {}
    for row in doc.participants if doc else ():
        for url in (row.signature, row.witness_signature):
            if url and url.startswith(_DATA_URL):
                content = base64.b64decode(url[len(_DATA_URL) :])
                drawn[hashlib.sha256(content).hexdigest()] = url
    return drawn


def _addresses(doc: Any, known: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """The addresses of the files that the acta has from this record, by their rows."""
    rows = [row["file"] for row in known.values() if row["file"]]
    if not doc or not rows:
        return {}
    # Files of this very acta, whose writer asks.
    found = frappe.get_all(
        "File",
        filters={"name": ["in", rows], "attached_to_doctype": "Acta", "attached_to_name": doc.name},
        fields=["name", "file_url"],
    )
    return {row.name: row.file_url for row in found}


def _miss(found: Files, sha256: str) -> None:
    if sha256 not in found.missing:
        found.missing.append(sha256)
