"""The paper of an acta as a PDF, the same byte for byte whenever it is made again with the same renderer."""

import hashlib
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import frappe
from frappe.utils import get_datetime
from frappe.utils.pdf import get_pdf, get_wkhtmltopdf_version
from pypdf import PdfReader, PdfWriter
from pypdf.generic import BooleanObject, DictionaryObject, NameObject, TextStringObject

from social_crm.field_records.domain.paper_words import TAGS
from social_crm.field_records.services import templates

FORMAT = "Acta de campo"
PAGE_SIZES = ("A4", "Letter")
# Where the print format finds what it says of the seal while the sealed paper is made.
FLAG = "acta_sealed_with"
# Rises whenever other bytes are drawn of the same acta by other code than the print format's own (printing.py, paper_words.py):
# 2: the language of the template, thousands, photos that leave no gap, the witness by name.
PAPER = 2
_SHARED = "social_crm/print_formats/shared/blocks.html"


def page_size() -> str:
    """Return the paper of the site: A4 or Letter; A4 for any other."""
    size = frappe.db.get_single_value("Print Settings", "pdf_page_size")
    return size if size in PAGE_SIZES else PAGE_SIZES[0]


def render(doc: Any, size: str, certificate: dict[str, Any]) -> bytes:
    """Return the paper of a closed acta before it is signed.

    size: "A4" or "Letter". certificate: what the paper says of it, see `certificate.Certificate`.
    """
    with _as_the_system(certificate, templates.paper_language(doc.template)):
        html = frappe.get_print("Acta", doc.name, print_format=print_format())
        pdf = get_pdf(_with_styles_inside(html), {"page-size": size})
    return normalised(pdf, doc)


def print_format() -> str:
    """Return the print format of actas: the one that an administrator made the default, else ours."""
    chosen = frappe.get_meta("Acta").default_print_format
    return chosen if chosen and frappe.db.exists("Print Format", chosen) else FORMAT


def renderer() -> str:
    """Return what the bytes of a paper depend on besides the acta: the program, and the print format as it stands."""
    html = frappe.db.get_value("Print Format", print_format(), "html") or ""
    shared = Path(frappe.get_app_path("social_crm", *_SHARED.split("/")[1:])).read_text(encoding="utf-8")
    digest = hashlib.sha256(f"{html}{shared}".encode()).hexdigest()[:12]
    return f"wkhtmltopdf {get_wkhtmltopdf_version()} paper {PAPER} {digest}"


def normalised(pdf: bytes, doc: Any) -> bytes:
    """Return a PDF whose dates are those of the acta, which has no random identifier, and which says title and language."""
    writer = PdfWriter()
    writer.append_pages_from_reader(PdfReader(io.BytesIO(pdf)))
    closed = re.sub(r"\D", "", str(get_datetime(doc.closed_on)))[:14]
    writer.add_metadata(
        {
            "/Title": f"{doc.name} · {doc.template_title}",
            "/Subject": doc.content_hash,
            "/Producer": "Social CRM",
            "/CreationDate": f"D:{closed}",
            "/ModDate": f"D:{closed}",
        }
    )
    root = writer._root_object
    root[NameObject("/Lang")] = TextStringObject(TAGS[templates.paper_language(doc.template)])
    root[NameObject("/ViewerPreferences")] = DictionaryObject(
        {NameObject("/DisplayDocTitle"): BooleanObject(True)}
    )
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _with_styles_inside(html: str) -> str:
    """Write the style sheets of the platform into the page: a worker need not reach the web server to make a paper.

    What they point to in turn (fonts, icons) is left out: the program that makes the paper reads none of it.
    """
    assets = Path(frappe.utils.get_bench_path()) / "sites"

    def inside(found: re.Match[str]) -> str:
        path = assets / found.group(1).lstrip("/")
        if ".." in path.parts or not path.is_file():
            return ""
        css = re.sub(r"url\((?!['\"]?data:)[^)]*\)", "none", path.read_text(encoding="utf-8"))
        return f"<style>{css}</style>"

    return re.sub(r"<link\b[^>]*\bhref=[\"'](/assets/[^\"'?]+\.css)[^>]*>", inside, html)


@contextmanager
def _as_the_system(certificate: dict[str, Any], spoken: str) -> Iterator[None]:
    """Render for nobody in particular: what is signed must not depend on what whoever closed it may see today."""
    user, language = frappe.session.user, frappe.local.lang
    form = frappe.local.form_dict
    frappe.set_user("Administrator")
    frappe.local.lang = spoken
    frappe.flags[FLAG] = certificate
    try:
        yield
    finally:
        frappe.flags[FLAG] = None
        frappe.set_user(user)
        frappe.local.lang, frappe.local.form_dict = language, form
