"""Frappe, rebuilt from a wheel that carries a renamed copy of it.

Frappe is published on GitHub and not on PyPI. The PyPI package `criscostack` 1.0.0 is a verbatim copy,
under the MIT licence, of Frappe `develop` at commit 0cced74766 (5 August 2023, "15.0.0-dev") in which the
names were replaced. Putting the names back gives upstream's code: no .py, .js, .vue or .scss file differs.
The wheel is pinned by its SHA-256; any other file is refused.
"""

from __future__ import annotations

import hashlib
import subprocess
import zipfile
from pathlib import Path, PurePosixPath

from local_bench.errors import BenchError

PACKAGE = "criscostack"
VERSION = "1.0.0"
WHEEL = f"{PACKAGE}-{VERSION}-py3-none-any.whl"
SHA256 = "dc58aaf29c59b7666edc953596e5b31f77d7286b2ed6b14c6a205b217c210349"
FRAPPE_COMMIT = "0cced74766"

# The order matters: a longer name comes before the shorter one it contains.
RENAMES = (
    ("criscoerp", "erpnext"),
    ("Criscoerp", "ERPNext"),
    ("criscostack", "frappe"),
    ("CRISCOSTACK", "FRAPPE"),
    ("Criscostack", "Frappe"),
    ("Crisco", "Frappe"),
    ("crisco", "frappe"),
    ("brik_helper", "bench_helper"),
)
RECIPE = hashlib.sha256(repr((SHA256, RENAMES, 2)).encode()).hexdigest()[:16]


def restore_names(text: str) -> str:
    """Put Frappe's own names back into a path or a text."""
    for renamed, original in RENAMES:
        text = text.replace(renamed, original)
    return text


def is_binary(content: bytes) -> bool:
    """A file is left byte for byte as it is when it holds a NUL or is not UTF-8."""
    if b"\0" in content:
        return True
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def verify_wheel(wheel: Path) -> None:
    """Refuse anything but the one wheel this bench was proved with.

    Raises:
        BenchError: the SHA-256 differs.
    """
    found = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if found != SHA256:
        raise BenchError(
            f"The Frappe wheel {wheel} is not the expected file and was not used.\n"
            f"  expected sha256 {SHA256}\n  found    sha256 {found}\n"
            "Delete it and try again; if it comes back the same, do not use this network."
        )


def download_wheel(python: Path, folder: Path) -> Path:
    """Fetch the wheel with pip (so that the machine's own pip settings apply) and verify it."""
    command = [python, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary=:all:", "--dest", folder, f"{PACKAGE}=={VERSION}"]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    wheel = folder / WHEEL
    if done.returncode or not wheel.exists():
        raise BenchError(f"pip could not download {PACKAGE} {VERSION}:\n{done.stderr.strip()[-800:]}")
    verify_wheel(wheel)
    return wheel


def rebuild(wheel: Path, app: Path) -> None:
    """Write Frappe's tree, with its own names, into `app` (the folder `apps/frappe` of a bench)."""
    verify_wheel(wheel)
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.infolist():
            name = PurePosixPath(entry.filename)
            if entry.is_dir() or name.name == ".DS_Store":
                continue
            content = archive.read(entry)
            if not is_binary(content):
                content = restore_names(content.decode("utf-8")).encode("utf-8")
            target = app / restore_names(entry.filename)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
