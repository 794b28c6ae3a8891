"""What the paper of an acta says in each language that it speaks, besides what the template asks: words, dates and numbers.

They stand here and not among the translations of the site: whoever makes the paper again, years later, must find the words that were
signed. A change of any of them is another paper: `rendering.PAPER` counts them.
"""

import re
from datetime import date
from decimal import Decimal

from social_crm.print_formats.domain.words import spanish_date

WORDS: dict[str, dict[str, str]] = {
    "es": {
        "acta": "Acta",
        "agreed": "Compromisos",
        "agreed_what": "Compromiso",
        "agreed_who": "Responsable",
        "agreed_until": "Fecha límite",
        "amends": "Esta acta enmienda el acta {acta}.",
        "and_at": "a las",
        "beneficiary": "Persona",
        "by": "por",
        "certified": "PAdES con el certificado «{subject}»",
        "chain": "Cadena",
        "chain_first": "la primera",
        "chain_number": "número",
        "chain_previous": "sello anterior",
        "closed": "Cerrada",
        "community": "Comunidad",
        "demo_certificate": "CERTIFICADO DE DEMOSTRACIÓN hecho por este mismo sitio: no prueba nada ante terceros.",
        "device_time": "Hora del dispositivo",
        "document": "Documento de identidad",
        "draft": "BORRADOR: sin cerrar ni firmar en firme",
        "draft_short": "borrador",
        "esignature": "Firma electrónica",
        "family": "Familia",
        "field_acta": "Acta de campo",
        "fingerprint": "Huella dactilar tomada en la visita; resumen",
        "gestor": "Gestor",
        "instead_of": "En lugar de {person}, que no firma: {reason}",
        "issued_by": "emitido por",
        "no_esignature": "Esta impresión no lleva firma electrónica; la lleva el PDF sellado que acompaña al acta.",
        "number": "N.º",
        "own_certificate": "Certificado hecho por la propia organización: ninguna autoridad lo respalda.",
        "page": "Página",
        "page_of": "de",
        "people": "Participantes y firmas",
        "place": "Lugar",
        "position": "Posición",
        "programme": "Programa",
        "reason": "Motivo",
        "recording": "Grabación, guardada con el acta",
        "report": "Desarrollo",
        "seal": "Sello del acta",
        "seal_hash": "Sello SHA-256",
        "seal_short": "sello",
        "signed_on": "Firmó el",
        "staff": "Equipo",
        "tax_id": "NIT",
        "template": "plantilla",
        "time": "Hora",
        "time_until": "a",
        "unit": "Unidad productiva",
        "verify": "¿Sigue íntegra? Verifíquela",
        "visit_date": "Fecha de la visita",
        "witness": "Firma del testigo",
        "role Beneficiary": "Beneficiario",
        "role Community": "Comunidad",
        "role Family Member": "Integrante de la familia",
        "role Gestor": "Gestor",
        "role Institution": "Institución",
        "role Witness": "Testigo",
    },
    "en": {
        "acta": "Minutes",
        "agreed": "Commitments",
        "agreed_what": "Commitment",
        "agreed_who": "Responsible",
        "agreed_until": "Due date",
        "amends": "These minutes amend the acta {acta}.",
        "and_at": "at",
        "beneficiary": "Person",
        "by": "by",
        "certified": "PAdES with the certificate “{subject}”",
        "chain": "Chain",
        "chain_first": "the first one",
        "chain_number": "number",
        "chain_previous": "seal before it",
        "closed": "Closed",
        "community": "Community",
        "demo_certificate": "DEMONSTRATION CERTIFICATE made by this very site: it proves nothing to third parties.",
        "device_time": "Time of the device",
        "document": "Identity document",
        "draft": "DRAFT: neither closed nor signed for good",
        "draft_short": "draft",
        "esignature": "Electronic signature",
        "family": "Family",
        "field_acta": "Field minutes",
        "fingerprint": "Fingerprint taken at the visit; digest",
        "gestor": "Field officer",
        "instead_of": "In the place of {person}, who does not sign: {reason}",
        "issued_by": "issued by",
        "no_esignature": "This print bears no electronic signature; the sealed PDF that goes with these minutes does.",
        "number": "No.",
        "own_certificate": "Certificate made by the organisation itself: no authority vouches for it.",
        "page": "Page",
        "page_of": "of",
        "people": "Participants and signatures",
        "place": "Place",
        "position": "Position",
        "programme": "Programme",
        "reason": "Reason",
        "recording": "Recording, kept with the minutes",
        "report": "Report",
        "seal": "Seal of these minutes",
        "seal_hash": "SHA-256 seal",
        "seal_short": "seal",
        "signed_on": "Signed on",
        "staff": "Staff",
        "tax_id": "Tax ID",
        "template": "template",
        "time": "Time",
        "time_until": "to",
        "unit": "Productive unit",
        "verify": "Still unaltered? Verify it",
        "visit_date": "Date of the visit",
        "witness": "Signature of the witness",
        "role Beneficiary": "Beneficiary",
        "role Community": "Community",
        "role Family Member": "Family member",
        "role Gestor": "Field officer",
        "role Institution": "Institution",
        "role Witness": "Witness",
    },
}
# What a reader's program is told of the language of the whole document.
TAGS = {"es": "es-CO", "en": "en"}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_NUMBER = re.compile(r"(-?)(\d+)(?:\.(\d+))?")
# Up to four digits stand together, years above all, unless others of their column are longer. Source: Ortografía de la lengua española
# (2010), VIII.2.2. An amount of money is a decimal number, and people write its thousands.


def spoken(code: str) -> str:
    """Return the language of the paper for the language of a template ("es", "en-GB"): one that it speaks, else Spanish."""
    short = code.lower().split("-")[0]
    return short if short in WORDS else "es"


def date_text(day: date, language: str) -> str:
    """Return a date as "22 de noviembre de 2026" or "22 November 2026"."""
    return spanish_date(day) if language == "es" else f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def number_text(value: object, language: str, together: int = 4) -> str | None:
    """Return a number as people write it ("185.000,5", "185,000.5"), None for what is none. No digit is added or left out.

    together: how many digits stand without a separator.
    """
    found = _parts(value)
    if not found:
        return None
    sign, whole, rest = found.groups()
    thousands, point = (".", ",") if language == "es" else (",", ".")
    # A leading zero is part of a code, not of an amount.
    if len(whole) > together and not whole.startswith("0"):
        whole = f"{int(whole):,}".replace(",", thousands)
    return f"{sign}{whole}{point}{rest}" if rest else f"{sign}{whole}"


def is_long(value: object) -> bool:
    """Return whether a value is a number of more than four whole digits: then its whole column is written with separators."""
    found = _parts(value)
    return found is not None and len(found[2]) > 4


def _parts(value: object) -> re.Match[str] | None:
    text = f"{Decimal(str(value)):f}".removesuffix(".0") if isinstance(value, float) else str(value)
    return _NUMBER.fullmatch(text)
