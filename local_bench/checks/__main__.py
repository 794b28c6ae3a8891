"""Run every check in the bench's own Python, which has ruff, mypy and the JSON schema validator.

python -m local_bench.checks [NAME ...]
"""

from __future__ import annotations

import importlib
import sys
import time
from pathlib import Path

CHECKS = (
    "style",
    "types",
    "purity",
    "translations",
    "shipped",
    "names",
    "permissions_table",
    "patches",
    "endpoints",
    "frappe_use",
    "sizes",
    "scripts",
    "honest_tests",
    "dependencies",
)
SHOWN = 40


def main(words: list[str]) -> int:
    root = Path(__file__).resolve().parent.parent.parent
    unknown = [word for word in words if word not in CHECKS]
    if unknown:
        print(f"No such check: {', '.join(unknown)} (there are {', '.join(CHECKS)})", file=sys.stderr)
        return 2
    failed = 0
    chosen = words or CHECKS
    for name in chosen:
        module = importlib.import_module(f"local_bench.checks.{name}")
        began = time.monotonic()
        found = module.findings(root)
        title = (module.__doc__ or name).strip().splitlines()[0]
        print(
            f"{'FAILED' if found else 'passed'}  {name:<13} {time.monotonic() - began:5.1f} s  {title}",
            flush=True,
        )
        for text in found[:SHOWN]:
            print(f"        {text}")
        if len(found) > SHOWN:
            print(f"        ... and {len(found) - SHOWN} more")
        failed += bool(found)
    print(f"\n{len(chosen) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
