"""The Desk's JavaScript and CSS, and the assets that the web server hands out.

Frappe's own part is built once per recipe and kept in the cache together with its npm packages; the app's
part is built in the checkout whenever one of its files changed.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from local_bench import cache, field_app, say, source
from local_bench.bench import APP, CHECKOUT, Bench
from local_bench.processes import clean_environment, run

RECIPE = Path(__file__).parent / "desk"


def key() -> str:
    files = [RECIPE / "package.json", RECIPE / "package-lock.json", RECIPE / "build.mjs"]
    return cache.digest(source.RECIPE, os.uname().machine, *files)


def _fill(folder: Path, python: Path, log: Path) -> None:
    """Frappe's source, its npm packages and its built bundles, in one folder."""
    app = folder / "frappe"
    with say.step("Rebuilding Frappe from the pinned wheel"):
        wheel_folder = cache.entry("wheel", source.SHA256[:16], lambda place: _fetch(python, place))
        source.rebuild(wheel_folder / source.WHEEL, app)
    with say.step("Installing the Desk's npm packages"):
        for name in ("package.json", "package-lock.json"):
            (app / name).write_bytes((RECIPE / name).read_bytes())
        settings = clean_environment({"npm_config_cache": str(cache.folder() / "npm")})
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-progress"]
        run(command, cwd=app, env=settings, log=log, what="npm ci")
        (app / "node_modules").rename(folder / "node_modules")
    with say.step("Building the Desk's JavaScript and CSS"):
        build_bundles(folder / "node_modules", folder, folder / "frappe-assets.json", "frappe", log)


def _fetch(python: Path, folder: Path) -> None:
    source.download_wheel(python, folder)


def build_bundles(modules: Path, apps: Path, report: Path, app: str, log: Path) -> None:
    command = ["node", RECIPE / "build.mjs", "--modules", modules, "--apps", apps, "--out", report, app]
    run(command, env=clean_environment(), log=log, what=f"Building the bundles of {app}")


def install_frappe(bench: Bench, python: Path) -> None:
    """Put Frappe's tree, npm packages and built bundles into `apps/frappe`."""
    built = cache.entry("frappe", key(), lambda folder: _fill(folder, python, bench.setup_log))
    # Its own copy, because people look into it and change it; the npm packages are linked.
    cache.place(built / "frappe", bench.frappe, linked=False)
    cache.place(built / "node_modules", bench.frappe / "node_modules", linked=True)
    (bench.frappe / "assets.json").write_bytes((built / "frappe-assets.json").read_bytes())


def link_app(bench: Bench) -> None:
    link = bench.apps / APP
    if not link.is_symlink():
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(os.path.relpath(CHECKOUT, bench.apps))


def _public_files() -> list[Path]:
    public = CHECKOUT / APP / "public"
    return [
        path for path in public.rglob("*") if path.is_file() and not {"dist", "field_app"} & set(path.parts)
    ]


def app_key() -> str:
    """Changes when a file below the app's public folder does."""
    return cache.digest(key(), cache.tree_digest(CHECKOUT, _public_files()))


def build_app(bench: Bench) -> bool:
    """Build the app's bundles if its files changed, and write what the web server needs to find them.

    Returns:
        True if anything was built: then the site's cache has to be cleared.
    """
    field_app.build(bench)
    current = app_key()
    if bench.is_done("app-assets", current) and _is_complete(bench):
        return False
    with say.step("Building the app's JavaScript and CSS"):
        report = bench.state / "app-assets.json"
        report.parent.mkdir(parents=True, exist_ok=True)
        build_bundles(bench.frappe / "node_modules", bench.apps, report, APP, bench.setup_log)
    write_assets(bench, [bench.frappe / "assets.json", report])
    bench.mark_done("app-assets", current)
    return True


def _is_complete(bench: Bench) -> bool:
    """Whether every bundle that the web server will be asked for is there."""
    lists = [bench.sites / "assets" / name for name in ("assets.json", "assets-rtl.json")]
    if not all(path.exists() for path in lists):
        return False
    urls = [url for path in lists for url in json.loads(path.read_text()).values()]
    return all((bench.sites / url.lstrip("/")).exists() for url in urls)


def write_assets(bench: Bench, reports: list[Path]) -> None:
    """Lay out `sites/assets`: a link to each app's public folder and the two lists of bundles."""
    assets = bench.sites / "assets"
    assets.mkdir(parents=True, exist_ok=True)
    left_to_right: dict[str, str] = {}
    right_to_left: dict[str, str] = {}
    for report in reports:
        for app, bundles in json.loads(report.read_text()).items():
            left_to_right.update(bundles["ltr"])
            right_to_left.update(bundles["rtl"])
            _link(bench.apps / app / app / "public", assets / app)
    _link(bench.frappe / "node_modules", bench.frappe / "frappe" / "public" / "node_modules")
    (assets / "assets.json").write_text(json.dumps(left_to_right, indent=1))
    (assets / "assets-rtl.json").write_text(json.dumps(right_to_left, indent=1))


def _link(target: Path, link: Path) -> None:
    if link.is_symlink():
        link.unlink()
    if target.exists():
        link.symlink_to(os.path.relpath(target.resolve(), link.parent.resolve()))
