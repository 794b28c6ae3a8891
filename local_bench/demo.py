"""`./run demo`: from a clean checkout to a served site with demo data."""

from __future__ import annotations

import ast
import shutil

from local_bench import cache, database, debian, desk, python_env, say, services, site, source
from local_bench.bench import APP, CHECKOUT, Bench
from local_bench.errors import BenchError


def prepare_parts(bench: Bench) -> None:
    """Frappe, the virtual environment and the Desk's assets: what does not depend on a site."""
    for folder in (bench.root, bench.logs, bench.state, bench.sites, bench.apps):
        folder.mkdir(parents=True, exist_ok=True)
    if not bench.is_done("env", python_env.key()):
        with say.step("Setting up Python's packages"):
            python_env.install(bench)
        bench.mark_done("env", python_env.key())
        bench.forget("registered")
    if not bench.is_done("frappe", desk.key()):
        with say.step(f"Setting up Frappe (develop, commit {source.FRAPPE_COMMIT}) and the Desk"):
            desk.install_frappe(bench, bench.python)
        bench.mark_done("frappe", desk.key())
        bench.forget("registered")
        bench.forget("app-assets")
    desk.link_app(bench)
    registered = cache.digest(
        str(CHECKOUT), str(bench.root), CHECKOUT / "pyproject.toml", CHECKOUT / APP / "__init__.py"
    )
    if not bench.is_done("registered", registered):
        python_env.register_apps(bench)
        bench.mark_done("registered", registered)


def ensure_site(bench: Bench) -> None:
    """A site of the bench's own, with its servers up and its settings right."""
    if not bench.is_done("site", bench.site) or (
        (bench.state / "app-begun").exists() and not (bench.state / "app").exists()
    ):
        services.stop_all(bench)
        site.forget_site(bench)
        with say.step("Creating the site (Spanish, Colombia, America/Bogota, COP)"):
            site.place_bare_site(bench)
            services.start_stores(bench)
            site.adopt_site(bench)
        bench.mark_done("site", bench.site)
    else:
        services.start_stores(bench)
    site.write_addresses(bench)


def bring_up(bench: Bench, port: str | None = None, data: bool = True, families: int | None = None) -> None:
    """Everything `./run demo` does, short of telling about it."""
    debian.ensure(debian.SERVED, bench.setup_log)
    prepare_parts(bench)
    bench.make_secrets()
    if services.settle_ports(bench, port):
        services.stop_app(bench)
    site.write_common_config(bench)
    assets_changed = desk.build_app(bench)
    ensure_site(bench)
    bench.mark_done("app-begun", "")
    code_changed = not bench.is_done("app", site.app_key())
    if code_changed or assets_changed:
        services.stop_app(bench)
    site.install_or_migrate(bench)
    if assets_changed:
        site.frappe(bench, "clear-cache")
    if data:
        site.load_demo(bench, families)
    services.start_web(bench)
    services.start_worker(bench)
    services.start_schedule(bench)
    services.wait_until_served(bench)


def demo_users() -> list[tuple[str, str, str]]:
    """(e-mail, role, full name) of each demo user, as the app's demo data declares them."""
    path = CHECKOUT / APP / "demo" / "users.py"
    if not path.exists():
        return []
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        target = node.target if isinstance(node, ast.AnnAssign) else getattr(node, "targets", [None])[0]
        if isinstance(target, ast.Name) and target.id == "DEMO_USERS" and node.value is not None:
            try:
                return [tuple(row[:3]) for row in ast.literal_eval(node.value)]
            except ValueError:
                raise BenchError(f"DEMO_USERS in {path} must be written out as plain tuples.") from None
    return []


def tell(bench: Bench) -> None:
    """Print where the site is and who can log in."""
    rows = [("Administrator", bench.secrets["administrator"], "everything")]
    if bench.is_done("demo-data", bench.site):
        rows += [(email, bench.secrets["demo"], f"{role} ({name})") for email, role, name in demo_users()]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    say.line()
    say.line(f"Social CRM is up at {bench.url}")
    say.line()
    for login, password, role in rows:
        say.line(f"  {login:<{widths[0]}}  {password:<{widths[1]}}  {role}")
    say.line()
    say.line("This is a bench for evaluation and tests, on this machine alone (127.0.0.1).")
    say.line("For production, install the app on an official Frappe bench: see the README.")
    say.line("Stop it with ./run stop; see ./run help for more.")


def demo(bench: Bench, port: str | None, data: bool = True, families: int | None = None) -> None:
    """Bring the demo up; if that is broken off, stop what runs so that nothing stays behind.

    Raises:
        BenchError: the site holds a demo with another number of families than was asked for.
    """
    python_env.check_python()
    site.refuse_another_size(bench, families)
    bench.root.mkdir(parents=True, exist_ok=True)
    with cache.lock(bench.root / "setup.lock"):
        try:
            bring_up(bench, port, data, families)
        except BaseException:
            services.stop_all(bench)
            raise
    tell(bench)
    say.line(f"Ready after {say.elapsed()}.")


def reset(bench: Bench, everything: bool) -> None:
    """Remove the site and its data; with `everything`, the whole bench folder."""
    services.stop_all(bench)
    if everything:
        shutil.rmtree(bench.root, ignore_errors=True)
        say.line("Removed the bench. Shared downloads stay in " + str(cache.folder()))
        return
    site.forget_site(bench)
    bench.forget("app-begun")
    database.data_folder(bench).parent.mkdir(exist_ok=True, parents=True)
    say.line("Removed the site and its data. ./run demo makes a new one.")
