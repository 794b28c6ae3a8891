"""What a form carries besides its questions for clients that know nothing of actas, and how it is read out of what they send.

Such a client shows a form and no more. So the form asks at its head whom it is about (a family, a person of it, a productive
unit, or a community), when and where, and at its tail who signs. Names begin with an underscore, which no name of a template may: they are never a template's own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

HEAD, TAIL = "_acta", "_firmantes"
FAMILIES, PERSONS, UNITS = "familias.csv", "personas.csv", "unidades.csv"
COMMUNITIES = "comunidades.csv"
FILES = (FAMILIES, PERSONS, UNITS, COMMUNITIES)
# What the head and the tail are; another number whenever they change, so that forms are made anew.
LAYOUT = 2
_ROLES = (
    ("Beneficiary", "Beneficiario"),
    ("Family Member", "Integrante de la familia"),
    ("Gestor", "Gestor"),
    ("Community", "Comunidad"),
    ("Institution", "Institución"),
    ("Witness", "Testigo"),
)
_LIST_OF_ROLES, _LIST_OF_YES = "_papeles", "_si_no"
_SIGNS, _NOT = "${_firma_si} = 'si'", "${_firma_si} = 'no'"

Row = dict[str, str]


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


def dressed(sheets: Mapping[str, list[Row]], languages: Sequence[str], title: str) -> dict[str, list[Row]]:
    """Return the sheets of a form with head and tail around its questions. languages: of the form; head and tail say the same in each."""

    def texts(column: str, text: str) -> Row:
        return {f"{column}::{language}": text for language in languages}

    def row(kind: str, name: str, label: str = "", **cells: str) -> Row:
        return {"type": kind, "name": name, **(texts("label", label) if label else {}), **cells}

    def listed(file: str, name: str, label: str, **cells: str) -> Row:
        return row(f"select_one_from_file {file}", name, label, appearance="autocomplete", **cells)

    of_family = {"choice_filter": "family = ${_familia}", "relevant": "${_familia} != ''"}
    head = [
        row("start", "_inicio"),
        row("end", "_fin"),
        row("begin_group", HEAD, title),
        listed(FAMILIES, "_familia", "Familia"),
        listed(PERSONS, "_persona", "Persona de la familia, si el acta es sobre una", **of_family),
        listed(UNITS, "_unidad", "Unidad productiva, si el acta es sobre una", **of_family),
        listed(COMMUNITIES, "_comunidad", "Comunidad", required="yes", relevant="${_familia} = ''"),
        row(
            "date",
            "_fecha",
            "Fecha de la visita",
            required="yes",
            default="today()",
            constraint=". <= today()",
        ),
        row("text", "_lugar", "Lugar"),
        row("geopoint", "_posicion", "Posición"),
        {"type": "end_group"},
    ]
    signs = {"required": "yes", "relevant": _SIGNS, "appearance": "signature"}
    refuses = {"required": "yes", "relevant": _NOT}
    tail = [
        row("begin_repeat", TAIL, "Participantes y firmas"),
        listed(PERSONS, "_registrada", "Persona registrada, si lo es"),
        row("text", "_nombre", "Nombre completo", required="yes"),
        row(f"select_one {_LIST_OF_ROLES}", "_papel", "Papel", required="yes"),
        row("text", "_documento", "Documento"),
        row(f"select_one {_LIST_OF_YES}", "_firma_si", "¿Firma?", required="yes", default="si"),
        row("image", "_firma", "Firma", **signs),
        row("text", "_motivo", "Motivo por el que no firma", **refuses),
        row("text", "_testigo", "Nombre del testigo", **refuses),
        row("text", "_testigo_documento", "Documento del testigo", relevant=_NOT),
        row("image", "_testigo_firma", "Firma del testigo", relevant=_NOT, appearance="signature"),
        {"type": "end_repeat"},
    ]
    lists = [(_LIST_OF_ROLES, value, label) for value, label in _ROLES]
    lists += [(_LIST_OF_YES, "si", "Sí"), (_LIST_OF_YES, "no", "No")]
    choices = [{"list_name": name, "name": value, **texts("label", label)} for name, value, label in lists]
    return {
        **sheets,
        "survey": [*head, *sheets["survey"], *tail],
        "choices": [*sheets["choices"], *choices],
    }


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


def _signer(part: Element) -> Signer:
    return Signer(
        name=_text(part, "_nombre"),
        role=_text(part, "_papel") or "Beneficiary",
        document=_text(part, "_documento"),
        signature=_text(part, "_firma"),
        cannot_sign=_text(part, "_firma_si") == "no",
        reason=_text(part, "_motivo"),
        witness=_text(part, "_testigo"),
        witness_document=_text(part, "_testigo_documento"),
        witness_signature=_text(part, "_testigo_firma"),
        person=_text(part, "_registrada"),
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
