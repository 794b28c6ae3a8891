"""Two private Redis servers, for the cache and for the queue, on loopback and without files on disk."""

from __future__ import annotations

import shutil
import socket
import time
from pathlib import Path

from local_bench.bench import HOST, Bench
from local_bench.errors import BenchError
from local_bench.processes import clean_environment

SERVICES = ("redis_cache", "redis_queue")
START_SECONDS = 20


def program(bench: Bench) -> Path:
    """The server's program. Debian's redis-tools carries it too, under another name: the name it is called
    by decides what it does, so a link serves, and no system-wide Redis service needs to be installed."""
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if found:
        return Path(found)
    carrier = shutil.which("redis-check-rdb")
    if not carrier:
        raise BenchError("redis-server was not found: install Redis (Debian: redis-tools).")
    link = bench.bin / "redis-server"
    if not link.exists():
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(carrier)
    return link


def answers(port: int) -> bool:
    try:
        with socket.create_connection((HOST, port), 1.0) as link:
            link.settimeout(2.0)
            link.sendall(b"PING\r\n")
            return link.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def start(bench: Bench) -> None:
    """Start both servers and wait until they answer.

    Raises:
        BenchError: one of them did not answer in time.
    """
    for name in SERVICES:
        policy = "allkeys-lru" if name == "redis_cache" else "noeviction"
        command = [program(bench), "--port", str(bench.ports[name]), "--bind", HOST, "--save", ""]
        command += ["--appendonly", "no", "--maxmemory", "256mb", "--maxmemory-policy", policy]
        command += ["--daemonize", "no", "--dir", bench.root / "run"]
        (bench.root / "run").mkdir(parents=True, exist_ok=True)
        bench.service(name).start(command, cwd=bench.root, env=clean_environment())
    deadline = time.monotonic() + START_SECONDS
    for name in SERVICES:
        while not answers(bench.ports[name]):
            service = bench.service(name)
            if time.monotonic() > deadline or service.pid() is None:
                raise BenchError(f"The private Redis server did not start:\n{service.tail()}")
            time.sleep(0.05)


def stop(bench: Bench) -> list[str]:
    return [name for name in SERVICES if bench.service(name).stop()]
