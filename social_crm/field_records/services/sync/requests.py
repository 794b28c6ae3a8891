"""The parts of a request of the protocol, read within their bounds."""

import hashlib
import json
from typing import Any

import frappe
from frappe import _

from social_crm.field_records.domain.device_records import PROTOCOL_MAX, PROTOCOL_MIN, is_sha256
from social_crm.field_records.services.sync import problems
from social_crm.field_records.services.sync.limits import limit

# Names of parts and the headers around them.
_SLACK = 256 * 1024


def check_body(bound: int) -> None:
    """Refuse a compressed body and one of more than so many bytes, before it is read."""
    request = frappe.request
    if not request:
        return
    if (request.headers.get("Content-Encoding") or "identity").strip().lower() != "identity":
        problems.fail(
            _("Send the request without compression."),
            "compressed",
            _("Compressed Request"),
            problems.CompressedBodyError,
        )
    if (request.content_length or 0) > bound + _SLACK:
        too_large()


def too_large() -> None:
    """Throw that the request has too many bytes."""
    problems.fail(
        _("The request is too large: send fewer records at once, and large files in pieces."),
        "too_large",
        _("Too Large"),
        problems.TooLargeError,
    )


def read_batch(batch: str | None) -> dict[str, Any]:
    """Return the batch of this request: device, protocol and records; its records are not looked at yet."""
    if batch is None and frappe.request and "batch" in frappe.request.files:
        batch = _text(_bytes(frappe.request.files["batch"], limit("batch_bytes")))
    value = parsed(batch or "")
    if not isinstance(value, dict) or not isinstance(value.get("records"), list):
        problems.fail(
            _("The batch is no JSON object with a list of records."), "batch", _("Batch not Understood")
        )
    check_protocol(value.get("protocol"))
    if len(value["records"]) > limit("batch_records"):
        problems.fail(
            _("A batch has at most {0} records.").format(limit("batch_records")),
            "too_many",
            _("Too Large"),
            problems.TooLargeError,
        )
    return value


def parsed(value: Any) -> Any:
    """Return what a JSON text says, None for what is none; anything else as it is."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return None


def check_protocol(protocol: Any) -> None:
    """Refuse a version of the protocol that is not spoken here."""
    if not isinstance(protocol, int) or not PROTOCOL_MIN <= protocol <= PROTOCOL_MAX:
        problems.fail(
            _(
                "This server does not speak the version of the app: update the app. Nothing on the device is lost."
            ),
            "protocol",
            _("Update the App"),
            problems.ProtocolError,
        )


def parts() -> dict[str, bytes]:
    """Return the files of this request by their SHA-256; a part whose bytes are others than its name says is left out."""
    found: dict[str, bytes] = {}
    for name, part in (frappe.request.files if frappe.request else {}).items():
        if is_sha256(name) and name not in found:
            content = _bytes(part, limit("batch_bytes"))
            if hashlib.sha256(content).hexdigest() == name:
                found[name] = content
    return found


def chunk() -> bytes:
    """Return the piece of a file that this request brings."""
    part = frappe.request.files.get("chunk") if frappe.request else None
    if part is None:
        problems.fail(_("The request brings no piece of a file."), "chunk", _("File Missing"))
    return _bytes(part, limit("chunk_bytes"))


def _bytes(part: Any, bound: int) -> bytes:
    # From its beginning, also when the request is tried again.
    part.stream.seek(0)
    content = part.stream.read(bound + 1)
    if len(content) > bound:
        too_large()
    return content


def _text(content: bytes) -> str:
    """Bytes as UTF-8; nothing for what is none: a letter that was guessed would be kept for good."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return ""


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number of JSON")
