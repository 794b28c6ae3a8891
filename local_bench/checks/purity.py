"""`domain/` is pure: no Frappe, no clock, no reading or writing, no loop without a bound.

What a domain file may import is listed, so that a new way to reach the outside has to be added here on purpose.
`domain/__main__.py` is the door for auditors and alone may read and print.
"""

from __future__ import annotations

import ast
from pathlib import Path

from local_bench.checks import tree

STANDARD = {
    "__future__", "abc", "base64", "binascii", "bisect", "calendar", "collections", "copy", "csv", "dataclasses", "datetime", "decimal", "difflib",
    "enum", "fractions", "functools", "hashlib", "heapq", "itertools", "json", "math", "numbers", "operator", "re",
    "html", "statistics", "string", "textwrap", "types", "typing", "unicodedata", "xml", "zlib",
}  # fmt: skip
LIBRARIES = {"defusedxml", "rapidfuzz", "num2words", "holidays", "segno"}
CLOCK = {"today", "now", "utcnow"}
OUTSIDE = {"open", "print", "input", "eval", "exec", "compile", "__import__", "breakpoint", "globals", "vars"}
ENDLESS = {"itertools.count", "itertools.cycle", "count", "cycle"}


def domain_files(root: Path) -> list[Path]:
    return [path for path in tree.app_files(root, ".py") if "domain" in path.relative_to(root).parts[:-1]]


def _import_problem(module: str) -> str | None:
    top = module.split(".")[0]
    if top == tree.APP:
        return None if "domain" in module.split(".") else f"imports {module}, which is not domain code"
    if top in STANDARD or top in LIBRARIES:
        return None
    return f"imports {module}"


def _imports(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.level == 0:
        module = node.module or ""
        # `from social_crm.x import domain` names the package in the second half.
        return [
            f"{module}.{alias.name}" if module.split(".")[0] == tree.APP else module for alias in node.names
        ]
    return []


def _call_problem(node: ast.Call) -> str | None:
    name = tree.dotted(node.func)
    last = name.rpartition(".")[2]
    if name in OUTSIDE:
        return f"calls {name}()"
    if last in CLOCK and "." in name:
        return f"reads the clock with {name}(): dates come in as arguments"
    if name in ENDLESS:
        return f"calls {name}(), which never ends by itself"
    if name == "iter" and len(node.args) == 2:
        return "calls iter() with a sentinel, which has no bound"
    return None


def _dataclass_problem(node: ast.ClassDef) -> str | None:
    for decorator in node.decorator_list:
        call = decorator if isinstance(decorator, ast.Call) else None
        if tree.dotted(call.func if call else decorator).rpartition(".")[2] != "dataclass":
            continue
        frozen = call and any(
            word.arg == "frozen" and isinstance(word.value, ast.Constant) and word.value.value is True
            for word in call.keywords
        )
        if not frozen:
            return f"dataclass {node.name} is not frozen"
    return None


def problems(module: ast.Module) -> list[tuple[int, str]]:
    """(line, what is wrong) for one domain file."""
    found: list[tuple[int, str]] = []
    for node in ast.walk(module):
        found += [(node.lineno, text) for name in _imports(node) if (text := _import_problem(name))]
        text = None
        if isinstance(node, ast.Call):
            text = _call_problem(node)
        elif isinstance(node, (ast.While, ast.AsyncFor)):
            text = "has a `while` loop: use `for` over something whose length is known on entry"
        elif isinstance(node, ast.ClassDef):
            text = _dataclass_problem(node)
        elif isinstance(node, ast.Global):
            text = "keeps state in a global variable"
        if text:
            found.append((node.lineno, text))
    return sorted(found)


def _importing_parents(root: Path, path: Path) -> list[Path]:
    """`__init__.py` files above a domain file that import something."""
    found = []
    for parent in path.parents:
        if parent == root:
            break
        init = parent / "__init__.py"
        if init.exists() and any(
            isinstance(node, (ast.Import, ast.ImportFrom)) for node in ast.walk(tree.parse(init))
        ):
            found.append(init)
    return found


def findings(root: Path) -> list[str]:
    found = []
    parents: set[Path] = set()
    for path in domain_files(root):
        parents.update(_importing_parents(root, path))
        if path.name != "__main__.py":
            found += [f"{tree.at(root, path, line)}: {text}" for line, text in problems(tree.parse(path))]
    found += [
        f"{tree.at(root, path)}: imports something, so its domain code cannot be read alone"
        for path in parents
    ]
    return sorted(found)
