"""Where everything of one bench lies, and the ports and passwords it was given.

The folder is shaped like any Frappe bench (`apps`, `sites`, `env`, `config`, `logs`), so that what is known
about benches holds here. `apps/social_crm` is a link to the checkout itself.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from local_bench.processes import Service, clean_environment

CHECKOUT = Path(__file__).resolve().parent.parent
APP = "social_crm"
SITE = "social-crm.localhost"
DATABASE = "social_crm"
HOST = "127.0.0.1"
PORT_NAMES = ("web", "gunicorn", "database", "redis_cache", "redis_queue")
SECRET_NAMES = ("administrator", "demo", "database_root", "database_site")


@dataclass
class Bench:
    """One bench. Two of them never share a database server, a Redis server or a port."""

    root: Path
    relaxed: bool = False
    """True where losing the data to a crash does not matter: throw-away benches of a test run."""
    ports: dict[str, int] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    site: str = SITE
    tree: Path | None = None
    """Another copy of the app's repository to run instead of this checkout, such as an older release."""

    def __post_init__(self) -> None:
        stored = self._stored()
        self.ports = {**stored.get("ports", {}), **self.ports}
        self.secrets = {**stored.get("secrets", {}), **self.secrets}

    # -- places ---------------------------------------------------------------------------------
    @property
    def apps(self) -> Path:
        return self.root / "apps"

    @property
    def frappe(self) -> Path:
        return self.apps / "frappe"

    @property
    def env(self) -> Path:
        return self.root / "env"

    @property
    def python(self) -> Path:
        return self.env / "bin" / "python"

    @property
    def sites(self) -> Path:
        return self.root / "sites"

    @property
    def site_folder(self) -> Path:
        return self.sites / self.site

    @property
    def config(self) -> Path:
        return self.root / "config"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def state(self) -> Path:
        return self.root / "state"

    @property
    def bin(self) -> Path:
        return self.root / "bin"

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def settings_file(self) -> Path:
        return self.config / "bench.json"

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.ports['web']}"

    @property
    def setup_log(self) -> Path:
        return self.logs / "setup.log"

    # -- settings -------------------------------------------------------------------------------
    def _stored(self) -> dict[str, dict]:
        try:
            return json.loads(self.settings_file.read_text())
        except (OSError, ValueError):
            return {}

    def save(self) -> None:
        """Write ports and passwords where only the owner can read them."""
        self.config.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"ports": self.ports, "secrets": self.secrets}, indent=1)
        work = self.settings_file.with_suffix(".new")
        work.touch(mode=0o600)
        work.write_text(text)
        work.replace(self.settings_file)

    def make_secrets(self) -> None:
        """Invent what is missing. The demo's passwords are short enough to type from the terminal."""
        for name in SECRET_NAMES:
            if name not in self.secrets:
                self.secrets[name] = secrets.token_hex(6 if name in ("administrator", "demo") else 16)
        self.save()

    # -- state ----------------------------------------------------------------------------------
    def is_done(self, step: str, key: str) -> bool:
        """Whether a step was completed with exactly these inputs."""
        try:
            return (self.state / step).read_text() == key
        except OSError:
            return False

    def mark_done(self, step: str, key: str) -> None:
        self.state.mkdir(parents=True, exist_ok=True)
        (self.state / step).write_text(key)

    def forget(self, step: str) -> None:
        (self.state / step).unlink(missing_ok=True)

    # -- running things -------------------------------------------------------------------------
    def environment(self, **extra: str) -> dict[str, str]:
        """What a Frappe process of this bench runs with."""
        search = os.pathsep.join([str(self.bin), str(self.env / "bin"), os.environ.get("PATH", os.defpath)])
        ours = {
            "PATH": search,
            "FRAPPE_SITE": self.site,
            "FRAPPE_BENCH_ROOT": str(self.root),
            "FRAPPE_DB_HOST": HOST,
            "FRAPPE_DB_PORT": str(self.ports.get("database", "")),
            "FRAPPE_REDIS_CACHE": f"redis://{HOST}:{self.ports.get('redis_cache')}",
            "FRAPPE_REDIS_QUEUE": f"redis://{HOST}:{self.ports.get('redis_queue')}",
        }
        if self.tree:
            ours["PYTHONPATH"] = str(self.tree)
        variables = clean_environment({**ours, **extra})
        # Where it is set, as in many containers, every process and every job of a worker compiles Frappe and the app anew.
        variables.pop("PYTHONDONTWRITEBYTECODE", None)
        return variables

    def service(self, name: str) -> Service:
        return Service(name, self.root / "run", self.logs)

    def frappe_command(self, *words: str, site: bool = True) -> list[str]:
        """The command line of a Frappe command, to be run from the sites folder."""
        command = [str(self.python), "-m", "frappe.utils.bench_helper", "frappe"]
        return command + (["--site", self.site] if site else []) + list(words)


def demo_bench() -> Bench:
    """The bench of this checkout."""
    return Bench(Path(os.environ.get("SOCIAL_CRM_BENCH") or CHECKOUT / ".bench"))
