"""The bench's processes: database, Redis, web, door with realtime, worker and scheduler."""

from __future__ import annotations

import os
import time
import urllib.error
import urllib.request
from pathlib import Path

from local_bench import database, ports, redis
from local_bench.bench import HOST, Bench
from local_bench.errors import BenchError

DOOR = Path(__file__).parent / "serve" / "door.mjs"
STORES = ("mariadb", *redis.SERVICES)
APP_SERVICES = ("web", "door", "worker", "schedule")
ALL = STORES + APP_SERVICES
PORT_OF = {
    "mariadb": "database",
    "redis_cache": "redis_cache",
    "redis_queue": "redis_queue",
    "web": "gunicorn",
    "door": "web",
}
ANSWER_SECONDS = 90


def running(bench: Bench) -> list[str]:
    """The names of the services that run."""
    return [name for name in ALL if bench.service(name).pid()]


def settle_ports(bench: Bench, web: str | None = None) -> bool:
    """Choose ports; those of running servers stay. True if any changed."""
    keep = {PORT_OF[name] for name in running(bench) if name in PORT_OF}
    if web and "web" in keep and str(bench.ports.get("web")) != web:
        bench.service("door").stop()
        keep.discard("web")
    return ports.choose(bench, web, keep)


def start_stores(bench: Bench) -> None:
    database.start(bench)
    redis.start(bench)


def start_web(bench: Bench, workers: int = 2) -> None:
    """gunicorn on loopback, and the door before it."""
    sites = bench.sites
    command = [bench.python, "-m", "gunicorn", "--bind", f"{HOST}:{bench.ports['gunicorn']}"]
    command += ["--worker-class", "gthread", "--workers", str(workers), "--threads", "8", "--timeout", "120"]
    command += ["--graceful-timeout", "5", "local_bench.serve.wsgi:application"]
    if os.environ.get("SOCIAL_CRM_RELOAD"):
        command.insert(3, "--reload")
    bench.service("web").start(command, cwd=sites, env=bench.environment())
    door = {
        "DOOR_PORT": str(bench.ports["web"]),
        "GUNICORN_PORT": str(bench.ports["gunicorn"]),
        "REDIS_QUEUE": f"redis://{HOST}:{bench.ports['redis_queue']}",
        "NODE_MODULES": str(bench.frappe / "node_modules"),
    }
    bench.service("door").start(["node", DOOR], cwd=sites, env=bench.environment(**door))


def start_worker(bench: Bench) -> None:
    command = bench.frappe_command("worker", "--queue", "short,default,long", site=False)
    bench.service("worker").start(command, cwd=bench.sites, env=bench.environment())


def start_schedule(bench: Bench) -> None:
    command = bench.frappe_command("schedule", site=False)
    bench.service("schedule").start(command, cwd=bench.sites, env=bench.environment())


def stop_app(bench: Bench) -> list[str]:
    """Stop what runs the app's code and leave the database and Redis running."""
    return [name for name in reversed(APP_SERVICES) if bench.service(name).stop()]


def stop_all(bench: Bench) -> list[str]:
    """Stop every service, those that use the database first."""
    stopped = stop_app(bench)
    stopped += redis.stop(bench)
    if database.stop(bench):
        stopped.append(database.SERVICE)
    return stopped


def ping(bench: Bench) -> bool:
    """Whether the site answers through its address."""
    try:
        with urllib.request.urlopen(f"{bench.url}/api/method/ping", timeout=20) as answer:
            return b"pong" in answer.read()
    except (urllib.error.URLError, OSError):
        return False


def wait_until_served(bench: Bench) -> None:
    """Return once the site answers.

    Raises:
        BenchError: a web process ended, or no answer came in time; the message carries its last words.
    """
    deadline = time.monotonic() + ANSWER_SECONDS
    while not ping(bench):
        for name in ("web", "door"):
            service = bench.service(name)
            if service.pid() is None:
                raise BenchError(f"The {name} process ended at once:\n{service.tail()}\nSee {service.log}")
        if time.monotonic() > deadline:
            tail = bench.service("web").tail()
            raise BenchError(f"The site does not answer at {bench.url} after {ANSWER_SECONDS} s:\n{tail}")
        time.sleep(0.1)
