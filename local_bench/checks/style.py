"""ruff: lint rules and format."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def _ruff(root: Path, *words: str) -> list[str]:
    command = [sys.executable, "-m", "ruff", *words, "--no-cache", "."]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    if not done.returncode:
        return []
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    return lines or [done.stderr.strip()]


def findings(root: Path) -> list[str]:
    lint = [
        line for line in _ruff(root, "check", "--output-format=concise") if ".py:" in line or "error" in line
    ]
    places = [line.strip() for line in _ruff(root, "format", "--check")]
    layout = sorted({line.removeprefix("--> ").split(":")[0] for line in places if line.startswith("--> ")})
    return lint + [f"{name}: not laid out as ruff format does" for name in layout]
