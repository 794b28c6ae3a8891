"""Throw-away benches for tests: a template with the app installed, and copies of it.

A MariaDB server is stopped once and its data directory kept; a copy with a server of its own is there in
about a second. Each copy has its own Redis pair too: cache keys carry only the database's name, so copies
that shared one would read each other's cache.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local_bench import cache, database, ports, say, services, site
from local_bench.bench import APP, CHECKOUT, Bench

LINKED = ("apps", "env", "bin")
SYSTEM_MANAGER = "system.manager@example.com"


def _folder(bench: Bench, name: str) -> Path:
    return bench.root / "test" / name


def _skeleton(bench: Bench, root: Path, tree: Path | None = None) -> Bench:
    """An empty bench folder that shares apps, environment and built assets with `bench`."""
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    for name in LINKED:
        (root / name).symlink_to(os.path.relpath(bench.root / name, root))
    if tree:
        (root / "apps").unlink()
        (root / "apps").mkdir()
        (root / "apps" / "frappe").symlink_to(bench.frappe)
        (root / "apps" / APP).symlink_to(tree)
    copy = Bench(root, relaxed=True, site=bench.site, tree=tree)
    copy.make_secrets()
    ports.choose(copy)
    copy.sites.mkdir()
    (copy.sites / "assets").symlink_to(os.path.relpath(bench.sites / "assets", copy.sites))
    return copy


def stop_leftovers(bench: Bench) -> None:
    """Stop what a killed run may have left running."""
    for folder in sorted((bench.root / "test").glob("*/config")):
        services.stop_all(Bench(folder.parent))


@contextmanager
def bare(bench: Bench, name: str, tree: Path | None = None) -> Iterator[Bench]:
    """A throw-away bench with a bare site, Frappe alone; its database and Redis run.

    With `tree`, the app's code is that copy of the repository; `use_checkout` changes over to this one.
    """
    copy = _skeleton(bench, _folder(bench, name), tree)
    try:
        site.place_bare_site(copy)
        site.write_common_config(copy, apps=("frappe",))
        services.start_stores(copy)
        site.adopt_site(copy)
        site.write_addresses(copy)
        site.write_common_config(copy)
        yield copy
    finally:
        services.stop_all(copy)


def use_checkout(copy: Bench) -> None:
    """Let a bench that ran another copy of the repository run this checkout, as pulling a release does."""
    copy.tree = None
    link = copy.apps / APP
    link.unlink()
    link.symlink_to(CHECKOUT)


def template(bench: Bench) -> Path:
    """A stopped bench with the app installed from the present code; made anew when that changed."""
    folder = _folder(bench, "template")
    key = cache.digest(site.template_key(bench), site.app_key(), SYSTEM_MANAGER)
    if bench.is_done("test-template", key) and folder.exists():
        return folder
    bench.forget("test-template")
    with say.step("Preparing a test site with the app"), bare(bench, "template") as copy:
        site.inside(copy, "add_system_manager", site=copy.site, email=SYSTEM_MANAGER)
        site.frappe(copy, "install-app", APP)
        # Later Frappe commands of tests must not wait for a scheduler that nobody runs.
        site.update_site_config(copy, pause_scheduler=1, allow_tests=1)
        # Closed actas are signed in tests too; the certificate lies beside the site's configuration.
        site.frappe(copy, "social-crm-demo-certificate")
    bench.mark_done("test-template", key)
    return folder


@contextmanager
def fresh(bench: Bench, name: str, *, web: bool = False, durable: bool = False) -> Iterator[Bench]:
    """A throw-away bench with the app installed; with `web` it is served and has a worker.

    With `durable` its database keeps what it has committed also when it is killed, as the demo's does.
    """
    source = template(bench)
    copy = _skeleton(bench, _folder(bench, name))
    copy.relaxed = not durable
    try:
        origin = Bench(source)
        copy.secrets = dict(origin.secrets)
        copy.save()
        cache.place(database.data_folder(origin), database.data_folder(copy), linked=False)
        shutil.copytree(origin.site_folder, copy.site_folder, symlinks=True, dirs_exist_ok=True)
        site.write_common_config(copy)
        site.write_addresses(copy)
        services.start_stores(copy)
        if web:
            services.start_web(copy, workers=1)
            services.start_worker(copy)
            services.wait_until_served(copy)
        yield copy
    finally:
        services.stop_all(copy)
