"""Traps of the framework that have bitten others, looked for in the app's Python.

SQL strings, results of the query builder thrown away, reads and writes past permissions without a reason, cache
calls and aggregates that one of the three supported versions lacks, overrides of classes, unfinished work.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

from local_bench.checks import tree

BUILDER = {
    "where",
    "orderby",
    "groupby",
    "having",
    "limit",
    "offset",
    "join",
    "left_join",
    "select",
    "on",
    "distinct",
}
AGGREGATE = re.compile(r"^\s*(count|sum|avg|min|max|group_concat)\s*\(", re.IGNORECASE)
UNFINISHED = re.compile(r"#.*\b(TODO|FIXME|XXX|HACK)\b")
PAST_PERMISSIONS = ("get_all", "ignore_permissions")


def _has_reason(lines: list[str], first: int) -> bool:
    """Whether the line itself, or one of the three above it in the same paragraph, carries a comment."""
    if "#" in lines[first - 1]:
        return True
    for line in reversed(lines[max(first - 4, 0) : first - 1]):
        if not line.strip():
            return False
        if line.strip().startswith("#"):
            return True
    return False


def _statement_lines(module: ast.Module) -> dict[int, int]:
    """For each line, the first line of the smallest statement it belongs to."""
    first: dict[int, int] = {}
    for node in ast.walk(module):
        if isinstance(node, ast.stmt) and not isinstance(
            node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)
        ):
            body = getattr(node, "body", None)
            end = (
                (body[0].lineno - 1) if isinstance(body, list) and body else (node.end_lineno or node.lineno)
            )
            for line in range(node.lineno, max(end, node.lineno) + 1):
                first[line] = max(first.get(line, 0), node.lineno)
    return first


def _call_problems(node: ast.Call) -> list[str]:
    name = tree.dotted(node.func)
    found = []
    if name.endswith(("frappe.db.sql", "frappe.db.multisql")):
        found.append("SQL as a string: use frappe.qb")
    if name == "frappe.cache":
        found.append("frappe.cache() is gone in later versions: frappe.cache.get_value(...)")
    if name.endswith(".has_value_changed"):
        found.append("has_value_changed takes a date of a saved form for changed: use social_crm.changes")
    for word in node.keywords:
        if word.arg == "fields" and isinstance(word.value, (ast.List, ast.Tuple)):
            texts = [item.value for item in word.value.elts if isinstance(item, ast.Constant)]
            found += [
                f"aggregate as a string in fields ({text}): use frappe.qb"
                for text in texts
                if isinstance(text, str) and AGGREGATE.match(text)
            ]
    return found


def _past_permissions(node: ast.AST) -> str | None:
    if isinstance(node, ast.Call) and tree.dotted(node.func) in ("frappe.get_all", "frappe.db.get_all"):
        return "get_all reads past permissions"
    if isinstance(node, ast.keyword) and node.arg == "ignore_permissions":
        if isinstance(node.value, ast.Constant) and not node.value.value:
            return None
        return "ignore_permissions"
    if isinstance(node, ast.Assign) and any(
        isinstance(target, ast.Attribute) and target.attr == "ignore_permissions" for target in node.targets
    ):
        return "ignore_permissions"
    return None


def problems(text: str) -> list[tuple[int, str]]:
    """(line, what is wrong) for the text of one file."""
    module = ast.parse(text)
    lines = text.splitlines()
    statement = _statement_lines(module)
    found: list[tuple[int, str]] = []
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            found += [(node.lineno, problem) for problem in _call_problems(node)]
        past = _past_permissions(node)
        if past:
            line = node.lineno if isinstance(node, (ast.Call, ast.Assign)) else node.value.lineno  # type: ignore[attr-defined]
            if not _has_reason(lines, line) and not _has_reason(lines, statement.get(line, line)):
                found.append((line, f"{past}: say why in a comment above"))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            name = node.value.func.attr if isinstance(node.value.func, ast.Attribute) else ""
            owner = tree.dotted(node.value.func)
            if name in BUILDER and re.match(r"(query|q|qb|builder|.*_query)\.", owner):
                found.append((node.lineno, f"the result of .{name}() is thrown away: builders are immutable"))
    found += [(number, "unfinished work") for number, line in enumerate(lines, 1) if UNFINISHED.search(line)]
    return sorted(set(found))


def findings(root: Path) -> list[str]:
    found = []
    for path in tree.app_files(root, ".py"):
        if tree.is_test(path) or path.name == "testing.py":
            continue
        found += [
            f"{tree.at(root, path, line)}: {text}"
            for line, text in problems(path.read_text(encoding="utf-8"))
        ]
    hooks = root / tree.APP / "hooks.py"
    if hooks.exists() and re.search(
        r"^override_doctype_class\b", hooks.read_text(encoding="utf-8"), re.MULTILINE
    ):
        found.append("hooks.py overrides a DocType's class: two apps that do so break each other")
    return found
