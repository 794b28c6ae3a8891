"""What breaks in the fault tests, and the tool with which they kill a bench's servers and bring them back.

    python -m local_bench.testing.wreck FOLDER kill|back web|server|database
    python -m local_bench.testing.wreck FOLDER call DOTTED.NAME

`kill` is SIGKILL for every process of a service, in whatever it is doing; `web` is gunicorn alone, `server` also the door
before it (then nobody listens at the address any more). `back` returns when the site answers again.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from local_bench import database, services, site
from local_bench.bench import Bench
from local_bench.errors import BenchError

# Smaller than on a site: five actas a batch, pieces of 64 kB.
LIMITS = {"batch_records": 5, "chunk_bytes": 65_536}
KILLED = {"web": ("web",), "server": ("web", "door"), "database": (database.SERVICE,)}
GONE_SECONDS = 10.0


@dataclass(frozen=True)
class Plan:
    """How much is written and how often what is killed. All moments follow from the seed."""

    seed: int
    actas: int
    screens: int
    """How many of the actas are written with a finger on the screens; the others through the store behind them."""
    browser: int
    web: int
    database: int
    dropped: float = 0.3
    replays: int = 3


SHORT = Plan(seed=20261122, actas=8, screens=1, browser=4, web=2, database=1)
FULL = Plan(seed=20261122, actas=200, screens=3, browser=50, web=12, database=10)


def command(bench: Bench) -> list[str]:
    """The command line of this tool for a bench, to be run from the checkout."""
    return [sys.executable, "-B", "-m", "local_bench.testing.wreck", str(bench.root)]


def kill(bench: Bench, what: str) -> None:
    """End a service with SIGKILL and return when it is gone.

    Raises:
        BenchError: it did not run, or does not go.
    """
    for name in KILLED[what]:
        service = bench.service(name)
        pid = service.pid()
        if pid is None:
            raise BenchError(f"{name} does not run.")
        os.killpg(pid, signal.SIGKILL)
        deadline = time.monotonic() + GONE_SECONDS
        while service.pid() is not None:
            if time.monotonic() > deadline:
                raise BenchError(f"{name} (process {pid}) does not end.")
            time.sleep(0.01)


def back(bench: Bench, what: str) -> None:
    """Start what was killed and return when the site answers."""
    if what == "database":
        database.start(bench)
    else:
        services.start_web(bench, workers=1)
    services.wait_until_served(bench)


def main(folder: str, action: str, what: str) -> None:
    bench = Bench(Path(folder))
    if action == "call":
        site.frappe(bench, "execute", what)
    else:
        {"kill": kill, "back": back}[action](bench, what)


if __name__ == "__main__":
    main(*sys.argv[1:])
