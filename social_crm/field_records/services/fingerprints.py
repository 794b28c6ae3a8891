"""Fingerprints taken instead of signatures: with a live authorisation of their own, encrypted, opened for a reason alone.

Ley 1581 de 2012, art. 5 and 6: biometric data are sensitive; nobody is obliged to give them, and they are used only with an
authorisation for this very purpose. A capture is kept to show, in a dispute, that somebody was there; nothing compares it with
others, no list or print shows it, and the withdrawal of the authorisation deletes it. Its digest stays, so that the seal of the
acta still tells what was sealed.
"""

import base64
import binascii
import io
import json
import warnings
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import frappe
from cryptography.fernet import InvalidToken
from frappe import _
from frappe.utils import cint, now_datetime
from PIL import Image

from social_crm.encryption import cipher, keyed_digest
from social_crm.field_records.domain.fingerprints import (
    ISO_FORMAT,
    MAX_BYTES,
    FingerprintError,
    check_capture,
)
from social_crm.field_records.services.sync.clocks import site_time
from social_crm.social_crm.services import authorisations

PURPOSE = "Biometrics"
INKED = "Photo of an Inked Print"
# Of an OpenRosa client: it starts the app of a reader, which answers with the minutiae record alone.
READER_APP = "Reader App on Android"
# Gives a picture, and of its quality no more than "good" or what was wrong: what was not good never leaves the device.
JUDGED = "HID DigitalPersona"
# Of tests: it reads no finger. Taken only by a site whose configuration says so.
SOFTWARE, SOFTWARE_KEY = "Software Reader", "social_crm_software_reader"
LEAST_QUALITY = 60
_CIPHER = b"social_crm fingerprint 1"
_MAX_PIXELS = 4_000_000
# Who may open a capture: an organisation that must show one in a dispute.
READERS = ("Social CRM Administrator", "System Manager")


def keep(acta: str, beneficiary: str | None, capture: Mapping[str, Any]) -> str:
    """Keep a capture for a participant of an acta, and return the name of its row; the same one twice is one row.

    Args:
        acta: its name; it may be about to be stored in the same transaction.
        capture: source and finger (options of the DocType), quality (0 to 100, or None for an inked print), template and
            image (base64, at least one), reader_serial, captured_at (site time; now without it).

    Raises:
        frappe.ValidationError: the person is not on record, has not authorised it, or the capture proves nothing.
    """
    if not beneficiary:
        _refuse_nobody()
    authorisation = _authorisation(beneficiary)
    template, image = _bytes(capture.get("template")), _bytes(capture.get("image"))
    _check(capture, template, image)
    if known := find(acta, beneficiary, capture):
        return known
    doc = frappe.new_doc("Fingerprint")
    doc.update(
        {
            "acta": acta,
            "beneficiary": beneficiary,
            "status": "Kept",
            "digest": _digest(template, image),
            "authorisation": authorisation,
            "finger": capture["finger"],
            "source": capture["source"],
            "quality": capture.get("quality"),
            "captured_at": _moment(capture.get("captured_at")),
            "captured_by": frappe.session.user,
            "reader_serial": str(capture.get("reader_serial") or "")[:140],
            "template_format": ISO_FORMAT if template else None,
        }
    )
    doc.flags.by_the_app = True
    # The right to write the acta is asked by its saving; nobody makes these rows by hand.
    doc.insert(ignore_permissions=True, ignore_links=True, set_name=frappe.generate_hash(length=16))
    content = {"row": doc.name, "template": _text(template), "image": _text(image)}
    sealed = cipher(_CIPHER).encrypt(json.dumps(content).encode()).decode()
    # Past the document: it must lie in no version, log or message on the way.
    frappe.db.set_value("Fingerprint", doc.name, "sealed_capture", sealed, update_modified=False)
    return doc.name


def problem(beneficiary: str | None, capture: Mapping[str, Any]) -> str:
    """Return why a capture proves nothing, in words; empty when it does. The authorisation is asked where it is kept."""
    try:
        if not beneficiary:
            _refuse_nobody()
        _check(capture, _bytes(capture.get("template")), _bytes(capture.get("image")))
    except frappe.ValidationError as error:
        frappe.clear_messages()
        return str(error)
    return ""


def digest_of_text(text: str) -> str:
    """Return what stands in the place of a capture where a text held it: the same one for the same capture, telling nothing of it."""
    return keyed_digest(_CIPHER, text.encode("utf-8", "surrogatepass"))


def last_answers() -> dict[str, str]:
    """Person -> status of the last answer about biometric data: In Force, Refused or Revoked; who never answered is missing.

    Of the persons whom the user may see.
    """
    if not frappe.has_permission("Data Authorisation", "read"):
        return {}
    found = frappe.get_list(
        "Data Authorisation",
        filters={"purpose": PURPOSE, "status": ["in", ["In Force", "Refused", "Revoked"]]},
        fields=["beneficiary", "status"],
        order_by="given_on, name",
        limit=0,
    )
    # A withdrawn answer keeps its status when a later one replaces it.
    return {row.beneficiary: row.status for row in found}


def find(acta: str, beneficiary: str, capture: Mapping[str, Any]) -> str | None:
    """Return the row under which a capture is kept for a person in an acta, if it is."""
    digest = _digest(_bytes(capture.get("template")), _bytes(capture.get("image")))
    same = {"acta": acta, "beneficiary": beneficiary, "digest": digest, "status": "Kept"}
    return frappe.db.get_value("Fingerprint", same)


def may_open() -> bool:
    """Say whether the user opens captures."""
    return bool(set(READERS) & set(frappe.get_roles()))


@frappe.whitelist(methods=["POST"])
def open_capture(name: str, reason: str) -> dict[str, Any]:
    """Return a capture to who must show it in a dispute, and write down who opened it and why.

    {"image": data URI or None, "template": base64 or None}

    Raises:
        frappe.PermissionError: the user holds no role that may open captures, or may not see the acta.
    """
    doc = frappe.get_doc("Fingerprint", name)
    doc.check_permission("read")
    if not may_open():
        frappe.throw(
            _("Only an administrator opens a fingerprint, and only for a reason."),
            frappe.PermissionError,
            title=_("Fingerprint"),
        )
    if not (reason or "").strip():
        frappe.throw(
            _("Write why the fingerprint is opened: it is kept on record."), title=_("Reason Missing")
        )
    if doc.status != "Kept":
        frappe.throw(
            _("This fingerprint was deleted: {0}").format(doc.deletion_reason), title=_("Fingerprint")
        )
    doc.add_comment("Info", _("Opened. Reason: {0}").format(frappe.utils.escape_html(reason.strip())))
    sealed = frappe.db.get_value("Fingerprint", name, "sealed_capture") or ""
    try:
        content = json.loads(cipher(_CIPHER).decrypt(sealed.encode()))
    except InvalidToken:
        content = {}
    if content.get("row") != name:
        frappe.throw(
            _(
                "The fingerprint cannot be opened: it was damaged or moved, or the encryption key of the site is another."
            ),
            title=_("Fingerprint"),
        )
    image = content["image"]
    return {"image": image and f"data:{_mime(_bytes(image))};base64,{image}", "template": content["template"]}


def forget(authorisation: Any) -> None:
    """Delete every capture of a person who no longer authorises biometric data (domain rule; Ley 1581, art. 8 e)."""
    if authorisation.purpose != PURPOSE or authorisations.is_authorised(authorisation.beneficiary, PURPOSE):
        return
    # Whoever may record the withdrawal causes the deletion, seen or not.
    names = frappe.get_all(
        "Fingerprint", filters={"beneficiary": authorisation.beneficiary, "status": "Kept"}, pluck="name"
    )
    for name in names:
        frappe.db.set_value(
            "Fingerprint",
            name,
            {
                "status": "Deleted",
                "sealed_capture": None,
                "deleted_on": now_datetime().replace(microsecond=0),
                "deletion_reason": _("The person no longer authorises the use of biometric data."),
            },
        )
    _unsign_drafts(names)


def _unsign_drafts(names: list[str]) -> None:
    """An acta that is still a draft asks for another signature of who gave these; a closed one keeps what was sealed."""
    # As above: whoever records the withdrawal, whatever of these actas they may see.
    rows = frappe.get_all(
        "Acta Participant",
        filters={"fingerprint": ["in", names or [""]], "parenttype": "Acta"},
        fields=["name", "parent"],
    )
    for row in rows:
        if frappe.db.get_value("Acta", row.parent, "status") != "Closed":
            frappe.db.set_value(
                "Acta Participant", row.name, {"fingerprint": None, "fingerprint_digest": None}
            )


def check_participants(acta: Any) -> None:
    """Let a participant name a fingerprint of this very person alone, of this very acta or of the one that it amends; note
    its digest.
    """
    actas = [acta.name, acta.amends or ""]
    for row in acta.participants:
        row.fingerprint_digest = None
        if row.fingerprint:
            own = {"name": row.fingerprint, "acta": ["in", actas], "beneficiary": row.beneficiary or ""}
            row.fingerprint_digest = frappe.db.get_value("Fingerprint", own, "digest")
            if not row.fingerprint_digest:
                frappe.throw(
                    _("The fingerprint of {0} belongs to another acta or person.").format(
                        row.participant_name
                    ),
                    title=_("Fingerprint"),
                )


def least_quality() -> int:
    """Return the least quality (0 to 100) that the organisation takes from a reader."""
    stored = frappe.db.get_single_value("Social CRM Settings", "fingerprint_quality", cache=False)
    return cint(stored) or LEAST_QUALITY


def refuse_by_hand(doc: Any) -> None:
    """Refuse rows that the app itself does not write."""
    if not doc.flags.by_the_app:
        frappe.throw(
            _("A fingerprint is taken with an acta and never edited."),
            frappe.PermissionError,
            title=_("Fingerprint"),
        )


def refuse_deletion(doc: Any) -> None:
    """A fingerprint of a closed acta stays on record; its capture goes when the person withdraws the authorisation."""
    if not frappe.flags.in_uninstall and frappe.db.get_value("Acta", doc.acta, "status") == "Closed":
        frappe.throw(
            _("This fingerprint belongs to the closed acta {0} and stays with it.").format(doc.acta),
            frappe.PermissionError,
            title=_("Closed Acta"),
        )


def _refuse_nobody() -> None:
    frappe.throw(
        _("Only of somebody on record can a fingerprint be taken: choose the person, or let a witness sign."),
        title=_("Fingerprint"),
    )


def _authorisation(beneficiary: str) -> str:
    """The authorisation in force, whatever day the capture is of: a capture without one today may not be kept today."""
    if authorisations.is_authorised(beneficiary, PURPOSE):
        found = frappe.db.get_value(
            "Data Authorisation",
            {"beneficiary": beneficiary, "purpose": PURPOSE, "status": "In Force"},
            "name",
            order_by="given_on desc",
        )
        if found:
            return found
    return frappe.throw(
        _(
            "{0} has not authorised the use of biometric data. Nobody is obliged to: record the authorisation first, or"
            " let the person sign, or a witness."
        ).format(frappe.db.get_value("Beneficiary", beneficiary, "full_name") or beneficiary),
        title=_("Authorisation Missing"),
    )


def _moment(given: Any) -> datetime:
    """When a capture was taken by the device's clock, whole seconds in the site's time; now when it does not say."""
    told = site_time(str(given)) if given else None
    return told or now_datetime().replace(microsecond=0)


def _check(capture: Mapping[str, Any], template: bytes | None, image: bytes | None) -> None:
    sources = (frappe.get_meta("Fingerprint").get_field("source").options or "").split("\n")
    source, quality = capture.get("source"), capture.get("quality")
    if source not in sources or (source == SOFTWARE and not _takes_software()):
        frappe.throw(_("This reader is not known: {0}.").format(source), title=_("Fingerprint"))
    quality = quality if isinstance(quality, int) and not isinstance(quality, bool) else None
    if image and not _mime(image):
        frappe.throw(_("The image of the fingerprint does not open."), title=_("Fingerprint"))
    try:
        check_capture(
            template, image, str(capture.get("finger")), quality, least_quality(), source in (INKED, JUDGED)
        )
    except FingerprintError as problem:
        texts = {
            "nothing": _("The capture is empty. Take it again."),
            "size": _("The capture is larger than {0} kB.").format(MAX_BYTES // 1000),
            "template": _("What the reader gave is no minutiae record (ISO 19794-2)."),
            "minutiae": _(
                "The print shows too little of the finger. Clean the finger and the reader, and take it again."
            ),
            "image": _("A photo of an inked print, or of a DigitalPersona reader, is one picture alone."),
            "finger": _("Say which finger it is."),
            "quality": _(
                "The quality is below {0} of 100. Clean the finger and the reader, and take it again."
            ).format(least_quality()),
        }
        frappe.throw(texts[problem.code], title=_("Fingerprint"))


def _takes_software() -> bool:
    # Frappe 16 looks at the file once a minute: who has just asked for it is not kept waiting.
    return bool(frappe.conf.get(SOFTWARE_KEY) or frappe.get_site_config().get(SOFTWARE_KEY))


def _bytes(text: Any) -> bytes | None:
    """The bytes of a base64 text; what is too long is cut just past the bound, so that it is refused and not kept."""
    if not text:
        return None
    try:
        return base64.b64decode(str(text)[: MAX_BYTES * 2], validate=True)
    except (binascii.Error, ValueError):
        return frappe.throw(_("The capture arrived damaged. Take it again."), title=_("Fingerprint"))


def _digest(template: bytes | None, image: bytes | None) -> str:
    return keyed_digest(_CIPHER, (template or b"") + b"|" + (image or b""))


def _text(data: bytes | None) -> str | None:
    return base64.b64encode(data).decode() if data else None


def _mime(data: bytes | None) -> str:
    """What a picture is (PNG, JPEG, BMP, WebP), or an empty text for what does not open or is too large."""
    if not data:
        return ""
    try:
        with warnings.catch_warnings():
            # Pillow only warns of a picture that is much larger unpacked than it looks; our own bound is asked below.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "BMP", "WEBP"))
            if image.width * image.height > _MAX_PIXELS:
                return ""
            image.load()
    except Exception:
        # Pillow raises errors of many kinds on broken files.
        return ""
    return Image.MIME.get(image.format or "", "")
