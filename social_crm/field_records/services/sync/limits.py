"""What a device may send at once. A site may set others in its configuration, under "social_crm_field_limits"."""

import frappe
from frappe.utils import cint

_LIMITS = {
    "batch_bytes": 5 * 1024 * 1024,
    "batch_records": 25,
    "chunk_bytes": 1024 * 1024,
    "file_bytes": 20 * 1024 * 1024,
    # The longest side to which devices shrink photos; 0 asks for originals.
    "photo_max_px": 1600,
    "image_pixels": 50_000_000,
    "signature_bytes": 300 * 1024,
    # A few kilobytes of white unfold into more than a printed page can hold.
    "signature_pixels": 4_000_000,
    "record_files": 60,
    "quota_bytes": 500 * 1024 * 1024,
}


def limits() -> dict[str, int]:
    """Return the limits by name, in bytes, pieces or pixels."""
    own = frappe.conf.get("social_crm_field_limits") or {}
    return {name: cint(own.get(name, value)) for name, value in _LIMITS.items()}


def limit(name: str) -> int:
    """Return one limit."""
    return limits()[name]
