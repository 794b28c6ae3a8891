"""Tests that can fail: each asserts something, none is skipped, none fakes what could run for real."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from local_bench.checks import tree

SKIPS = re.compile(
    r"pytest\.(skip|xfail)|mark\.(skip|skipif|xfail)|unittest\.skip|skipTest\(|\b(test|it|describe)\.(skip|todo)\("
)
FAKES = re.compile(r"unittest\.mock|from mock |MagicMock|monkeypatch\.setattr")
ASSERTS = re.compile(r"^(assert|expect|raises|check|must|refuse)", re.IGNORECASE)


def _asserting_helpers(module: ast.Module) -> set[str]:
    """Functions of a test file that assert: a test may leave the asserting to them."""
    return {function.name for function in tree.functions(module) if _asserts(function, set())}


def _asserts(function: ast.AST, helpers: set[str]) -> bool:
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            last = tree.dotted(node.func).rpartition(".")[2]
            if last and (ASSERTS.match(last.lstrip("_")) or last in helpers):
                return True
    return False


def _silent_tests(module: ast.Module) -> list[tuple[int, str]]:
    helpers = _asserting_helpers(module)
    return [
        (function.lineno, function.name)
        for function in tree.functions(module)
        if function.name.startswith("test") and not _asserts(function, helpers)
    ]


def findings(root: Path) -> list[str]:
    found = []
    for path in tree.files(root / "tests", ".py", ".mjs") + tree.app_files(root, ".py"):
        if not tree.is_test(path) or "checks" in path.parts:
            continue
        previous = ""
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if SKIPS.search(line):
                found.append(f"{tree.at(root, path, number)}: a skipped test shows nothing")
            if FAKES.search(line) and not previous.strip().startswith("#"):
                found.append(
                    f"{tree.at(root, path, number)}: run the real thing instead of a fake (or say above why)"
                )
            previous = line
        if path.suffix == ".py":
            found += [
                f"{tree.at(root, path, line)}: {name} asserts nothing"
                for line, name in _silent_tests(tree.parse(path))
            ]
    return found
