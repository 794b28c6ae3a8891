"""What a file of a device may be, and how it becomes an attachment.

A picture is opened, a sound known by its first bytes; the ending of its stored name follows from that, so that nothing is ever
served as something else. The same content is stored once, under its SHA-256, and may be attached many times: Frappe removes it
with the last row that has its hash.
"""

import hashlib
import io
import os
import pathlib
import threading
import warnings
from dataclasses import dataclass
from typing import Any

import frappe
from frappe import _
from frappe.core.doctype.file.utils import get_content_hash
from frappe.utils import now
from PIL import Image, ImageFile

from social_crm.field_records.services.sync.limits import limit

_PICTURES = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}
# OGG says its version next: there is only the first.
_SOUNDS = (
    (0, b"OggS\x00", "ogg"),
    (0, b"\x1a\x45\xdf\xa3", "webm"),
    (0, b"ID3", "mp3"),
    (0, b"#!AMR", "amr"),
)
# The kinds of the MP4 family that hold sound, by their brands; photos of some telephones (HEIC, AVIF) are of that family too.
_BRANDS = (
    ("m4a", (b"M4A", b"M4B", b"F4A")),
    ("3gp", (b"3g",)),
    ("mp4", (b"iso", b"mp4", b"dash", b"MSNV", b"avc1", b"qt  ", b"M4V", b"F4V")),
)
PREFIX = "campo-"
# Two threads that set Pillow's switch by turns would leave it wrong.
_STRICT = threading.Lock()
DIRECT_HOOKS = ("frappe.", "social_crm.")


@dataclass(frozen=True)
class Content:
    """The bytes of a file: in memory, or where an upload was put together. extension: what it really is."""

    sha256: str
    extension: str
    data: bytes = b""
    path: str = ""

    def read(self) -> bytes:
        """Return the bytes."""
        return pathlib.Path(self.path).read_bytes() if self.path else self.data

    def size(self) -> int:
        """Return the number of bytes."""
        return pathlib.Path(self.path).stat().st_size if self.path else len(self.data)


def examine(data: bytes) -> str:
    """Return the ending that fits the content of a file, or an empty text for what is not taken."""
    return _picture(data) or _sound(data)


def is_picture(content: Content) -> bool:
    """Whether a content that was examined is a picture, and no sound."""
    return content.extension in _PICTURES.values()


def pixels(content: Content) -> int:
    """Return the number of pixels of a picture; it was opened before, so this reads its head alone."""
    image = Image.open(io.BytesIO(content.read()), formats=tuple(_PICTURES))
    return int(image.width * image.height)


def refusal() -> str:
    """Return why a file is not taken, for people."""
    return _(
        "This is neither a photo (JPEG, PNG, WebP) that opens and is not too large, nor a sound recording."
    )


def _picture(data: bytes) -> str:
    try:
        with warnings.catch_warnings():
            # Pillow only warns of a picture that is much larger unpacked than it looks; our own bound is asked below.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=tuple(_PICTURES))
            kind = image.format or ""
            if image.width * image.height > limit("image_pixels") or getattr(image, "n_frames", 1) > 1:
                return ""
            if kind == "JPEG":
                # An eighth of each side: every byte is read, most of the arithmetic is spared.
                image.draft("RGB", (max(1, image.width // 8), max(1, image.height // 8)))
            _load_whole(image)
    except Exception:
        # Pillow raises errors of many kinds on broken files (OSError, ValueError, SyntaxError, struct.error, ...).
        return ""
    return _PICTURES[kind]


def _load_whole(image: Any) -> None:
    """Decode a picture; one that was cut off is refused, though Frappe tells Pillow to take such for the whole process."""
    with _STRICT:
        lenient, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
        try:
            image.load()
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = lenient


def _sound(data: bytes) -> str:
    if len(data) < 12:
        return ""
    for place, mark, extension in _SOUNDS:
        if data[place : place + len(mark)] == mark:
            return extension
    if data[4:8] == b"ftyp":
        return next((extension for extension, brands in _BRANDS if data[8:12].startswith(brands)), "")
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return "wav"
    if data[0] == 0xFF and data[1] & 0xF6 == 0xF0:
        return "aac"
    return "mp3" if data[0] == 0xFF and data[1] & 0xE6 == 0xE2 else ""


def address(content: Content) -> str:
    """Return the address under which a content is stored."""
    return f"/private/files/{PREFIX}{content.sha256}.{content.extension}"


def keep(content: Content) -> None:
    """Write a content to the disk for good, unless it lies there whole."""
    target = pathlib.Path(frappe.get_site_path("private", "files", address(content).rpartition("/")[2]))
    if target.is_file() and hashlib.sha256(target.read_bytes()).hexdigest() == content.sha256:
        return
    # A name of its own, then moved into place at once: nobody ever reads half a file.
    draft = target.with_name(f".{target.name}.{frappe.generate_hash(length=8)}")
    with draft.open("wb") as file:
        file.write(content.read())
        file.flush()
        os.fsync(file.fileno())
    draft.replace(target)


def attach(acta_doctype: str, name: str, files: list[tuple[dict[str, Any], Content]]) -> dict[str, str]:
    """Attach files to a record, one row of File each; return the row of each UUID. An entry may name the field it is for.

    Frappe's own insertion of a File reads the whole record and writes a comment for each: that was the greater part of the
    time that an acta with photos took. Where another app listens to files, or keeps them elsewhere, it is asked all the same.
    """
    if not files:
        return {}
    if _others_listen():
        return {entry["uuid"]: _insert(acta_doctype, name, entry, content) for entry, content in files}
    hashes = {content.sha256: get_content_hash(content.read()) for _entry, content in files}
    folder = frappe.db.get_value("File", {"is_attachments_folder": 1})
    docs = {entry["uuid"]: _row(acta_doctype, name, entry, content, folder) for entry, content in files}
    for (entry, content), doc in zip(files, docs.values(), strict=True):
        doc.content_hash = hashes[content.sha256]
        doc.file_size = entry["size"]
    values = [doc.get_valid_dict(convert_dates_to_str=True, ignore_virtual=True) for doc in docs.values()]
    frappe.db.bulk_insert("File", list(values[0]), [tuple(one.values()) for one in values])
    return {file: doc.name for file, doc in docs.items()}


def _row(doctype: str, name: str, entry: dict[str, Any], content: Content, folder: str | None) -> Any:
    """A row of File as Frappe would have made it, not stored yet."""
    doc = frappe.get_doc(
        {
            "doctype": "File",
            "name": frappe.generate_hash(length=10),
            "file_name": entry["name"],
            "file_url": address(content),
            "is_private": 1,
            "folder": folder,
            "attached_to_doctype": doctype,
            "attached_to_name": name,
            "attached_to_field": entry.get("field"),
        }
    )
    if doc.meta.has_field("file_type"):
        doc.set_file_type()
    doc.owner = doc.modified_by = frappe.session.user
    doc.creation = doc.modified = now()
    return doc


def detach(rows: list[str]) -> list[tuple[str, str]]:
    """Take rows of File away; return hash and address of each, whose content `forget` may remove after the commit."""
    if not rows:
        return []
    if _others_listen():
        for row in rows:
            # The app made these rows for the device that now says that the file is gone.
            frappe.delete_doc("File", row, ignore_permissions=True)
        return []
    # Rows of this very record, whose writer takes them away.
    found = frappe.get_all("File", filters={"name": ["in", rows]}, fields=["content_hash", "file_url"])
    frappe.db.delete("File", {"name": ["in", rows]})
    return [(row.content_hash, row.file_url) for row in found]


def forget(gone: list[tuple[str, str]]) -> None:
    """Remove from the disk what no row of File names any more; only after the commit, which nothing takes back."""
    for content_hash, url in gone:
        name = url.rpartition("/")[2]
        if name.startswith(PREFIX) and not frappe.db.exists("File", {"content_hash": content_hash}):
            pathlib.Path(frappe.get_site_path("private", "files", name)).unlink(missing_ok=True)


def _others_listen() -> bool:
    if frappe.get_hooks("write_file") or frappe.get_hooks("override_doctype_class", {}).get("File"):
        return True
    handlers = [one for found in frappe.get_doc_hooks().get("File", {}).values() for one in found]
    return not all(one.startswith(DIRECT_HOOKS) for one in handlers)


def _insert(doctype: str, name: str, entry: dict[str, Any], content: Content) -> str:
    doc = frappe.get_doc(
        {
            "doctype": "File",
            "file_name": f"{PREFIX}{content.sha256}.{content.extension}",
            "is_private": 1,
            "content": content.read(),
            "attached_to_doctype": doctype,
            "attached_to_name": name,
            "attached_to_field": entry.get("field"),
        }
    )
    # The right to write the record was asked when it was saved.
    doc.insert(ignore_permissions=True)
    doc.db_set("file_name", entry["name"], update_modified=False)
    return str(doc.name)
