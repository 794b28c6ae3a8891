"""Every string of the app that a person may read, with the place it comes from.

Standard files give names, labels, options and descriptions; source code gives what is wrapped in `_()` or `__()`.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from local_bench.checks import tree


class Message(NamedTuple):
    """A source string and where it stands."""

    text: str
    place: str


class Problem(NamedTuple):
    """A place where a translatable string cannot be found by reading the source."""

    place: str
    what: str


# A string argument of __() or _(): the quote, then anything but that quote, with escapes.
SCRIPT_CALL = re.compile(r"""(?<![\w.$])__\(\s*(?:(["'`])((?:\\.|(?!\1).)*)\1\s*([,)+])?)?""", re.DOTALL)
JINJA_CALL = re.compile(r"""(?<![\w.$])_{1,2}\(\s*(["'])((?:\\.|(?!\1).)*)\1""", re.DOTALL)
SCRIPT_BARE = re.compile(
    r"""frappe\.(?:msgprint|throw|show_alert|confirm|prompt)\(\s*(["'`])((?:\\.|(?!\1).)+)\1""", re.DOTALL
)
ESCAPES = {"\\n": "\n", '\\"': '"', "\\'": "'", "\\`": "`", "\\t": "\t", "\\\\": "\\"}
BREAKS = {"Section Break", "Column Break", "Tab Break"}
UNREAD_OPTIONS = {"", "Link", "Table"}


def _unescape(text: str) -> str:
    return re.sub(r"\\.", lambda match: ESCAPES.get(match.group(0), match.group(0)[1:]), text)


# -- standard files --------------------------------------------------------------------------------
def _doctype_strings(data: dict[str, Any]) -> Iterator[str]:
    yield data["name"]
    yield data.get("description") or ""
    for field in data.get("fields", []):
        yield field.get("label") or ""
        yield field.get("description") or ""
        if field.get("fieldtype") == "Select":
            yield from (field.get("options") or "").split("\n")
        if field.get("fieldtype") in ("Heading", "HTML") and not str(field.get("options") or "").startswith(
            "<"
        ):
            yield field.get("options") or ""
    for row in data.get("links", []) + data.get("actions", []):
        yield row.get("group") or ""
        yield row.get("label") or ""
    for row in data.get("states", []):
        yield row.get("title") or ""


def _workspace_strings(data: dict[str, Any]) -> Iterator[str]:
    yield data.get("title") or ""
    yield data.get("label") or ""
    for kind in ("charts", "shortcuts", "links", "number_cards", "quick_lists", "custom_blocks"):
        for row in data.get(kind, []):
            yield row.get("label") or ""
            yield row.get("description") or ""
    for block in json.loads(data.get("content") or "[]"):
        text = block.get("data", {}).get("text", "")
        if block.get("type") == "header":
            yield re.sub(r"<[^>]+>", "", text).strip()
        elif block.get("type") == "paragraph":
            # Translated as it stands, with its links.
            yield text.strip()


PLAIN = {
    "report": ("report_name",),
    "number_card": ("label",),
    "dashboard_chart": ("chart_name",),
    "page": ("title",),
    "dashboard": ("dashboard_name",),
    "module_onboarding": ("title", "subtitle", "success_message"),
    "onboarding_step": ("title", "action_label", "description", "report_description", "callback_title"),
    "form_tour": ("title",),
}


def _standard(root: Path) -> Iterator[Message]:
    for path, data in tree.doctypes(root):
        yield from (Message(text, tree.at(root, path)) for text in _doctype_strings(data))
    for path, data in tree.documents(root, "workspace"):
        yield from (Message(text, tree.at(root, path)) for text in _workspace_strings(data))
    for kind, names in PLAIN.items():
        for path, data in tree.documents(root, kind):
            yield from (Message(str(data.get(name) or ""), tree.at(root, path)) for name in names)
            for row in data.get("filters", []) + data.get("columns", []):
                if isinstance(row, dict) and row.get("label"):
                    yield Message(row["label"], tree.at(root, path))
    modules = root / tree.APP / "modules.txt"
    yield from (
        Message(line.strip(), tree.at(root, modules)) for line in modules.read_text("utf-8").splitlines()
    )


def _shipped(root: Path) -> Iterator[Message]:
    """Names of workflows, their states and actions, and of print formats: the Desk translates them."""
    for path in tree.files(root / tree.APP / "workflow", ".json"):
        data = json.loads(path.read_text(encoding="utf-8"))
        texts = [data.get("name", "")]
        texts += [row.get("state", "") for row in data.get("states", [])]
        texts += [row.get("action", "") for row in data.get("transitions", [])]
        yield from (Message(text, tree.at(root, path)) for text in texts)
    for path in tree.files(root / tree.APP / "print_formats", ".json"):
        yield Message(json.loads(path.read_text(encoding="utf-8")).get("name", ""), tree.at(root, path))


# -- source code -----------------------------------------------------------------------------------
def python_messages(text: str) -> tuple[list[tuple[str, int]], list[tuple[int, str]]]:
    """(string, line) of each `_()`; (line, what) of each that cannot be read, and of bare messages."""
    found: list[tuple[str, int]] = []
    problems: list[tuple[int, str]] = []
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name, first = tree.dotted(node.func), node.args[0]
        if name in ("_", "frappe._", "_lt", "frappe._lt"):
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.append((first.value, node.lineno))
            elif isinstance(first, (ast.JoinedStr, ast.BinOp)):
                problems.append(
                    (node.lineno, "_() around a string that is put together: use {0} and .format()")
                )
            elif (
                isinstance(first, ast.Call)
                and isinstance(first.func, ast.Attribute)
                and first.func.attr == "format"
            ):
                problems.append((node.lineno, "_() around .format(): format after translating"))
        if name in ("frappe.throw", "frappe.msgprint") and isinstance(first, (ast.Constant, ast.JoinedStr)):
            problems.append((node.lineno, f"{name}() with a text that is not translated"))
    return found, problems


def script_messages(text: str) -> tuple[list[tuple[str, int]], list[tuple[int, str]]]:
    """The same for JavaScript."""
    found: list[tuple[str, int]] = []
    problems: list[tuple[int, str]] = []
    for match in SCRIPT_CALL.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        quote, body, following = match.group(1), match.group(2), match.group(3)
        if quote is None:
            continue  # a variable: what it holds was a message where it came from
        if following == "+" or (quote == "`" and "${" in body):
            problems.append((line, "__() around a string that is put together: use {0} and a list"))
        else:
            found.append((_unescape(body), line))
    for match in SCRIPT_BARE.finditer(text):
        problems.append((text.count("\n", 0, match.start()) + 1, "a message that is not translated"))
    return found, problems


def template_messages(text: str) -> list[tuple[str, int]]:
    """The same for Jinja and the Desk's own templates."""
    return [
        (_unescape(match.group(2)), text.count("\n", 0, match.start()) + 1)
        for match in JINJA_CALL.finditer(text)
    ]


def roles(root: Path) -> list[str]:
    """The role names in install.py's ROLES."""
    path = root / tree.APP / "install.py"
    for node in tree.parse(path).body:
        if isinstance(node, ast.Assign) and any(tree.dotted(target) == "ROLES" for target in node.targets):
            return list(ast.literal_eval(node.value))
    return []


def collect(root: Path) -> tuple[list[Message], list[Problem]]:
    """Every string of the app, and every place where one cannot be read."""
    messages = [*_standard(root), *_shipped(root)]
    messages += [Message(role, f"{tree.APP}/install.py") for role in roles(root)]
    problems: list[Problem] = []
    for path in tree.app_files(root, ".py", ".js", ".mjs", ".html", ".vue"):
        if tree.is_test(path):
            continue
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".html":
            found, bad = template_messages(text), []
        elif path.suffix == ".py":
            found, bad = python_messages(text)
        else:
            found, bad = script_messages(text)
        messages += [Message(string, tree.at(root, path, line)) for string, line in found]
        problems += [Problem(tree.at(root, path, line), what) for line, what in bad]
    # A string without a letter needs no translation.
    return [message for message in messages if re.search(r"[A-Za-z]", message.text)], problems
