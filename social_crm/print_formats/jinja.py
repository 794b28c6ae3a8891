"""What our print formats may call; every function of this module becomes a Jinja global (hook `jinja`).

Frappe takes each function it finds here, imported ones included: import modules, never functions.
"""

import base64
import datetime
import decimal
import io
import mimetypes
import pathlib

import frappe
import frappe.utils
import segno
from PIL import Image, ImageOps

from social_crm.print_formats.domain import words

_NOTHING = (None, "")


def amount_in_words(amount, currency: str = "COP") -> str:
    """Return an amount in words: "tres millones de pesos m/cte"; empty for an empty amount."""
    if amount in _NOTHING:
        return ""
    return words.amount_in_words(decimal.Decimal(str(amount)), currency or "COP")


def number_in_words(number, feminine: bool = False) -> str:
    """Return a whole number in words as it stands before a noun: "doce", "veintiuna"."""
    return words.number_in_words(int(number or 0), feminine)


def money_text(amount, decimals: int = 0) -> str:
    """Return an amount as "$ 3.000.000"; empty for an empty amount."""
    if amount in _NOTHING:
        return ""
    return words.money(decimal.Decimal(str(amount)), decimals)


def percent_text(value, decimals: int = 2) -> str:
    """Return a percentage with a decimal comma: "26,82 %"; empty for an empty value."""
    if value in _NOTHING:
        return ""
    rounded = decimal.Decimal(str(value)).quantize(
        decimal.Decimal(1).scaleb(-decimals), rounding=decimal.ROUND_HALF_UP
    )
    return f"{rounded} %".replace(".", ",")


def spanish_date(value) -> str:
    """Return a date, a datetime or an ISO text as "22 de noviembre de 2026"; empty for nothing."""
    return words.spanish_date(frappe.utils.getdate(value)) if value else ""


def spanish_date_formal(value) -> str:
    """Return the closing date of a contract: "a los veintidós (22) días del mes de ..."; empty for nothing."""
    return words.spanish_date_formal(frappe.utils.getdate(value)) if value else ""


def spanish_time(value) -> str:
    """Return a datetime, a time or the duration since midnight as "3:05 p. m."; empty for nothing."""
    if value in _NOTHING:
        return ""
    if isinstance(value, datetime.timedelta):
        minutes = int(value.total_seconds()) // 60
    else:
        moment = frappe.utils.get_time(value) if isinstance(value, str) else value
        minutes = moment.hour * 60 + moment.minute
    hour, minute = divmod(minutes, 60)
    return f"{(hour - 1) % 12 + 1}:{minute:02d} {'a. m.' if hour < 12 else 'p. m.'}"


def qr_code(text: str) -> str:
    """Return a text as a QR code: an SVG picture as a data URI, with the quiet zone that readers need; empty for nothing.

    A quarter of it may be soiled or worn and it still reads (level Q).
    """
    if not text:
        return ""
    return segno.make_qr(text, error="q").svg_data_uri(border=2, scale=4, dark="#1d2327", light="#ffffff")


def organisation_identity(programme: str | None = None) -> dict:
    """Return who issues the document: name, tax_id (NIT), city and logo (a data URI), each possibly empty.

    Until the settings name the organisation it is the operator of the programme (by default the site's).
    """
    settings = frappe.get_cached_doc("Social CRM Settings")
    return {
        "name": settings.organisation_name or _operator(programme or settings.default_programme),
        "tax_id": settings.organisation_tax_id or "",
        "city": settings.organisation_city or "",
        "logo": _data_uri(settings.organisation_logo, "Social CRM Settings", "Social CRM Settings"),
    }


def _operator(programme: str | None) -> str:
    # A name on the letterhead of a document that the user may print; nothing else of the programme is told.
    known = frappe.get_all(
        "Social Programme", filters={"name": programme} if programme else {}, pluck="operator"
    )
    names = {name for name in known if name}
    return names.pop() if len(names) == 1 else ""


def identity_document(beneficiary: str | None, day=None) -> str:
    """Return the identity document of a person in force on a day (today), as "CC 1.234.567"; empty without one.

    It is empty as well for whoever may not read the person.
    """
    if not beneficiary or not frappe.has_permission("Beneficiary", "read", doc=beneficiary):
        return ""
    person = frappe.get_cached_doc("Beneficiary", beneficiary)
    on = frappe.utils.getdate(day)
    in_force = [
        row for row in person.documents if not row.valid_to or frappe.utils.getdate(row.valid_to) >= on
    ]
    if not in_force:
        return ""
    row = max(in_force, key=lambda r: (str(r.issued_on or ""), r.idx))
    number = str(row.document_number or "")
    if number.isdigit() and row.document_type in ("CC", "TI", "RC"):
        number = f"{int(number):,}".replace(",", ".")
    return f"{row.document_type} {number}"


def attached_image(file_url: str | None, doctype: str, name: str) -> str:
    """Return an image attached to a document as a data URI, so that a PDF needs no request for it.

    It is empty for a file that is not attached to the document, that is no picture, or when the user may not read it.
    """
    if not file_url or not frappe.has_permission(doctype, "read", doc=name):
        return ""
    return _data_uri(file_url, doctype, name)


def attached_photo(file_url: str | None, doctype: str, name: str, longest: int = 1400) -> str:
    """Return a photo as `attached_image` does, upright and no larger than paper needs. longest: pixels of its longer side.

    A telephone writes pictures lying on their side, with a note that programs for paper do not read.
    """
    whole = attached_image(file_url, doctype, name)
    if not whole:
        return ""
    try:
        picture = ImageOps.exif_transpose(Image.open(io.BytesIO(base64.b64decode(whole.partition(",")[2]))))
        picture.thumbnail((longest, longest))
        if "A" in picture.getbands() or "transparency" in picture.info:
            # What is drawn on nothing, such as a signature, is drawn on white paper.
            drawn = picture.convert("RGBA")
            picture = Image.new("RGBA", drawn.size, "white")
            picture.alpha_composite(drawn)
        out = io.BytesIO()
        picture.convert("RGB").save(out, "JPEG", quality=82)
    except (OSError, ValueError, Image.DecompressionBombError):
        # Not understood here: the program that makes the paper may know better.
        return whole
    return f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}"


def _data_uri(file_url: str | None, doctype: str, name: str) -> str:
    if not file_url:
        return ""
    kind = mimetypes.guess_type(file_url)[0] or ""
    if kind not in ("image/png", "image/jpeg", "image/gif", "image/webp"):
        return ""
    # A read of file names alone, for a document whose permission the caller has checked.
    found = frappe.get_all(
        "File",
        filters={"file_url": file_url, "attached_to_doctype": doctype, "attached_to_name": name},
        pluck="name",
        limit=1,
    )
    if not found:
        return ""
    # Not by get_content: v16 takes the bytes of a small picture for a text in windows-1250.
    path = pathlib.Path(frappe.get_doc("File", found[0]).get_full_path())
    if not path.is_file():
        return ""
    content = path.read_bytes()
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
