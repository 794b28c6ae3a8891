"""Reading the source tree: which files there are, and their syntax trees."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

APP = "social_crm"
SKIPPED = {".bench", ".git", "node_modules", "dist", "field_app", "__pycache__"}


def files(folder: Path, *suffixes: str) -> list[Path]:
    """Every file below a folder with one of these endings; built and foreign files stay out."""
    found = []
    stack = [folder] if folder.is_dir() else []
    while stack:
        for path in stack.pop().iterdir():
            if path.is_symlink() or path.name in SKIPPED:
                continue
            if path.is_dir():
                stack.append(path)
            elif path.suffix in suffixes:
                found.append(path)
    return sorted(found)


def app_files(root: Path, *suffixes: str) -> list[Path]:
    return files(root / APP, *suffixes)


def is_test(path: Path) -> bool:
    return (
        path.name.startswith("test_")
        or path.name.endswith((".test.mjs", ".test.js"))
        or path.name == "conftest.py"
    )


@lru_cache(maxsize=4096)
def _parsed(path: Path, _stamp: int) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def parse(path: Path) -> ast.Module:
    """The syntax tree of a Python file; parsed once."""
    return _parsed(path, path.stat().st_mtime_ns)


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node


def dotted(node: ast.AST) -> str:
    """`a.b.c` of a name or attribute; "" for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        head = dotted(node.value)
        return f"{head}.{node.attr}" if head else f"?.{node.attr}"
    return ""


def at(root: Path, path: Path, line: int | None = None) -> str:
    name = path.relative_to(root).as_posix()
    return f"{name}:{line}" if line else name


def documents(root: Path, kind: str) -> list[tuple[Path, dict[str, Any]]]:
    """The standard files of one kind, such as `doctype`: `<module>/doctype/<slug>/<slug>.json`."""
    found = []
    for path in app_files(root, ".json"):
        if path.parent.parent.name == kind and path.stem == path.parent.name:
            found.append((path, json.loads(path.read_text(encoding="utf-8"))))
    return found


def doctypes(root: Path) -> list[tuple[Path, dict[str, Any]]]:
    return [(path, data) for path, data in documents(root, "doctype") if data.get("doctype") == "DocType"]


def slug(name: str) -> str:
    """The address of a DocType, workspace or page, as the Desk makes it."""
    return name.strip().lower().replace(" ", "-").replace("_", "-")
