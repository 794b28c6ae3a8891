"""The site: create it, install the app, migrate after changes, load the demo data.

A bare site (Frappe alone, in Spanish, past the setup wizard) is made once and kept in the cache as a data
directory of MariaDB with its site folder. A bench copies it, which takes a second instead of half a minute.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from local_bench import cache, database, desk, ports, say, services
from local_bench.bench import APP, CHECKOUT, DATABASE, HOST, Bench
from local_bench.errors import BenchError
from local_bench.processes import run
from social_crm.demo import default_families

INSIDE = Path(__file__).parent / "inside.py"
SHARED = ("apps", "env", "bin", "logs")
CODE = (".py", ".json", ".txt", ".csv", ".html", ".js", ".css", ".svg")


def write_common_config(bench: Bench, apps: tuple[str, ...] = ("frappe", APP)) -> None:
    """`apps.txt` and `common_site_config.json`, with this bench's present ports."""
    bench.sites.mkdir(parents=True, exist_ok=True)
    (bench.sites / "apps.txt").write_text("\n".join(apps) + "\n")
    queue = f"redis://{HOST}:{bench.ports['redis_queue']}"
    config = {
        "default_site": bench.site,
        "serve_default_site": True,
        "webserver_port": bench.ports["web"],
        "db_host": HOST,
        "db_port": bench.ports["database"],
        "redis_cache": f"redis://{HOST}:{bench.ports['redis_cache']}",
        "redis_queue": queue,
        "redis_socketio": queue,
        "mute_emails": 1,
        "developer_mode": 0,
        "disable_website_cache": 0,
    }
    (bench.sites / "common_site_config.json").write_text(json.dumps(config, indent=1, sort_keys=True))


def update_site_config(bench: Bench, **values: object) -> None:
    path = bench.site_folder / "site_config.json"
    config = json.loads(path.read_text())
    config.update(values)
    work = path.with_suffix(".new")
    work.touch(mode=0o600)
    work.write_text(json.dumps(config, indent=1, sort_keys=True))
    work.replace(path)


def inside(bench: Bench, action: str, **arguments: object) -> str:
    """Run one action of inside.py in the bench's own Python."""
    return run(
        [bench.python, "-m", "local_bench.inside", action],
        cwd=bench.sites,
        env=bench.environment(),
        feed=json.dumps(arguments),
        log=bench.setup_log,
        what=f"Frappe ({action})",
    )


def frappe(bench: Bench, *words: str) -> str:
    """Run a Frappe command on the bench's site to its end."""
    command = bench.frappe_command(*words)
    return run(
        command, cwd=bench.sites, env=bench.environment(), log=bench.setup_log, what=f"frappe {words[0]}"
    )


def template_key(bench: Bench) -> str:
    server = run([database.program("mariadbd"), "--version"]).split("Ver", 1)[-1]
    return cache.digest(desk.key(), INSIDE, server, DATABASE, bench.site)


def _make_template(bench: Bench, folder: Path) -> None:
    """Create a bare site in `folder` with the bench's environment, then stop its servers."""
    work = Bench(folder, relaxed=True, site=bench.site)
    bench.logs.mkdir(parents=True, exist_ok=True)
    for name in SHARED:
        (folder / name).symlink_to(bench.root / name)
    try:
        ports.choose(work)
        work.make_secrets()
        write_common_config(work, apps=("frappe",))
        (work.sites / "assets").symlink_to(bench.sites / "assets")
        database.create_data(work)
        services.start_stores(work)
        inside(
            work,
            "new_site",
            site=work.site,
            database=DATABASE,
            database_password=work.secrets["database_site"],
            root_password=work.secrets["database_root"],
            admin_password=work.secrets["administrator"],
            host=HOST,
            port=work.ports["database"],
        )
        inside(work, "settle", site=work.site)
    finally:
        services.stop_all(work)
    site_folder = folder / "site"
    work.site_folder.rename(site_folder)
    shutil.rmtree(site_folder / "logs", ignore_errors=True)
    for name in SHARED:
        (folder / name).unlink()
    for name in ("sites", "config", "run"):
        shutil.rmtree(folder / name, ignore_errors=True)


def bare_site(bench: Bench) -> Path:
    """The cached bare site; made on first need."""
    return cache.entry("site", template_key(bench), lambda folder: _make_template(bench, folder))


def place_bare_site(bench: Bench) -> None:
    """Give the bench a site of its own, copied from the bare one, with its own passwords. Servers must be down."""
    template = bare_site(bench)
    cache.place(template / "data" / "mariadb", database.data_folder(bench), linked=False)
    cache.place(template / "site", bench.site_folder, linked=False)
    (bench.site_folder / "logs").mkdir(exist_ok=True)
    update_site_config(bench, db_password=bench.secrets["database_site"])


def adopt_site(bench: Bench) -> None:
    """After the servers are up: the Administrator's password, and settings that follow the ports."""
    inside(bench, "set_admin_password", site=bench.site, password=bench.secrets["administrator"])


def write_addresses(bench: Bench) -> None:
    """What the site must know about where it is served, for links in documents and e-mails."""
    update_site_config(bench, host_name=bench.url, social_crm_demo_password=bench.secrets["demo"])


def app_files() -> list[Path]:
    """The app's files that a migration may read."""
    names = (path for path in (CHECKOUT / APP).rglob("*") if path.suffix in CODE)
    hidden = {"public", "__pycache__", "node_modules"}
    return [path for path in names if not hidden & set(path.parts) and not path.name.startswith("test_")]


def app_key() -> str:
    return cache.tree_digest(CHECKOUT, app_files())


def install_or_migrate(bench: Bench) -> bool:
    """Install the app, or migrate the site if the app's files changed since; True if anything was done."""
    current = app_key()
    if bench.is_done("app", current):
        return False
    if (bench.state / "app").exists():
        with say.step("Migrating the site to the present code"):
            frappe(bench, "migrate")
    else:
        with say.step("Installing Social CRM on the site"):
            frappe(bench, "install-app", APP)
    bench.mark_done("app", current)
    return True


def load_demo(bench: Bench, families: int | None = None) -> None:
    """Load the demo data once. The loader commits at its end, so a broken-off load leaves nothing behind.

    families: how many instead of the loader's default.
    """
    if bench.is_done("demo-data", bench.site):
        return
    families = families or default_families()
    with say.step("Loading the demo data"):
        frappe(bench, "execute", f"{APP}.demo.load", "--kwargs", repr({"families": families}))
    bench.mark_done("demo-data", bench.site)
    bench.mark_done("demo-families", str(families))


def refuse_another_size(bench: Bench, families: int | None) -> None:
    """A demo does not grow or shrink: who asks for a number of families has it or starts anew.

    Raises:
        BenchError: the site holds a demo with another number of families.
    """
    has_demo = bench.is_done("demo-data", bench.site)
    if families is not None and has_demo and not bench.is_done("demo-families", str(families)):
        raise BenchError(
            f"This site holds a demo that was not made with --families {families}. "
            "Remove it with ./run reset, then ask again."
        )


def forget_site(bench: Bench) -> None:
    """Remove the site's data and everything that was true of it alone."""
    for step in ("site", "app", "demo-data"):
        bench.forget(step)
    for folder in (database.data_folder(bench), bench.site_folder):
        if folder.exists() and not folder.is_symlink():
            shutil.rmtree(folder)
