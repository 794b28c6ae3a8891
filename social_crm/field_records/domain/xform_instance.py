"""The XML that a form engine fills (an instance of an XForm) and the answers of an acta: each made of the other.

An instance comes from a device and is judged like anything from outside: size, depth and number of elements are bounded,
a DOCTYPE and entities are refused, every element must be one of the template. What is wrong with a value itself (a text where
a number belongs) is not judged here: `answers.examine` does it for every door.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped,unused-ignore]
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped,unused-ignore]

from social_crm.field_records.domain.answer_values import clean
from social_crm.field_records.domain.expression_values import as_moment
from social_crm.field_records.domain.templates import FILES, MAX_REPEATS, Item, Template, count_name

MAX_BYTES = 2_000_000
MAX_ELEMENTS = 100_000
MAX_DEPTH = 20
_META = "meta"
_SHORT_TIME = re.compile(r"\d\d:\d\d")
_JAVAROSA = "http://openrosa.org/javarosa"


class InstanceError(ValueError):
    """The XML is no instance of the template; `code` names the rule, `detail` the part."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class Instance:
    """What an instance says: the answers, its own identifier and the one that it replaces, both empty when absent."""

    answers: Mapping[str, Any]
    instance_id: str = ""
    deprecated_id: str = ""


def parse(text: str) -> Element:
    """Return the root of an instance from outside.

    Raises:
        InstanceError: too_big, not_xml, forbidden (DOCTYPE or entities), too_many_elements, too_deep.
    """
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise InstanceError("too_big", str(MAX_BYTES))
    try:
        root: Element = fromstring(text, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    except DefusedXmlException as error:
        raise InstanceError("forbidden") from error
    except (ParseError, ValueError) as error:
        raise InstanceError("not_xml") from error
    level = [root]
    count = 0
    for _ in range(MAX_DEPTH + 1):
        count += len(level)
        if count > MAX_ELEMENTS:
            raise InstanceError("too_many_elements", str(MAX_ELEMENTS))
        level = [part for element in level for part in element]
        if not level:
            return root
    raise InstanceError("too_deep", str(MAX_DEPTH))


def read(template: Template, key: str, version: int, text: str, media: Mapping[str, str]) -> Instance:
    """Return what an instance of one version of a template says.

    media: name of a file as the XML has it -> what the answer becomes, the address of the stored file.

    Raises:
        InstanceError: as `parse`, or wrong_form, wrong_version, unknown_element, twice, too_many_rows, missing_file.
    """
    root = parse(text)
    if _name(root) != key or root.get("id", key) != key:
        raise InstanceError("wrong_form", root.get("id") or _name(root))
    if root.get("version", "") != str(version):
        raise InstanceError("wrong_version", root.get("version", ""))
    meta = next((element for element in root if _name(element) == _META), None)
    ids = {_name(element): (element.text or "").strip() for element in (meta if meta is not None else ())}
    answers = _read(template, template.items, root, media, is_root=True)
    return Instance(answers, ids.get("instanceID", ""), ids.get("deprecatedID", ""))


def named_files(template: Template, text: str) -> dict[str, set[str]]:
    """Return the names of files that an instance gives where the template asks for one, with the types of those questions.

    Raises:
        InstanceError: as `parse`.
    """
    found: dict[str, set[str]] = {}
    _name_files(template.items, parse(text), found)
    return found


def _name_files(items: tuple[Item, ...], parent: Element, found: dict[str, set[str]]) -> None:
    known = {item.row.name: item for item in items}
    for element in parent:
        item = known.get(_name(element))
        if item and (item.is_group or item.is_repeat):
            _name_files(item.parts, element, found)
        elif item and item.row.field_type in FILES and (name := (element.text or "").strip()):
            found.setdefault(name, set()).add(item.row.field_type)


def write(
    template: Template,
    key: str,
    version: int,
    answers: Mapping[str, Any],
    instance_id: str = "",
    offset: str = "+00:00",
) -> str:
    """Return answers as an instance; the answer of a picture is written as the name of its file.

    offset: of the zone whose clock the times were read from, as "-05:00"; form engines take no time without one.
    """
    root = Element(key, {"id": key, "version": str(version)})
    _write(template.items, root, answers, offset)
    meta = SubElement(root, _META)
    SubElement(meta, "instanceID").text = instance_id or None
    return tostring(root, encoding="unicode")


def _read(
    template: Template,
    items: tuple[Item, ...],
    parent: Element,
    media: Mapping[str, str],
    is_root: bool = False,
) -> dict[str, Any]:
    known = {item.row.name: item for item in items}
    # How many rows there are is worked out here, as every calculation is.
    counts = {count_name(item.row.name) for item in items if item.count is not None}
    found: dict[str, list[Element]] = {}
    for element in parent:
        name = _name(element)
        if name not in known and name not in counts and not (is_root and name == _META):
            raise InstanceError("unknown_element", name)
        # The model of a form holds an empty row to copy; it is not a row of its own.
        if f"{{{_JAVAROSA}}}template" not in element.attrib:
            found.setdefault(name, []).append(element)
    answers: dict[str, Any] = {}
    for name, item in known.items():
        elements = found.get(name, [])
        if item.is_repeat:
            rows = [_read(template, item.parts, element, media) for element in elements[: MAX_REPEATS + 1]]
            if len(rows) > MAX_REPEATS:
                raise InstanceError("too_many_rows", name)
            # Of rows that are counted an empty one counts too.
            if kept := [row for row in rows if row or item.count is not None]:
                answers[name] = kept
        elif len(elements) > 1:
            raise InstanceError("twice", name)
        elif elements and item.is_group:
            answers |= _read(template, item.parts, elements[0], media)
        elif elements and (item.keeps_first or item.row.field_type not in ("note", "calculate")):
            value = _read_value(template, item, elements[0], media)
            if value is not None:
                answers[name] = value
    return answers


def _read_value(template: Template, item: Item, element: Element, media: Mapping[str, str]) -> Any:
    if len(element):
        raise InstanceError("unknown_element", _name(element[0]))
    text = (element.text or "").strip()
    if not text:
        return None
    if item.row.field_type in FILES:
        if text not in media:
            raise InstanceError("missing_file", text)
        text = media[text]
    value, code = clean(item, text, template)
    # A wrong value goes on as it came, so that the finding names it.
    return text if code else value


def _write(items: tuple[Item, ...], parent: Element, answers: Mapping[str, Any], offset: str) -> None:
    for item in items:
        name = item.row.name
        if item.is_group:
            _write(item.parts, SubElement(parent, name), answers, offset)
        elif item.is_repeat:
            for row in answers.get(name) or []:
                _write(item.parts, SubElement(parent, name), row, offset)
        else:
            SubElement(parent, name).text = _text_of(item, answers.get(name), offset) or None


def _text_of(item: Item, value: Any, offset: str) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        point = [str(value.get("latitude", "")), str(value.get("longitude", ""))]
        # Altitude is not kept; where there is an accuracy, its place is filled.
        return " ".join([*point, "0", str(value["accuracy"])] if value.get("accuracy") else point)
    if isinstance(value, list):
        return " ".join(str(one) for one in value)
    text = str(value)
    if item.row.field_type == "datetime" and (moment := as_moment(text)):
        return f"{moment.isoformat(timespec='seconds')}.000{offset}"
    if item.row.field_type == "time" and _SHORT_TIME.fullmatch(text):
        # As the form engine writes a time itself; it takes a shorter one for none.
        return f"{text}:00.000{offset}"
    if item.row.field_type in FILES:
        text = text.rpartition("/")[2]
    # XML has no place for control characters.
    return "".join(char for char in text if char in "\t\n\r" or _is_xml(ord(char)))


def _is_xml(code: int) -> bool:
    return 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
