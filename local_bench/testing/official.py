"""An existing official bench to test against: nothing of it is changed.

Its own Python runs the tests; pytest comes from a folder of ours that is put at the end of the search path.
Where its web server does not answer, one of ours is started on a free port from its environment, and ended.
"""

from __future__ import annotations

import json
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local_bench import cache, say
from local_bench.bench import APP, CHECKOUT, HOST, Bench
from local_bench.errors import BenchError
from local_bench.processes import Service, clean_environment, run
from local_bench.python_env import LOCKS, PIP_QUIET
from local_bench.testing.target import Target

ANSWER_SECONDS = 90


def _python(bench: Path) -> Path:
    python = bench / "env" / "bin" / "python"
    if not python.exists():
        raise BenchError(f"{bench} is not a bench: it has no env/bin/python.")
    return python


def check_bench(bench: Path, site: str) -> None:
    """Refuse a folder that is not a bench with that site and the app on it."""
    if not (bench / "sites" / site / "site_config.json").exists():
        raise BenchError(f"{bench} has no site '{site}'.")
    if not (bench / "apps" / APP / APP / "hooks.py").exists():
        raise BenchError(
            f"{bench} does not have the app: bench get-app, then bench --site {site} install-app {APP}."
        )


def tools(python: Path, own: Path) -> str:
    """A folder with pytest and its kin for that Python, filled once from the lock."""
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    version = run([python, "-c", code]).strip()

    def fill(folder: Path) -> None:
        command = [
            own,
            "-m",
            "pip",
            "install",
            *PIP_QUIET,
            "--require-hashes",
            "--no-deps",
            "--only-binary=:all:",
        ]
        command += ["--python-version", version, "--target", folder / "packages"]
        command += ["--requirement", _tests_only(folder, version)]
        run(
            command,
            env=clean_environment({"PIP_CACHE_DIR": str(cache.folder() / "pip")}),
            what="Fetching pytest",
        )

    key = cache.digest(LOCKS / "tools.txt", version, sys.platform, 1)
    return str(cache.entry("pytest", key, fill) / "packages")


def _tests_only(folder: Path, version: str) -> Path:
    """The lock's entries that tests import; linters stay out. Markers are decided for that Python by pip."""
    wanted = (
        "pytest",
        "pluggy",
        "iniconfig",
        "packaging",
        "pygments",
        "exceptiongroup",
        "tomli",
        "hypothesis",
    )
    wanted += ("sortedcontainers", "attrs", "typing-extensions")
    entries = (LOCKS / "tools.txt").read_text().replace("\\\n", " ").splitlines()
    kept = [entry for entry in entries if entry.split("==")[0] in wanted]
    older = tuple(map(int, version.split("."))) < (3, 11)
    lines = []
    for entry in kept:
        # pip decides markers for the Python it runs on, not for the one asked for.
        if "python_full_version < '3.11'" in entry and not older:
            continue
        if "python_full_version >= '3.11'" in entry and older:
            continue
        name, marker, rest = entry.partition(";")
        lines.append(
            name.strip() + " " + " ".join(rest.split("--hash")[0:0]) + _hashes(entry) if marker else entry
        )
    path = folder / "tests.txt"
    path.write_text("\n".join(lines) + "\n")
    return path


def _hashes(entry: str) -> str:
    return " ".join(word for word in entry.split() if word.startswith("--hash"))


def _answers(url: str, site: str) -> bool:
    """Whether that address serves exactly this site."""
    try:
        with urllib.request.urlopen(f"{url}/api/method/ping", timeout=20) as answer:
            pong = b"pong" in answer.read()
        with urllib.request.urlopen(f"{url}/login", timeout=30) as answer:
            return pong and answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def _served(bench: Bench, place: Path, python: Path, site: str) -> Iterator[str]:
    """Serve the site from the bench's own environment on a free port."""
    port = _free_port()
    url = f"http://{HOST}:{port}"
    service = Service("official-web", bench.root / "run", bench.logs)
    service.stop()
    start = Path(__file__).parent / "start.py"
    command = [
        python,
        start,
        str(CHECKOUT),
        "gunicorn",
        "--bind",
        f"{HOST}:{port}",
        "--worker-class",
        "gthread",
    ]
    command += ["--workers", "1", "--threads", "8", "--timeout", "120", "local_bench.serve.wsgi:application"]
    try:
        service.start(command, cwd=place / "sites", env=clean_environment({"FRAPPE_SITE": site}))
        deadline = time.monotonic() + ANSWER_SECONDS
        while not _answers(url, site):
            if service.pid() is None or time.monotonic() > deadline:
                raise BenchError(f"The site {site} could not be served:\n{service.tail()}")
            time.sleep(0.3)
        yield url
    finally:
        service.stop()


@contextmanager
def target(bench: Bench, place: Path, site: str, url: str | None) -> Iterator[Target]:
    """The official bench as a target; what had to be started for it is stopped afterwards."""
    place = place.expanduser().resolve()
    check_bench(place, site)
    python = _python(place)
    config = json.loads((place / "sites" / "common_site_config.json").read_text())
    app = (place / "apps" / APP).resolve()

    def make(address: str) -> Target:
        return Target(
            python, place / "sites", site, app, clean_environment(), address, tools(python, bench.python)
        )

    found = url or f"http://{HOST}:{config.get('webserver_port', 8000)}"
    if url and not _answers(url, site):
        raise BenchError(f"{url} does not answer.")
    # Unasked, a server that is found is used only if this is the site it serves by default.
    only_site = bool(url) or config.get("default_site") == site
    if only_site and _answers(found, site):
        say.note(f"Testing {site} of {place} at {found}")
        yield make(found)
        return
    with _served(bench, place, python, site) as address:
        say.note(f"Testing {site} of {place} at {address} (started for this)")
        yield make(address)
