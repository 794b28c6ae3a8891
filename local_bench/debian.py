"""Debian packages: which are missing, and installing them.

The server programs come from packages that install no system service: `mariadb-server-core` and
`redis-tools` carry the programs alone, and nothing is started on the machine but what this bench starts.
"""

from __future__ import annotations

import ctypes.util
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from local_bench import say
from local_bench.errors import BenchError
from local_bench.processes import clean_environment, run

SBIN = "/usr/sbin:/usr/local/sbin:/sbin"


@dataclass(frozen=True)
class Need:
    """One thing the bench needs: any of these programs, libraries or files satisfies it."""

    package: str
    programs: tuple[str, ...] = ()
    library: str = ""
    file: str = ""

    def is_met(self) -> bool:
        if any(shutil.which(name) or shutil.which(name, path=SBIN) for name in self.programs):
            return True
        if self.library and ctypes.util.find_library(self.library):
            return True
        return bool(self.file) and Path(self.file).exists()


SERVED = (
    Need("mariadb-server-core", programs=("mariadbd", "mysqld")),
    Need("mariadb-client-core", programs=("mysql",)),
    Need("redis-tools", programs=("redis-server", "valkey-server", "redis-check-rdb")),
    Need("nodejs", programs=("node",)),
    Need("npm", programs=("npm",)),
    Need("libpango-1.0-0", library="pango-1.0"),
    Need("libpangoft2-1.0-0", library="pangoft2-1.0"),
    Need("libcairo2", library="cairo"),
    Need("libxrender1", library="Xrender"),
    Need("libxext6", library="Xext"),
    Need("libfontconfig1", library="fontconfig"),
    Need("fonts-dejavu-core", file="/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"),
    Need("fonts-liberation", file="/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf"),
)
# What looking at screens and documents needs, on top.
TESTED = (
    Need("chromium", programs=("chromium", "chromium-browser", "google-chrome")),
    Need("poppler-utils", programs=("pdftotext",)),
    Need("git", programs=("git",)),
)


def python_venv_need() -> Need | None:
    """Debian splits `venv` from Python; a Python built by hand has it."""
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        return Need(f"python3.{sys.version_info.minor}-venv")
    return None


def missing(needs: tuple[Need, ...]) -> list[str]:
    """The packages that would satisfy what is not met, in order."""
    extra = python_venv_need()
    wanted = needs + ((extra,) if extra else ())
    return [need.package for need in wanted if not need.is_met()]


def ensure(needs: tuple[Need, ...], log: Path) -> None:
    """Install what is missing with apt, as root or through sudo.

    Raises:
        BenchError: something is missing and this user may not install it; the message is the command to type.
    """
    packages = missing(needs)
    if not packages:
        return
    typed = "apt-get install --no-install-recommends " + " ".join(packages)
    if not shutil.which("apt-get"):
        raise BenchError(
            "This machine lacks some programs and has no apt-get. Install what these Debian packages hold:\n"
            f"  {' '.join(packages)}"
        )
    prefix: list[str] = []
    if os.geteuid() != 0:
        prefix = _sudo(typed)
    env = clean_environment({"DEBIAN_FRONTEND": "noninteractive"})
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"]
    with say.step(f"Installing Debian packages: {' '.join(packages)}"):
        run([*apt, "update"], env=env, log=log, what="apt-get update")
        run([*apt, "install", "--no-install-recommends", *packages], env=env, log=log, what=typed)
    still = missing(needs)
    if still:
        raise BenchError(f"apt-get installed the packages, but these are still not found: {' '.join(still)}")


def _sudo(typed: str) -> list[str]:
    if shutil.which("sudo"):
        quiet = subprocess.run(["sudo", "-n", "true"], capture_output=True)
        if quiet.returncode == 0:
            return ["sudo", "-n"]
    raise BenchError(
        "Some programs are missing, and installing them needs an administrator. Type this, then try again:\n"
        f"  sudo apt-get update && sudo {typed}"
    )
