"""Whether a closed acta stands: its content, its files, and the PDF that was sealed of it."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import frappe

from social_crm import verification_codes
from social_crm.field_records.services import seals
from social_crm.field_records.services.sealed_pdf import signing

# Where the QR of an acta leads; what follows it is the code.
PATH = "verificar-acta"


@dataclass(frozen=True)
class Standing:
    """content: it still gives its seal. pdf: it is still what was signed and names that seal; None while there is none."""

    content: bool
    pdf: bool | None

    @property
    def valid(self) -> bool:
        return self.content and self.pdf is not False


def standing(doc: Any) -> Standing:
    """Return whether a closed acta is still what was sealed."""
    return Standing(content=seals.holds(doc), pdf=_pdf_holds(doc) if doc.pdf_status == "Ready" else None)


def find(text: str) -> Standing | None:
    """Return how the acta of a code stands, as somebody typed or scanned it, or None.

    For anybody, whoever is logged in: the code is the permission, and nothing else is told.
    """
    code = verification_codes.bare(text)
    name = frappe.db.get_value("Acta", {"verification_code": code, "status": "Closed"}) if code else None
    return standing(frappe.get_doc("Acta", name)) if name else None


def _pdf_holds(doc: Any) -> bool:
    row = frappe.db.get_value(
        "File", {"name": doc.pdf_file, "attached_to_doctype": "Acta", "attached_to_name": doc.name}
    )
    path = Path(frappe.get_doc("File", row).get_full_path()) if row else None
    if not path or not path.is_file():
        return False
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != doc.pdf_sha256:
        return False
    signature = signing.read(content)
    return bool(signature and signature.whole and signature.content_hash == doc.content_hash)
