"""Size: a file past 400 lines or a function past 60 is asking to be two. No dumping grounds."""

from __future__ import annotations

import re
from pathlib import Path

from local_bench.checks import tree

FILE_LINES = 400
FUNCTION_LINES = 60
CONTROLLER_LINES = 60
DUMPING_GROUNDS = {"utils.py", "utils.js", "helpers.py", "misc.py", "common.py"}
FOLDERS = (tree.APP, "local_bench", "tests", "benchmarks", "frontend")


def _long_functions(root: Path, path: Path) -> list[str]:
    found = []
    for function in tree.functions(tree.parse(path)):
        lines = (function.end_lineno or function.lineno) - function.lineno + 1
        if lines > FUNCTION_LINES:
            found.append(f"{tree.at(root, path, function.lineno)}: {function.name} has {lines} lines")
    return found


def long_script_functions(text: str) -> list[tuple[int, int]]:
    """(first line, lines) of each function in a script that is longer than allowed, judged by indentation."""
    lines = text.splitlines()
    found = []
    head = re.compile(
        r"^(\s*)(?:export |default |async |static |get |set )*(?:function\b.*|\w+\s*\(.*\)\s*|.*=>\s*)\{\s*$"
    )
    for number, line in enumerate(lines):
        match = head.match(line)
        if not match or re.match(r"\s*(if|for|while|switch|catch|else|do|try)\b", line):
            continue
        closing = re.compile(rf"^{match.group(1)}\}}")
        end = next((other for other in range(number + 1, len(lines)) if closing.match(lines[other])), None)
        if end is not None and end - number + 1 > FUNCTION_LINES:
            found.append((number + 1, end - number + 1))
    return found


def findings(root: Path) -> list[str]:
    found = []
    for folder in FOLDERS:
        for path in tree.files(root / folder, ".py", ".js", ".mjs", ".ts", ".vue"):
            text = path.read_text(encoding="utf-8")
            lines = len(text.splitlines())
            if lines > FILE_LINES:
                found.append(f"{tree.at(root, path)}: {lines} lines")
            if path.name in DUMPING_GROUNDS:
                found.append(f"{tree.at(root, path)}: name it after what it does")
            if path.suffix == ".py":
                found += _long_functions(root, path)
            elif not tree.is_test(path):
                found += [
                    f"{tree.at(root, path, first)}: a function of {count} lines"
                    for first, count in long_script_functions(text)
                ]
    for path, _data in tree.doctypes(root):
        controller = path.with_suffix(".py")
        if (
            controller.exists()
            and len(controller.read_text(encoding="utf-8").splitlines()) > 2 * CONTROLLER_LINES
        ):
            found.append(
                f"{tree.at(root, controller)}: a controller is thin (about {CONTROLLER_LINES} lines)"
            )
    return found
