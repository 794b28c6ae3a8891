"""`mypy --strict` over every domain package."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from local_bench.checks import purity, tree


def findings(root: Path) -> list[str]:
    files = [str(path) for path in purity.domain_files(root)]
    if not files:
        return [f"{tree.APP} has no domain package"]
    command = [sys.executable, "-m", "mypy", "--strict", "--explicit-package-bases", "--no-error-summary"]
    command += ["--no-color-output", "--cache-dir", str(root / ".bench" / "mypy"), *files]
    done = subprocess.run(
        command, cwd=root, env={**os.environ, "MYPYPATH": str(root)}, capture_output=True, text=True
    )
    lines = [line for line in done.stdout.splitlines() if ": note:" not in line]
    return lines or ([done.stderr.strip()] if done.returncode else [])
