"""Pieces of the HTML and of the model that Enketo reads: tags, classes, texts and what attributes of an XForm become."""

import html
from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element

from social_crm.field_records.domain.xlsform import language_code

XFORMS = "{http://www.w3.org/2002/xforms}"
XHTML = "{http://www.w3.org/1999/xhtml}"
JAVAROSA = "{http://openrosa.org/javarosa}"
_ODK = "{http://www.opendatakit.org/xforms}"
_PREFIXES = {
    "http://openrosa.org/javarosa": "jr",
    "http://openrosa.org/xforms": "orx",
    "http://www.opendatakit.org/xforms": "odk",
}


def model_of(root: Element) -> str:
    model = only(root, f"{XHTML}head/{XFORMS}model")
    instances = "".join(_plain(one, declare=False) for one in model.findall(f"{XFORMS}instance"))
    version = model.get(f"{_ODK}xforms-version")
    odk = f' xmlns:odk="{_ODK[1:-1]}" odk:xforms-version="{_quoted(version)}"' if version else ""
    return f"<model{odk}>{instances}</model>"


def _plain(element: Element, declare: bool) -> str:
    """An element of the model without the namespace of XForms; the child of an instance declares the prefixes."""
    name = element.tag.removeprefix(XFORMS)
    attributes = {_prefixed(key): value for key, value in element.items()}
    if declare:
        attributes |= {f"xmlns:{prefix}": address for address, prefix in _PREFIXES.items() if prefix != "odk"}
    inner = "".join(_plain(part, declare=name == "instance") for part in element)
    text = html.escape(element.text or "", quote=False) if not len(element) else ""
    opened = name + "".join(f' {key}="{_quoted(value)}"' for key, value in attributes.items())
    return f"<{opened}>{text}{inner}</{name}>" if text or inner else f"<{opened}/>"


def _prefixed(key: str) -> str:
    if not key.startswith("{"):
        return key
    address, _, local = key[1:].partition("}")
    return f"{_PREFIXES[address]}:{local}"


def only(element: Element, path: str) -> Element:
    found = element.find(path)
    if found is None:
        raise ValueError(f"The form has no {path}")
    return found


def type_of(bind: Element | None) -> str:
    kind = bind.get("type", "") if bind is not None else ""
    return kind.rpartition(":")[2] or "string"


def branch(bind: Element | None) -> tuple[str, ...]:
    return ("or-branch", "pre-init") if bind is not None and bind.get("relevant") else ()


def appearances_of(element: Element | None) -> list[str]:
    words = (element.get("appearance", "") if element is not None else "").lower().split()
    found = [f"or-appearance-{word}" for word in words]
    if element is None or element.tag not in (f"{XFORMS}select", f"{XFORMS}select1"):
        return found
    # On choices the older words for columns are said in today's words too.
    for word in words:
        if word == "horizontal":
            found.append("or-appearance-columns")
        elif word in ("horizontal-compact", "compact"):
            found.append("or-appearance-columns-pack")
        if word == "compact" or word.startswith("compact-"):
            found.append("or-appearance-no-buttons")
        if word.startswith("compact-"):
            found.append(word.removeprefix("compact-"))
    return found


def capture_of(appearance: str) -> dict[str, str]:
    if "new" not in appearance:
        return {}
    if "new-front" in appearance:
        return {"capture": "user"}
    return {"capture": "environment" if "new-rear" in appearance else ""}


def set_value_of(elements: Sequence[Element]) -> dict[str, str]:
    """The default that is calculated: in a repeat it is written once for the first row and once for new ones."""
    values = [one.get("value") or (f'"{one.text}"' if one.text else "") for one in elements]
    events = " ".join(dict.fromkeys(event for one in elements for event in one.get("event", "").split()))
    return {"data-setvalue": values[0], "data-event": events}


def star_of(bind: Element | None) -> str:
    required = bind is not None and bind.get("required", "false()") not in ("", "false()")
    return tag("span", {"class": "required"}, "*") if required else ""


def default_message(kind: str, key: str, text: str) -> str:
    # The key is what Enketo's own translator goes by; the text stands there until it has.
    return tag("span", {"class": f"{kind} active", "lang": "", "data-i18n": key}, text)


def content_of(element: Element) -> str:
    """A text in which answers may stand: `<output value="path"/>` becomes the span that Enketo fills."""
    parts = [escaped(element.text or "")]
    for part in element:
        if part.tag == f"{XFORMS}output":
            parts.append(tag("span", {"class": "or-output", "data-value": part.get("value", "")}, " "))
        parts.append(escaped(part.tail or ""))
    return "".join(parts)


def direction_of(language: str) -> str:
    return "rtl" if language_code(language).split("-")[0] in ("ar", "he", "fa", "ur") else "ltr"


def classes_of(*names: str) -> str:
    return " ".join(name for name in names if name)


def escaped(text: str) -> str:
    return html.escape(text, quote=False).replace("\n", "<br>")


def _quoted(value: str) -> str:
    return html.escape(value, quote=True).replace("\n", "&#10;")


def void(name: str, attributes: Mapping[str, str]) -> str:
    return f"<{name}" + "".join(f' {key}="{_quoted(value)}"' for key, value in attributes.items()) + ">"


def tag(name: str, attributes: Mapping[str, str], *parts: str) -> str:
    return void(name, attributes) + "".join(parts) + f"</{name}>"
