"""Dependencies: everything installed agrees, locks carry hashes and name no host, pyproject is in the lock."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

LOCKS = Path("local_bench/lock")
NPM_LOCKS = (
    Path("local_bench/desk/package-lock.json"),
    Path("tests/browser/package-lock.json"),
    Path("frontend/package-lock.json"),
)
HOST = re.compile(r"https?://")


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(text: str) -> set[str]:
    """The names of the packages a lock file pins."""
    return {_normal(match) for match in re.findall(r"^([A-Za-z0-9._-]+)==", text, re.MULTILINE)}


def lock_problems(name: str, text: str) -> list[str]:
    found = [f"{name}: names a host"] if HOST.search(text) else []
    entries = re.split(r"\n(?=[A-Za-z0-9])", text)
    pins = [entry for entry in entries if "==" in entry.split("\n")[0]]
    return found + [
        f"{name}: {entry.split()[0]} has no hash" for entry in pins if "--hash=sha256:" not in entry
    ]


def npm_problems(name: str, text: str) -> list[str]:
    packages = json.loads(text)["packages"]
    found = []
    for key, entry in packages.items():
        if key and "integrity" not in entry and not entry.get("link"):
            found.append(f"{name}: {key} has no integrity hash")
        if "resolved" in entry:
            found.append(f"{name}: {key} names a host")
    return found


def unlocked(pyproject: str, lock: str) -> list[str]:
    """Dependencies of the app that the lock does not pin."""
    block = re.search(r"^dependencies = \[\n(.*?)^\]", pyproject, re.MULTILINE | re.DOTALL)
    wanted = re.findall(r'^\s*"([A-Za-z0-9._-]+)', block.group(1), re.MULTILINE) if block else []
    return [name for name in wanted if _normal(name) not in locked(lock)]


def findings(root: Path) -> list[str]:
    found = []
    for path in sorted((root / LOCKS).rglob("*.txt")):
        found += lock_problems(path.name, path.read_text(encoding="utf-8"))
    for name in NPM_LOCKS:
        found += npm_problems(str(name), (root / name).read_text(encoding="utf-8"))
    lock = (root / LOCKS / "bench.txt").read_text(encoding="utf-8")
    for name in unlocked((root / "pyproject.toml").read_text(encoding="utf-8"), lock):
        found.append(f"pyproject.toml needs {name}, which local_bench/lock/bench.in does not name")
    done = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True)
    if done.returncode:
        found += [f"pip check: {line}" for line in done.stdout.strip().splitlines()]
    return found
