"""JavaScript parses, and nothing of a debugging session was left in it."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

from local_bench.checks import tree

LEFT_OVER = re.compile(r"^\s*(debugger\b|console\.(log|debug)\()")


# Reads every file of a list as a plain script in one process; prints those that do not parse, with the reason.
READER = """
const fs = require("fs"), vm = require("vm");
for (const file of JSON.parse(fs.readFileSync(0, "utf-8"))) {
    try { new vm.Script(fs.readFileSync(file, "utf-8").replace(/^#!.*/, ""), { filename: file }); }
    catch (problem) { console.log(JSON.stringify([file, problem.message])); }
}
"""
MODULE_SIGNS = (
    "import statement outside a module",
    "Unexpected token 'export'",
    "Cannot use 'import.meta'",
    "await is only",
)


def unparsed(paths: list[Path]) -> dict[Path, str]:
    """The files that are neither a script nor a module, with what is wrong."""
    done = subprocess.run(
        ["node", "-e", READER],
        input=json.dumps([str(path) for path in paths]),
        capture_output=True,
        text=True,
    )
    found = {}
    for line in done.stdout.splitlines():
        name, reason = json.loads(line)
        path = Path(name)
        if any(sign in reason for sign in MODULE_SIGNS):
            words = ["node", "--input-type=module", "--check", "-"]
            module = subprocess.run(
                words, input=path.read_text(encoding="utf-8"), capture_output=True, text=True
            )
            reasons = [text for text in module.stderr.splitlines() if "Error" in text]
            if not module.returncode:
                continue
            reason = reasons[0] if reasons else reason
        found[path] = reason
    if done.returncode:
        found[paths[0]] = done.stderr.strip()[-200:]
    return found


def findings(root: Path) -> list[str]:
    paths = tree.app_files(root, ".js", ".mjs")
    paths += tree.files(root / "tests", ".mjs") + tree.files(root / "local_bench", ".mjs")
    found = [f"{tree.at(root, path)}: {reason}" for path, reason in unparsed(paths).items()]
    for path in paths:
        if path.is_relative_to(root / tree.APP):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                if LEFT_OVER.search(line):
                    found.append(f"{tree.at(root, path, number)}: {line.strip()}")
    return found
