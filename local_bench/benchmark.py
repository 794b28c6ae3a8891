"""`./run benchmark`: measure what `benchmarks/*.py` describe, on a throw-away site, and print a table.

A benchmark file runs inside Frappe on a fresh site with the app. It defines

    def prepare() -> None                       optional: makes what is measured; its time does not count
    MEASURES: dict[str, Callable[[], object]]   what to time, by name, the basis of comparison first
    LIMITS: dict[str, float]                    optional: seconds that a measure must stay below
    ROUNDS: int                                 optional: the most rounds that make sense
    SERVED = True                               optional: over HTTP, at the address in SOCIAL_CRM_URL; what it needs is committed
    BROWSER = True                              optional: with what drives Chromium in SOCIAL_CRM_BROWSER_MODULES
    RATIOS: dict[str, tuple]                    optional: (measure, basis, factor, aim or None, limit or nothing) to tell below the
                                                table: the measure as a multiple of the basis, divided by the factor; the most that we
                                                want it to be, and the most before something is broken and the command fails

A measure that returns a dict with the key "" tells its own seconds, and under other keys those of its parts. Every measure runs several times; the median counts, and each is told as a ratio to the first one of its file, which
says more on a machine of unknown speed than seconds do.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

from local_bench import debian, say, services
from local_bench.bench import CHECKOUT, Bench
from local_bench.errors import BenchError
from local_bench.processes import run
from local_bench.testing import benches, effort, groups, runner
from local_bench.testing.target import of_bench

FOLDER = CHECKOUT / "benchmarks"


def table(name: str, measured: dict[str, dict[str, float]]) -> list[str]:
    """The lines of one file's table: median, spread and ratio of each measure."""
    base = next(iter(measured.values()))["median"]
    lines = [f"{name:<46} {'median':>10} {'slowest':>10} {'ratio':>7}"]
    for title, figures in measured.items():
        limit = figures.get("limit")
        told = ""
        if limit is not None:
            told = f"  {'within' if figures['median'] <= limit else 'OVER'} {limit:g} s"
        ratio = figures["median"] / base if base else 0.0
        times = f"{figures['median'] * 1000:>7.1f} ms {figures['slowest'] * 1000:>7.1f} ms"
        lines.append(f"  {title:<44} {times} {ratio:>7.2f}{told}")
    return lines


def ratios(asked: dict[str, list], measured: dict[str, dict[str, float]]) -> tuple[list[str], bool]:
    """The lines of one file's ratios, each with its aim, and whether one is over its limit."""
    lines, over = [], False
    for title, (name, basis, factor, aim, *limit) in asked.items():
        if name not in measured or basis not in measured:
            continue
        value = measured[name]["median"] / measured[basis]["median"] / factor
        told = "" if aim is None else f"  {'within' if value <= aim else 'ABOVE'} {aim:g}"
        for most in limit:
            told += f", OVER the limit of {most:g}" if value > most else ""
            over = over or value > most
        lines.append(f"  {title:<64} {value:>8.2f}{told}")
    return lines, over


def is_over(measured: dict[str, dict[str, float]]) -> bool:
    """Whether a measure took longer than its file allows."""
    return any(figures["median"] > figures["limit"] for figures in measured.values() if "limit" in figures)


def main(bench: Bench, words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run benchmark")
    parser.add_argument("names", nargs="*", help="names of files in benchmarks/, without .py")
    parser.add_argument("--rounds", type=int, default=7, help="how often each measure runs (7)")
    asked = parser.parse_args(words)
    files = [FOLDER / f"{name}.py" for name in asked.names] or sorted(FOLDER.glob("[a-z]*.py"))
    absent = [path.name for path in files if not path.exists()]
    if absent or not files:
        raise BenchError(f"No such benchmark in {FOLDER}: {', '.join(absent) or 'the folder is empty'}")
    browsing = any(_wants(path, "BROWSER") for path in files)
    debian.ensure(debian.SERVED + (debian.TESTED if browsing else ()), bench.setup_log)
    bench.root.mkdir(parents=True, exist_ok=True)
    # As much as a small server gives its database: a table that is read from the disk measures the disk.
    os.environ.setdefault("SOCIAL_CRM_DATABASE_MEMORY", "2048")
    runner.prepare(bench, ["site"])
    over = False
    for path in files:
        measured, wanted = measure(bench, path, asked.rounds)
        say.line()
        told, worse = ratios(wanted, measured)
        for line in (*table(path.stem, measured), *told):
            say.line(line)
        over = over or worse or is_over(measured)
    say.line(f"\nThe benchmarks took {say.elapsed()}.")
    return 1 if over else 0


def _wants(path: Path, what: str) -> bool:
    """Whether a file says that it needs a server, or a browser."""
    return f"\n{what} = True\n" in path.read_text()


def measure(bench: Bench, path: Path, rounds: int) -> tuple[dict[str, dict[str, float]], dict[str, list]]:
    """Run one file on a fresh site; {measure: {median, slowest, limit}} in seconds, and the ratios that it asks for.

    A test run in this checkout stops what an earlier one left running: the two wait for each other.
    """
    served = _wants(path, "SERVED")
    extra = {}
    if _wants(path, "BROWSER"):
        extra["SOCIAL_CRM_BROWSER_MODULES"] = str(groups.browser_modules(bench))
    with (
        runner.alone(bench),
        benches.fresh(bench, "benchmark", web=served) as copy,
        say.step(f"Measuring {path.stem}"),
    ):
        if served:
            leaders = [copy.service(name).pid() for name in services.running(copy)]
            extra[effort.SESSIONS] = ",".join(str(pid) for pid in leaders)
        target = of_bench(copy)
        command = target.command("local_bench.testing.stopwatch", path, str(rounds))
        printed = run(command, cwd=target.sites, env=target.variables(**extra), what=path.name)
    for line in printed.splitlines():
        if line.startswith("  "):
            say.line(line)
    return tuple(json.loads(printed.split(mark, 1)[1].splitlines()[0]) for mark in ("MEASURED", "RATIOS"))
