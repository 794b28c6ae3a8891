"""The command line behind `./run`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path

from local_bench import demo, processes, say, services, site
from local_bench.bench import Bench, demo_bench
from local_bench.errors import BenchError

HELP = """\
usage: ./run COMMAND [options]

  demo [--port N]      set up what is missing and serve the site with demo data; prints the address and logins
       [--families N]  how many families the demo has: 207 without it, up to 100000
       [--empty]       the same without demo data
  stop                 stop everything this bench runs
  status               what runs, where, and since which set-up
  logs [NAME] [-f]     the services' logs (web, door, worker, schedule, mariadb, redis_cache, redis_queue, setup)
  shell                a Python shell connected to the site
  frappe ...           any Frappe command on the site, such as: ./run frappe migrate
  reset [--all]        remove the site and its data; with --all the whole bench folder
  test [GROUP ...]     the tests: unit, frontend, site, rest, browser, faults, upgrade, install (all of them without a name)
  faults [--full]      kill the field app's browser, web server and database, lose replies, and count what arrived
         [--seed N]    the same events again
  check                formatting, types, translations and the rules of the house
  mutate [NAME ...]    change the loan's arithmetic line by line and see whether a test notices (about an hour)
  benchmark [NAME]     measure what the benchmarks folder describes
  help                 this text

The bench lies in .bench/ and is meant for evaluation and tests on this machine alone. Downloads and built
parts are shared between checkouts in ~/.cache/social-crm (SOCIAL_CRM_CACHE names another place).
SOCIAL_CRM_PORT sets the web port, SOCIAL_CRM_PYTHON the Python to use (3.10 or 3.11).
SOCIAL_CRM_RELOAD=1 makes the web server follow changes in the code.
"""


def _existing(bench: Bench) -> Bench:
    if not bench.python.exists() or "web" not in bench.ports:
        raise BenchError("There is no bench here yet. ./run demo makes one.")
    return bench


def command_demo(bench: Bench, words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run demo")
    parser.add_argument("--port", default=os.environ.get("SOCIAL_CRM_PORT"))
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--empty", action="store_true", help="without demo data")
    size.add_argument("--families", type=int, help="how many families the demo has (207)")
    asked = parser.parse_args(words)
    if asked.families is not None and not 1 <= asked.families <= 100_000:
        parser.error("--families: a demo has 1 to 100000 families")
    demo.demo(bench, asked.port, data=not asked.empty, families=asked.families)
    return 0


def command_stop(bench: Bench, words: list[str]) -> int:
    stopped = services.stop_all(bench)
    say.line(f"Stopped: {', '.join(stopped)}." if stopped else "Nothing was running.")
    return 0


def command_status(bench: Bench, words: list[str]) -> int:
    up = services.running(bench)
    for name in services.ALL:
        pid = bench.service(name).pid()
        port = bench.ports.get(services.PORT_OF.get(name, ""), "")
        say.line(
            f"  {name:<12} {'runs' if pid else 'stopped':<8} {f'process {pid}' if pid else '':<16} {port}"
        )
    if "door" in up:
        say.line(f"\n{bench.url} {'answers' if services.ping(bench) else 'does not answer'}")
    return 0 if len(up) == len(services.ALL) else 3


def command_logs(bench: Bench, words: list[str]) -> int:
    names = [word for word in words if not word.startswith("-")] or [*services.APP_SERVICES]
    files = [bench.logs / f"{name}.log" for name in names]
    files = [path for path in files if path.exists()]
    if not files:
        raise BenchError(f"No such log in {bench.logs}.")
    follow = ["-f"] if "-f" in words else []
    return processes.passthrough(["tail", "-n", "40", *follow, *files], cwd=bench.root, env=dict(os.environ))


def _stores_up(bench: Bench) -> None:
    _existing(bench)
    services.settle_ports(bench)
    site.write_common_config(bench)
    services.start_stores(bench)


def command_frappe(bench: Bench, words: list[str]) -> int:
    _stores_up(bench)
    code = processes.passthrough(bench.frappe_command(*words), cwd=bench.sites, env=bench.environment())
    if words[:1] == ["migrate"] and code == 0:
        bench.mark_done("app", site.app_key())
        if bench.service("web").pid():
            services.stop_app(bench)
            services.start_web(bench)
            services.start_worker(bench)
            services.start_schedule(bench)
            services.wait_until_served(bench)
            say.line("Web, worker and scheduler were restarted.")
    return code


def command_shell(bench: Bench, words: list[str]) -> int:
    return command_frappe(bench, ["console"])


def command_reset(bench: Bench, words: list[str]) -> int:
    demo.reset(bench, everything="--all" in words)
    return 0


def command_help(bench: Bench, words: list[str]) -> int:
    say.line(HELP)
    return 0


def command_test(bench: Bench, words: list[str]) -> int:
    from local_bench.testing import runner

    return runner.main(bench, words)


def command_check(bench: Bench, words: list[str]) -> int:
    from local_bench import check

    return check.main(bench, words)


def command_benchmark(bench: Bench, words: list[str]) -> int:
    from local_bench import benchmark

    return benchmark.main(bench, words)


def command_faults(bench: Bench, words: list[str]) -> int:
    from local_bench import faults

    return faults.main(bench, words)


def command_mutate(bench: Bench, words: list[str]) -> int:
    from local_bench import mutation

    return mutation.main(bench, words)


COMMANDS = {
    name.removeprefix("command_"): value
    for name, value in list(globals().items())
    if name.startswith("command_")
}


def main(words: list[str]) -> int:
    def broken_off(*_: object) -> None:
        raise KeyboardInterrupt

    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, broken_off)
    name = words[0] if words else "help"
    command = COMMANDS.get({"-h": "help", "--help": "help"}.get(name, name))
    if command is None:
        say.error(f"There is no command '{name}'.\n\n{HELP}")
        return 2
    try:
        return command(demo_bench(), words[1:])
    except BenchError as problem:
        say.error(str(problem))
        return 1
    except KeyboardInterrupt:
        say.error("Broken off; what it had started was stopped. The same command goes on where it was.")
        return 130


if __name__ == "__main__":
    os.chdir(Path(__file__).resolve().parent.parent)
    sys.exit(main(sys.argv[1:]))
