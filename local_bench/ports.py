"""Ports: chosen free once for each bench and kept, or set by the person and then never changed silently."""

from __future__ import annotations

import json
import socket
from pathlib import Path

from local_bench import cache
from local_bench.bench import HOST, PORT_NAMES, Bench
from local_bench.errors import BenchError

FIRST = {"web": 8000, "gunicorn": 8400, "database": 13300, "redis_cache": 13700, "redis_queue": 14100}
SPAN = 400


def is_free(port: int) -> bool:
    """Whether a server could listen there on loopback now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def parse_set_port(text: str) -> int:
    """The port a person asked for.

    Raises:
        BenchError: not a port an ordinary user may listen on.
    """
    if not text.isdigit() or not 1024 <= int(text) <= 65535:
        raise BenchError(f"'{text}' is not a port: give a number from 1024 to 65535.")
    return int(text)


def _registry_path() -> Path:
    return cache.folder() / "ports.json"


def _others(bench: Bench) -> set[int]:
    """Ports that other benches on this machine keep, running or not."""
    try:
        known = json.loads(_registry_path().read_text())
    except (OSError, ValueError):
        return set()
    return {
        port
        for root, ports in known.items()
        if root != str(bench.root) and Path(root).is_dir()
        for port in ports
    }


def _remember(bench: Bench) -> None:
    path = _registry_path()
    try:
        known = json.loads(path.read_text())
    except (OSError, ValueError):
        known = {}
    known = {root: ports for root, ports in known.items() if Path(root).is_dir()}
    known[str(bench.root)] = sorted(bench.ports.values())
    path.write_text(json.dumps(known, indent=1))


def choose(bench: Bench, web: str | None = None, keep: set[str] = frozenset()) -> bool:
    """Give every server of the bench a port; True if any changed.

    Args:
        bench: its remembered ports stay where they are still free.
        web: the web port the person set, if any.
        keep: names of ports whose server runs already and is ours.

    Raises:
        BenchError: the port that the person set is taken.
    """
    before = dict(bench.ports)
    with cache.lock(cache.folder() / "ports.lock"):
        bench.root.mkdir(parents=True, exist_ok=True)
        taken = _others(bench)
        if web:
            bench.ports["web"] = parse_set_port(web)
            if "web" not in keep and not is_free(bench.ports["web"]):
                raise BenchError(
                    f"Port {web} is taken by another program on this machine.\n"
                    "Choose another (./run demo --port 8010), or leave it out and a free one is found."
                )
        for name in PORT_NAMES:
            current = bench.ports.get(name)
            if name in keep or (name == "web" and web):
                continue
            if current and current not in taken and is_free(current):
                continue
            candidates = range(FIRST[name], FIRST[name] + SPAN)
            used = taken | set(bench.ports.values())
            free = next((port for port in candidates if port not in used and is_free(port)), None)
            if free is None:
                raise BenchError(f"No free port between {FIRST[name]} and {FIRST[name] + SPAN - 1}.")
            bench.ports[name] = free
        _remember(bench)
    if bench.ports != before:
        bench.save()
    return bench.ports != before
