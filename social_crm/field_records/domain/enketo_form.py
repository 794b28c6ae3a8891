"""An XForm as the HTML and the model that the form engine Enketo draws and fills.

What Enketo expects is what its own transformer makes of an XForm; a test compares the two in a browser. Here it is written
anew, for the XForms that our templates become: groups, repeats, inputs, choices from lists, files, calculations. So nothing is
transformed where the form is filled, and browsers may drop XSLT.
"""

import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from social_crm.field_records.domain.enketo_markup import (
    JAVAROSA,
    XFORMS,
    XHTML,
    appearances_of,
    branch,
    capture_of,
    classes_of,
    content_of,
    default_message,
    direction_of,
    escaped,
    model_of,
    only,
    set_value_of,
    star_of,
    tag,
    type_of,
    void,
)
from social_crm.field_records.domain.xlsform import language_code, language_title

_INPUT_TYPES = {
    "int": "number",
    "decimal": "number",
    "date": "date",
    "time": "time",
    "dateTime": "datetime-local",
    "binary": "file",
}
_MULTILINE = ("multi-line", "multiline", "text-area", "textarea")
_DENSE = ("compact", "list-nolabel", "label", "likert", "no-buttons")


@dataclass(frozen=True)
class EnketoForm:
    """The HTML of a form and its model, as texts."""

    html: str
    model: str


def transform(root: Element) -> EnketoForm:
    """Return a form of our own making (the root element of the XForm that pyxform wrote) as Enketo draws it.

    Raises:
        ValueError: the XForm has an element that our templates never become.
    """
    return EnketoForm(_Form(root).draw(), model_of(root))


class _Form:
    def __init__(self, root: Element) -> None:
        self.model = only(root, f"{XHTML}head/{XFORMS}model")
        self.body = only(root, f"{XHTML}body")
        self.title = only(root, f"{XHTML}head/{XHTML}title").text or ""
        self.primary = only(self.model, f"{XFORMS}instance")[0]
        self.binds = {bind.get("nodeset", ""): bind for bind in self.model.findall(f"{XFORMS}bind")}
        translations = self.model.findall(f"{XFORMS}itext/{XFORMS}translation")
        self.languages = [one.get("lang", "") for one in translations]
        default = [one.get("lang", "") for one in translations if one.get("default")]
        self.default_language = (default or self.languages or [""])[0]
        self.texts: dict[str, list[tuple[str, Element]]] = {}
        for one in translations:
            for text in one.findall(f"{XFORMS}text"):
                value = text.find(f"{XFORMS}value")
                if value is not None:
                    self.texts.setdefault(text.get("id", ""), []).append((one.get("lang", ""), value))
        self.controls = {
            one.get("ref", "")
            for kind in ("input", "upload", "select", "select1")
            for one in self.body.iter(f"{XFORMS}{kind}")
        }
        self.set_values: dict[str, list[Element]] = {}
        for one in root.iter(f"{XFORMS}setvalue"):
            self.set_values.setdefault(one.get("ref", ""), []).append(one)

    def draw(self) -> str:
        form_id = self.primary.get("id", "")
        classes = classes_of("or", "clearfix", *self.body.get("class", "").split())
        attributes = {
            "autocomplete": "off",
            "novalidate": "novalidate",
            "class": classes,
            "dir": "ltr",
            "data-form-id": form_id,
        }
        return tag(
            "form",
            attributes,
            tag("section", {"class": "form-logo"}),
            tag("h3", {"dir": "auto", "id": "form-title"}, escaped(self.title)),
            self._language_menu(),
            *(self._element(element) for element in self.body),
            self._hidden("or-preload-items", f"{JAVAROSA}preload"),
            self._hidden("or-calculated-items", "calculate"),
            self._hidden_set_values(),
        )

    def _language_menu(self) -> str:
        if not self.languages:
            return ""
        options = (
            tag(
                "option",
                {"value": language_code(name), "data-dir": direction_of(name)},
                escaped(language_title(name)),
            )
            for name in self.languages
        )
        attributes = {"id": "form-languages", "data-default-lang": language_code(self.default_language)}
        if len(self.languages) == 1:
            attributes["style"] = "display:none;"
        return tag("select", attributes, *options)

    def _element(self, element: Element) -> str:
        kind = element.tag.removeprefix(XFORMS)
        if kind in ("label", "hint", "setvalue"):
            # Labels and hints are drawn by what they belong to, set values on the question that they set.
            return ""
        if kind == "group":
            return self._group(element)
        if kind == "repeat":
            return self._repeat(element)
        if kind in ("input", "upload"):
            return self._question(element, kind)
        if kind in ("select", "select1"):
            return self._choice(element, kind)
        raise ValueError(f"Unknown element of a form: {element.tag}")

    def _group(self, element: Element) -> str:
        repeat = element.find(f"{XFORMS}repeat")
        path = element.get("ref", "") or (repeat.get("nodeset", "") if repeat is not None else "")
        bind = self.binds.get(path)
        label = self._label(element)
        attributes = {
            "class": classes_of(
                "or-group" if label else "or-group-data",
                *branch(bind),
                *appearances_of(element),
                *(one for one in appearances_of(repeat) if one.endswith(("-compact", "-no-collapse"))),
            )
        }
        if path:
            attributes["name"] = path
        if bind is not None and bind.get("relevant"):
            attributes["data-relevant"] = bind.get("relevant", "")
        parts = (self._element(part) for part in element)
        return tag("section", attributes, tag("h4", {}, label) if label else "", *parts)

    def _repeat(self, element: Element) -> str:
        path = element.get("nodeset", "")
        classes = classes_of("or-repeat", *appearances_of(element))
        parts = (self._element(part) for part in element)
        section = tag("section", {"class": classes, "name": path}, *parts)
        count = element.get(f"{JAVAROSA}count")
        info = {"class": "or-repeat-info", "data-name": path}
        return section + tag("div", info | ({"data-repeat-count": count} if count else {}))

    def _question(self, element: Element, kind: str) -> str:
        path = element.get("ref", "")
        bind = self.binds.get(path)
        appearance = element.get("appearance", "").lower()
        is_text = bind is None or type_of(bind) == "string"
        attributes = self._binding(path, bind)
        if any(word in appearance for word in _MULTILINE):
            control = tag("textarea", attributes)
        else:
            input_type = _INPUT_TYPES.get(type_of(bind), "text")
            if is_text and "numbers" in appearance:
                input_type = "tel"
            attributes = {"type": input_type, **attributes}
            if kind == "upload":
                attributes["accept"] = element.get("mediatype", "")
                attributes |= capture_of(appearance)
            control = void("input", attributes)
        return tag(
            "label",
            {"class": classes_of("question", *branch(bind), "non-select", *appearances_of(element))},
            self._label(element),
            "" if bind is not None and bind.get("readonly") == "true()" else star_of(bind),
            self._hint(element),
            control,
            self._messages(bind),
        )

    def _choice(self, element: Element, kind: str) -> str:
        appearance = element.get("appearance", "").lower()
        if any(word in appearance for word in ("minimal", "autocomplete", "search")):
            return self._drop_down(element, kind, appearance)
        path = element.get("ref", "")
        bind = self.binds.get(path)
        itemset = only(element, f"{XFORMS}itemset")
        attributes = {
            "type": "radio" if kind == "select1" else "checkbox",
            **self._binding(path, bind),
            "value": "",
        }
        if kind == "select1":
            attributes["data-name"] = path
        template = {"class": "itemset-template", "data-items-path": itemset.get("nodeset", "")}
        simple = [] if any(word in appearance for word in _DENSE) else ["simple-select"]
        return tag(
            "fieldset",
            {"class": classes_of("question", *simple, *branch(bind), *appearances_of(element))},
            tag(
                "fieldset",
                {},
                tag("legend", {}, self._label(element), star_of(bind), self._hint(element)),
                tag(
                    "div",
                    {"class": "option-wrapper"},
                    tag("label", template, void("input", attributes)),
                    self._item_labels(itemset),
                ),
            ),
            self._messages(bind),
        )

    def _drop_down(self, element: Element, kind: str, appearance: str) -> str:
        path = element.get("ref", "")
        bind = self.binds.get(path)
        itemset = only(element, f"{XFORMS}itemset")
        binding = self._binding(path, bind)
        template = {
            "class": "itemset-template",
            "value": "",
            "data-items-path": itemset.get("nodeset", ""),
        }
        option = tag("option", template, "...")
        if kind == "select1" and "minimal" not in appearance:
            list_id = re.sub(r"[ _\-.\\/]", "", path)
            control = void("input", {**binding, "type": "text", "list": list_id})
            control += tag("datalist", {"id": list_id}, option)
        else:
            several = {"multiple": "multiple"} if kind == "select" else {}
            control = tag("select", {**several, **binding}, option)
        return tag(
            "label",
            {"class": classes_of("question", *appearances_of(element), *branch(bind))},
            self._label(element),
            star_of(bind),
            self._hint(element),
            control,
            tag("span", {"class": "or-option-translations", "style": "display:none;"}, " "),
            self._item_labels(itemset),
            self._messages(bind),
        )

    def _item_labels(self, itemset: Element) -> str:
        value = only(itemset, f"{XFORMS}value").get("ref", "")
        label = only(itemset, f"{XFORMS}label").get("ref", "")
        attributes = {"class": "itemset-labels", "data-value-ref": value}
        match = re.fullmatch(r"jr:itext\((\w+)\)", label)
        if not match:
            return tag("span", {**attributes, "data-label-ref": label}, " ")
        attributes |= {"data-label-type": "itext", "data-label-ref": match.group(1)}
        list_match = re.match(r"instance\('([^']+)'\)", itemset.get("nodeset", ""))
        texts = []
        for instance in self.model.findall(f"{XFORMS}instance"):
            if list_match and instance.get("id") == list_match.group(1):
                for one in instance.iter(f"{XFORMS}{match.group(1)}"):
                    texts.append(self._translations(one.text or "", "option-label"))
        return tag("span", attributes, *texts, " ")

    def _binding(self, path: str, bind: Element | None) -> dict[str, str]:
        attributes = {"name": path}
        if bind is None:
            return {**attributes, "data-type-xml": "string"}
        if bind.get("required", "false()") != "false()":
            attributes["data-required"] = bind.get("required", "")
        for name, attribute in (
            ("constraint", "data-constraint"),
            ("relevant", "data-relevant"),
            ("calculate", "data-calculate"),
        ):
            if bind.get(name):
                attributes[attribute] = bind.get(name, "")
        attributes["data-type-xml"] = type_of(bind)
        if type_of(bind) == "decimal":
            attributes["step"] = "any"
        if bind.get("readonly") == "true()":
            attributes["readonly"] = "readonly"
        if path in self.set_values:
            attributes |= set_value_of(self.set_values[path])
        return attributes

    def _hidden(self, name: str, attribute: str) -> str:
        """What is calculated or filled in by the engine and has no control of its own."""
        binds = [
            (path, bind)
            for path, bind in self.binds.items()
            if bind.get(attribute) and path not in self.controls
        ]
        if not any(bind.get(attribute) for bind in self.binds.values()):
            return ""
        inputs = []
        for path, bind in binds:
            attributes = {"type": "hidden", "name": path}
            for source, target in (
                ("constraint", "data-constraint"),
                ("relevant", "data-relevant"),
                ("calculate", "data-calculate"),
            ):
                if bind.get(source):
                    attributes[target] = bind.get(source, "")
            if bind.get(f"{JAVAROSA}preload"):
                attributes["data-preload"] = bind.get(f"{JAVAROSA}preload", "")
                attributes["data-preload-params"] = bind.get(f"{JAVAROSA}preloadParams", "")
            attributes["data-type-xml"] = type_of(bind)
            classes = classes_of(*branch(bind), "calculation", "non-select")
            inputs.append(tag("label", {"class": classes}, void("input", attributes)))
        return tag("fieldset", {"id": name, "style": "display:none;"}, *inputs)

    def _hidden_set_values(self) -> str:
        if not self.model.findall(f"{XFORMS}setvalue"):
            return ""
        inputs = []
        for path, elements in self.set_values.items():
            if path not in self.controls:
                attributes = {"type": "hidden", "name": path, "data-type-xml": type_of(self.binds.get(path))}
                control = void("input", {**attributes, **set_value_of(elements)})
                inputs.append(tag("label", {"class": "setvalue non-select"}, control))
        return tag("fieldset", {"id": "or-setvalue-items", "style": "display:none;"}, *inputs)

    def _messages(self, bind: Element | None) -> str:
        if bind is None:
            return ""
        found = ""
        if bind.get("constraint"):
            message = bind.get(f"{JAVAROSA}constraintMsg", "")
            found += (
                self._message(message, "or-constraint-msg")
                if message
                else default_message("or-constraint-msg", "constraint.invalid", "Value not allowed")
            )
        if bind.get("required", "false()") != "false()":
            message = bind.get(f"{JAVAROSA}requiredMsg", "")
            found += (
                self._message(message, "or-required-msg")
                if message
                else default_message("or-required-msg", "constraint.required", "This field is required")
            )
        return found

    def _message(self, message: str, kind: str) -> str:
        match = re.fullmatch(r"jr:itext\('(.+)'\)", message)
        if match:
            return self._translations(match.group(1), kind)
        return tag("span", {"lang": "", "class": f"{kind} active"}, escaped(message))

    def _label(self, element: Element) -> str:
        return self._wording(element.find(f"{XFORMS}label"), "question-label")

    def _hint(self, element: Element) -> str:
        return self._wording(element.find(f"{XFORMS}hint"), "or-hint")

    def _wording(self, element: Element | None, kind: str) -> str:
        if element is None:
            return ""
        match = re.fullmatch(r"jr:itext\('(.+)'\)", element.get("ref", ""))
        if match:
            return self._translations(match.group(1), kind)
        content = content_of(element)
        return tag("span", {"lang": "", "class": f"{kind} active"}, content) if content else ""

    def _translations(self, text_id: str, kind: str) -> str:
        spans = []
        for language, value in self.texts.get(text_id, []):
            active = "active" if language == self.default_language else ""
            attributes = {
                "lang": language_code(language),
                "class": classes_of(kind, active),
                "data-itext-id": text_id,
            }
            spans.append(tag("span", attributes, content_of(value)))
        return "".join(spans)
