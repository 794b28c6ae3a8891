"""The command `./run test`."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local_bench import cache, debian, demo, desk, python_env, say
from local_bench.bench import Bench
from local_bench.errors import BenchError
from local_bench.testing import benches, groups, lanes, official, results
from local_bench.testing.results import Result


def parse(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./run test", description="Runs the tests; without a group, all of them.", allow_abbrev=False
    )
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=", ".join(groups.GROUPS))
    parser.add_argument("-k", dest="keyword", default="", help="only tests whose name matches")
    parser.add_argument("-x", dest="first", action="store_true", help="stop a group at its first failure")
    parser.add_argument("--bench", help="an existing official bench (v15 or v16) that has the app")
    parser.add_argument("--site", help="the site of that bench")
    parser.add_argument("--url", help="where that bench is served; found or started when left out")
    asked = parser.parse_args(words)
    unknown = [name for name in asked.groups if name not in groups.GROUPS]
    if unknown:
        parser.error(f"no such group: {', '.join(unknown)} (there are {', '.join(groups.GROUPS)})")
    if bool(asked.bench) != bool(asked.site):
        parser.error("--bench and --site go together")
    return asked


def prepare(bench: Bench, names: list[str]) -> None:
    """Build what the groups need; the demo site is not touched."""
    python_env.check_python()
    needs = debian.SERVED + (debian.TESTED if {"browser", "faults"} & set(names) else ())
    if names == ["unit"]:
        needs = ()
    debian.ensure(needs, bench.setup_log)
    with cache.lock(bench.root / "setup.lock"):
        demo.prepare_parts(bench)
        bench.make_secrets()
        if names != ["unit"]:
            desk.build_app(bench)


@contextmanager
def alone(bench: Bench) -> Iterator[None]:
    """Let only one run of tests or benchmarks use this checkout's throw-away benches; a second one says so and waits."""
    with cache.lock(
        bench.root / "test.lock",
        lambda: say.line("Waiting for another run of tests or benchmarks in this checkout ..."),
    ):
        yield


def close(found: list[Result]) -> int:
    """Print the table and the closing line; the exit code."""
    say.line()
    say.line(results.table(found))
    say.line(f"\nThe tests took {say.elapsed()}.")
    say.line(results.closing_line(found))
    failed = sum(result.failed for result in found)
    passed = sum(result.passed for result in found)
    return 0 if passed and not failed else 1


def main(bench: Bench, words: list[str]) -> int:
    asked = parse(words)
    default = groups.ON_OFFICIAL if asked.bench else tuple(groups.GROUPS)
    names = [name for name in groups.GROUPS if name in (asked.groups or default)]
    names = [name for name in names if name in ("package", "frontend") or (groups.TESTS / name).is_dir()]
    if asked.bench and not set(names) <= set(groups.ON_OFFICIAL):
        raise BenchError(f"With --bench only these groups run: {', '.join(groups.ON_OFFICIAL)}.")
    bench.root.mkdir(parents=True, exist_ok=True)
    output = bench.root / "test" / "output"
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    options = (["-k", asked.keyword] if asked.keyword else []) + (["-x"] if asked.first else [])
    this = groups.Run(bench, output, options, asked.keyword)
    prepare(bench, names)
    if not asked.bench:
        return close(_run(this, names))
    with official.target(bench, Path(asked.bench), asked.site, asked.url) as target:
        this.official = target
        return close(_run(this, names))


def _run(this: groups.Run, names: list[str]) -> list[Result]:
    """Run the groups; a second run in this checkout at the same time waits."""
    with alone(this.bench):
        benches.stop_leftovers(this.bench)
        try:
            width = 1 if this.official else min(lanes.width(), len(names))
            if width == 1:
                return [groups.run_group(this, name) for name in names]
            # Made once, before groups that would each make it.
            benches.template(this.bench)
            return lanes.run(names, width, this.output, lambda name: groups.run_group(this, name))
        except KeyboardInterrupt:
            benches.stop_leftovers(this.bench)
            raise
