"""JavaScript parses, and nothing of a debugging session was left in it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from local_bench.checks import tree

LEFT_OVER = re.compile(r"^\s*(debugger\b|console\.(log|debug)\()")


def findings(root: Path) -> list[str]:
    found = []
    paths = (
        tree.app_files(root, ".js", ".mjs")
        + tree.files(root / "tests", ".mjs")
        + tree.files(root / "local_bench", ".mjs")
    )
    for path in paths:
        done = subprocess.run(["node", "--check", str(path)], capture_output=True, text=True)
        # A bundle may import other bundles; as a plain script such a file does not parse, so it is read as a module.
        if done.returncode and "outside a module" in done.stderr:
            text = path.read_bytes()
            done = subprocess.run(
                ["node", "--input-type=module", "--check", "-"], input=text, capture_output=True
            )
        if done.returncode:
            problem = done.stderr if isinstance(done.stderr, str) else done.stderr.decode()
            lines = [line for line in problem.splitlines() if "Error" in line]
            found.append(f"{tree.at(root, path)}: {lines[0] if lines else 'does not parse'}")
        if path.is_relative_to(root / tree.APP):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                if LEFT_OVER.search(line):
                    found.append(f"{tree.at(root, path, number)}: {line.strip()}")
    return found
