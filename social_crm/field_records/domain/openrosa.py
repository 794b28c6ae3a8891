"""What clients that know nothing of actas are told, and how what they send is taken apart. What their forms ask: `openrosa_form`."""

import base64
import binascii
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from social_crm.field_records.domain.openrosa_form import (
    CANNOT,
    GIVES_PRINT,
    HEAD,
    SIGNS,
    TAIL,
    finger_of,
)

# Where the answer of a fingerprint reader's app stands.
_PRINT = "_huella"
# "FMR", with which such a record begins.
_MAGIC_HEX = "464d52"


@dataclass(frozen=True)
class Signer:
    """One person who signed, or who cannot; files by their names in the form."""

    name: str
    role: str
    document: str
    signature: str
    cannot_sign: bool
    reason: str
    witness: str
    witness_document: str
    witness_signature: str
    person: str = ""
    # A fingerprint in the place of the signature: what the reader's app answered, and the finger.
    capture: str = field(default="", repr=False)
    finger: str = ""


@dataclass(frozen=True)
class Submission:
    """What arrived, taken apart. instance: the template's own part as XML. position: latitude, longitude, accuracy.

    started, ended: ISO times of the client. files: the names of files that the whole form names.
    """

    key: str
    version: str
    instance_id: str
    deprecated_id: str
    instance: str
    family: str = ""
    person: str = ""
    unit: str = ""
    community: str = ""
    day: str = ""
    place: str = ""
    position: tuple[float, ...] = ()
    started: str = ""
    ended: str = ""
    signers: tuple[Signer, ...] = ()
    texts: tuple[str, ...] = field(default=(), repr=False)


def taken_apart(root: Element) -> Submission:
    """Return what a client sent. Nothing is judged but the shape: what is missing is empty."""
    meta = _part(root, "meta")
    head = _part(root, HEAD)
    signers = tuple(_signer(part) for part in root if _name(part) == TAIL and not _is_model(part))
    texts = tuple(
        (part.text or "").strip() for part in root.iter() if not len(part) and (part.text or "").strip()
    )
    ours = {HEAD, TAIL, "_inicio", "_fin"}
    started, ended = _text(root, "_inicio"), _text(root, "_fin")
    own = Element(_name(root), {key: value for key, value in root.attrib.items() if key in ("id", "version")})
    own.extend(part for part in root if _name(part) not in ours)
    return Submission(
        key=root.get("id") or _name(root),
        version=root.get("version", ""),
        instance_id=_text(meta, "instanceID"),
        deprecated_id=_text(meta, "deprecatedID"),
        instance=tostring(own, encoding="unicode"),
        family=_text(head, "_familia"),
        person=_text(head, "_persona"),
        unit=_text(head, "_unidad"),
        community=_text(head, "_comunidad"),
        day=_text(head, "_fecha")[:10],
        place=_text(head, "_lugar"),
        position=_numbers(_text(head, "_posicion")),
        started=started,
        ended=ended,
        signers=signers,
        texts=texts,
    )


def form_list(forms: Iterable[Mapping[str, str]]) -> str:
    """Return the list of forms as OpenRosa has it: formID, name, version, hash, descriptionText, downloadUrl, manifestUrl."""
    root = Element("xforms", xmlns="http://openrosa.org/xforms/xformsList")
    for form in forms:
        _children(SubElement(root, "xform"), form)
    return _document(root)


def manifest(files: Iterable[Mapping[str, str]]) -> str:
    """Return the files that a form needs: filename, hash, downloadUrl."""
    root = Element("manifest", xmlns="http://openrosa.org/xforms/xformsManifest")
    for file in files:
        _children(SubElement(root, "mediaFile"), file)
    return _document(root)


def answer(message: str, nature: str = "") -> str:
    """Return the envelope in which OpenRosa answers. nature: empty for success, else such as "submit_error"."""
    root = Element("OpenRosaResponse", xmlns="http://openrosa.org/http/response")
    SubElement(root, "message", {"nature": nature} if nature else {}).text = message
    return _document(root)


def minutiae(answer: str) -> bytes | None:
    """Return the record that a reader's app answered with, which such apps write in base64 or in hexadecimal; None: neither."""
    text = "".join(answer.split())
    try:
        return (
            bytes.fromhex(text) if text[:6].lower() == _MAGIC_HEX else base64.b64decode(text, validate=True)
        )
    except (binascii.Error, ValueError):
        return None


def without_captures(root: Element, written: Callable[[str], str]) -> str | None:
    """Return a submission as XML without the captures of fingerprints; None where it brings none.

    Wherever they stand: what may lie nowhere in the open must not depend on the shape that a client gives its form.
    written: what stands in the place of a capture.
    """
    kept = deepcopy(root)
    found = [part for part in kept.iter() if _name(part) == _PRINT and "".join(part.itertext()).strip()]
    for part in found:
        said = written("".join(part.itertext()))
        for inner in list(part):
            part.remove(inner)
        part.attrib.clear()
        part.text = said
    return tostring(kept, encoding="unicode") if found else None


def _signer(part: Element) -> Signer:
    way = _text(part, "_firma_si") or SIGNS
    return Signer(
        name=_text(part, "_nombre"),
        role=_text(part, "_papel") or "Beneficiary",
        document=_text(part, "_documento"),
        signature=_text(part, "_firma"),
        cannot_sign=way == CANNOT,
        reason=_text(part, "_motivo"),
        witness=_text(part, "_testigo"),
        witness_document=_text(part, "_testigo_documento"),
        witness_signature=_text(part, "_testigo_firma"),
        person=_text(part, "_registrada"),
        capture=_text(part, _PRINT) if way == GIVES_PRINT else "",
        finger=finger_of(_text(part, "_dedo")),
    )


def _part(parent: Element, name: str) -> Element:
    return next((part for part in parent if _name(part) == name), Element(name))


def _text(parent: Element, name: str) -> str:
    return (_part(parent, name).text or "").strip()


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _is_model(element: Element) -> bool:
    return any(key.rpartition("}")[2] == "template" for key in element.attrib)


def _numbers(text: str) -> tuple[float, ...]:
    """Latitude, longitude and accuracy of a geopoint, which has the altitude in between; empty when it is none."""
    try:
        found = [float(part) for part in text.split()]
    except ValueError:
        return ()
    return (found[0], found[1], *found[3:4]) if len(found) in (2, 4) else ()


def _children(parent: Element, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        SubElement(parent, name).text = str(value)


def _document(root: Element) -> str:
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode")
