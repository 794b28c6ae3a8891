"""The offline web app of `frontend/`: built once per state of its sources, kept in the cache, put where the site serves it.

Nothing is written into `frontend/` itself: packages and builds lie in the cache, so that checkouts share them.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from local_bench import cache, say
from local_bench.bench import APP, CHECKOUT, Bench
from local_bench.processes import clean_environment, run

SOURCE = CHECKOUT / "frontend"
BUILT = CHECKOUT / APP / "public" / "field_app"
LEFT_OUT = {"node_modules", "tests", "dist", ".vite"}


def source_files(with_tests: bool = False) -> list[Path]:
    """Every file the app is made of, and of its tests if asked."""
    left_out = LEFT_OUT - {"tests"} if with_tests else LEFT_OUT
    found = []
    for folder, folders, names in os.walk(SOURCE):
        folders[:] = [name for name in folders if name not in left_out]
        found += [Path(folder) / name for name in names]
    return sorted(path for path in found if path.is_file() and not path.is_symlink())


def version() -> str:
    """The version of Social CRM, which the app tells the server it speaks to."""
    text = (CHECKOUT / APP / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'__version__ = "([^"]+)"', text)
    return found.group(1) if found else "0"


def key() -> str:
    """Changes when a source, a package or the version does."""
    return cache.digest(cache.tree_digest(SOURCE, source_files()), version(), os.uname().machine)


def _fetch(folder: Path, log: Path) -> None:
    for name in ("package.json", "package-lock.json", ".npmrc"):
        (folder / name).write_bytes((SOURCE / name).read_bytes())
    settings = clean_environment({"npm_config_cache": str(cache.folder() / "npm")})
    command = ["npm", "ci", "--ignore-scripts", "--include=dev", "--no-audit", "--no-fund", "--no-progress"]
    run(command, cwd=folder, env=settings, log=log, what="npm ci for the field app")


def modules(bench: Bench) -> Path:
    """The folder with the app's packages; fetched once per lock."""
    name = cache.digest(SOURCE / "package.json", SOURCE / "package-lock.json", os.uname().machine)
    if not (cache.folder() / f"field-app-packages-{name}").is_dir():
        with say.step("Fetching the field app's npm packages"):
            return (
                cache.entry("field-app-packages", name, lambda place: _fetch(place, bench.setup_log))
                / "node_modules"
            )
    return cache.folder() / f"field-app-packages-{name}" / "node_modules"


def copy_sources(bench: Bench, folder: Path, with_tests: bool = False) -> None:
    """A copy of the sources in an empty folder, with the packages beside them."""
    for path in source_files(with_tests):
        target = folder / path.relative_to(SOURCE)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    (folder / "node_modules").symlink_to(modules(bench))


def settings(out: Path) -> dict[str, str]:
    return clean_environment({"FIELD_APP_OUT": str(out), "FIELD_APP_VERSION": version(), "NO_COLOR": "1"})


def _build(bench: Bench, folder: Path) -> None:
    work = folder / "work"
    work.mkdir()
    copy_sources(bench, work)
    command = ["node", work / "node_modules" / "vite" / "bin" / "vite.js", "build", "--logLevel", "warn"]
    run(command, cwd=work, env=settings(folder / "built"), log=bench.setup_log, what="Building the field app")
    shutil.rmtree(work)


def build(bench: Bench) -> None:
    """Have the present app where the site serves it from."""
    current = key()
    if bench.is_done("field-app", current) and (BUILT / "sw.js").is_file():
        return
    modules(bench)
    with say.step("Building the field app"):
        built = cache.entry("field-app", current, lambda folder: _build(bench, folder))
        cache.place(built / "built", BUILT, linked=False)
    bench.mark_done("field-app", current)
