"""The virtual environment, from lock files with hashes.

Frappe's own pins, two ceilings its 2023 code needs, and the app's libraries are resolved once into
`lock/bench.txt` (`lock/update.sh` does it); `lock/tools.txt` adds what checks and tests use. The filled
environment is kept in the cache by lock and Python version, and each bench gets a linked copy.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

from local_bench import cache, source
from local_bench.bench import APP, CHECKOUT, Bench
from local_bench.errors import BenchError
from local_bench.processes import clean_environment, run

LOCKS = Path(__file__).parent / "lock"
SUPPORTED = ((3, 10), (3, 11))
# Installed first, so that packages which come as source build with these and not with the newest.
BUILD_FIRST = ("setuptools", "wheel", "flit-core", "cffi", "pycparser")
PIP_QUIET = ("--quiet", "--disable-pip-version-check", "--no-input", "--no-warn-script-location")


def check_python(version: tuple[int, ...] = sys.version_info[:3]) -> None:
    """Refuse a Python that the pinned Frappe was not proved with."""
    if version[:2] not in SUPPORTED:
        names = " or ".join(f"{major}.{minor}" for major, minor in SUPPORTED)
        found = ".".join(map(str, version))
        raise BenchError(
            f"The local bench runs on Python {names}; this is Python {found} ({sys.executable})."
        )


def key() -> str:
    """What the environment depends on."""
    version = ".".join(map(str, sys.version_info[:3]))
    locks = sorted(LOCKS.glob("*.txt"))
    return cache.digest(
        version, sys.platform, os.uname().machine, os.path.realpath(sys.executable), 1, *locks
    )


def _first(lock: Path) -> str:
    """The lock's entries for BUILD_FIRST."""
    entries = re.split(r"\n(?=\S)", lock.read_text())
    return "\n".join(entry for entry in entries if re.split(r"[=\[ ]", entry)[0] in BUILD_FIRST) + "\n"


def _fill(folder: Path, log: Path) -> None:
    env = folder / "env"
    run([sys.executable, "-m", "venv", env], log=log, what="Creating the virtual environment")
    python = env / "bin" / "python"
    pip = [
        python,
        "-m",
        "pip",
        "install",
        *PIP_QUIET,
        "--require-hashes",
        "--no-deps",
        "--no-build-isolation",
    ]
    first = folder / "first.txt"
    first.write_text(_first(LOCKS / "bench.txt"))
    # pip's own cache of downloads and built wheels lies beside ours, so that a new lock costs little.
    settings = clean_environment({"PIP_CACHE_DIR": str(cache.folder() / "pip")})
    run([*pip, "--requirement", first], env=settings, log=log, what="Installing build tools")
    for lock in ("bench.txt", "tools.txt"):
        run([*pip, "--requirement", LOCKS / lock], env=settings, log=log, what=f"Installing {lock}")


def _make_relocatable(env: Path) -> None:
    """Point the scripts of a copied environment at its own Python, also where the path holds spaces."""
    for script in (env / "bin").iterdir():
        if script.is_symlink() or not script.is_file():
            continue
        content = script.read_bytes()
        if not content.startswith(b"#!") or b"python" not in content[:300]:
            continue
        lines = content.split(b"\n")
        rest = lines[3:] if lines[0] == b"#!/bin/sh" and lines[1].startswith(b"'''exec'") else lines[1:]
        head = ["#!/bin/sh", f'\'\'\'exec\' "{env / "bin" / "python"}" "$0" "$@"', "' '''"]
        script.unlink()  # the file is shared with the cache
        script.write_bytes("\n".join(head).encode() + b"\n" + b"\n".join(rest))
        script.chmod(0o755)


def install(bench: Bench) -> None:
    """Give the bench its environment, with Frappe and the app importable from `apps/`."""
    check_python()
    filled = cache.entry("env", key(), lambda folder: _fill(folder, bench.setup_log))
    cache.place(filled / "env", bench.env, linked=True)
    _make_relocatable(bench.env)
    # PyPI's pack carries wkhtmltopdf with patched Qt, without which headers and page numbers vanish from PDFs.
    bench.bin.mkdir(parents=True, exist_ok=True)
    link = bench.bin / "wkhtmltopdf"
    link.unlink(missing_ok=True)
    link.symlink_to(bench.env / "bin" / "wkhtmltopdf-pack")
    # Activation scripts know only where they were made.
    for script in (bench.env / "bin").glob("[aA]ctivate*"):
        script.unlink()


def site_packages(bench: Bench) -> Path:
    found = sorted((bench.env / "lib").glob("python3.*/site-packages"))
    if not found:
        raise BenchError(f"{bench.env} holds no Python packages; delete it and try again.")
    return found[-1]


def register_apps(bench: Bench) -> None:
    """Make both apps importable and known to pip, as an editable installation would."""
    packages = site_packages(bench)
    (packages / "bench-apps.pth").write_text(f"{bench.frappe}\n{CHECKOUT}\n")
    wheel_info = bench.frappe / f"frappe-{source.VERSION}.dist-info"
    _write_info(packages, "frappe", "15.0.0.dev0", _requirements(wheel_info / "METADATA"))
    _write_info(packages, APP, app_version(), app_requirements())


def _requirements(metadata: Path) -> list[str]:
    lines = metadata.read_text(encoding="utf-8").splitlines()
    return [line.partition(": ")[2] for line in lines if line.startswith("Requires-Dist: ")]


def app_version() -> str:
    text = (CHECKOUT / APP / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"', text, re.MULTILINE)
    return found.group(1) if found else "0.0.0"


def app_requirements() -> list[str]:
    """The `dependencies` of pyproject.toml. Python 3.10 has no TOML reader; the list is one string a line."""
    text = (CHECKOUT / "pyproject.toml").read_text(encoding="utf-8")
    block = re.search(r"^dependencies = \[\n(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    return re.findall(r'^\s*"([^"]+)"', block.group(1), re.MULTILINE) if block else []


def _write_info(packages: Path, name: str, version: str, requirements: list[str]) -> None:
    for old in packages.glob(f"{name}-*.dist-info"):
        shutil.rmtree(old)
    info = packages / f"{name}-{version}.dist-info"
    info.mkdir()
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    lines += [f"Requires-Dist: {requirement}" for requirement in requirements]
    (info / "METADATA").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (info / "INSTALLER").write_text("local_bench\n")
    (info / "RECORD").write_text("")
