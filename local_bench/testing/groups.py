"""The groups of tests, and what each runs on."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from local_bench import cache, field_app, say
from local_bench import site as sites
from local_bench.bench import APP, CHECKOUT, Bench
from local_bench.errors import BenchError
from local_bench.processes import clean_environment, end_group, run
from local_bench.testing import benches, results, wreck
from local_bench.testing.results import Result
from local_bench.testing.target import Target, of_bench
from local_bench.testing.wreck import Plan

TESTS = CHECKOUT / "tests"
PLUGIN = ["-p", "local_bench.testing.site_plugin"]
BROWSER = TESTS / "browser"
# More failures than these are no accident of the moment.
SECOND_TRIES = 2


@dataclass
class Run:
    """One `./run test`: the bench it starts from, or the official target, and what was asked for."""

    bench: Bench
    output: Path
    words: list[str] = field(default_factory=list)
    """Options handed on to pytest, such as `-k name`."""
    keyword: str = ""
    official: Target | None = None

    @property
    def pattern(self) -> str:
        """The keyword as Node's test runner takes it."""
        return f"/{self.keyword.replace(' or ', '|')}/i" if self.keyword else ""

    @contextmanager
    def target(self, name: str, *, web: bool = False) -> Iterator[Target]:
        """A throw-away bench of ours, or the official one as it is."""
        if self.official:
            yield self.official
            return
        with benches.fresh(self.bench, name, web=web) as copy:
            yield of_bench(copy)

    def pytest(self, group: str, target: Target, folder: Path, words: list[str], **extra: str) -> Result:
        """Run pytest for a group and count."""
        junit = self.output / f"{group}.xml"
        junit.unlink(missing_ok=True)
        began = time.monotonic()
        code = target.pytest(folder, junit, [*words, *self.words], **extra)
        passed, failed = results.from_junit(junit)
        # 5 is pytest's "no tests were collected": an answer to -k, and otherwise a fault of the group.
        if code not in (0, 1) and not (code == 5 and self.words) and not failed:
            failed = 1
        return Result(group, passed, failed, time.monotonic() - began)


def unit(this: Run) -> Result:
    """Pure tests: no site, no server."""
    return this.pytest("unit", of_bench(this.bench), TESTS / "unit", [])


def frontend(this: Run) -> Result:
    """The field app's own: strict types of its sources, then its tests under vitest, and the size of what was built."""
    began = time.monotonic()
    junit = this.output / "frontend.xml"
    with tempfile.TemporaryDirectory(prefix="field-app-") as name:
        work = Path(name)
        field_app.copy_sources(this.bench, work, with_tests=True)
        settings = {**field_app.settings(work / "built"), "FIELD_APP_BUILT": str(field_app.BUILT)}
        bins = work / "node_modules" / ".bin"
        commands = [
            [bins / "vue-tsc", "--noEmit"],
            [bins / "vue-tsc", "--noEmit", "-p", "tsconfig.worker.json"],
        ]
        tests = [
            bins / "vitest",
            "run",
            "--reporter=default",
            "--reporter=junit",
            f"--outputFile.junit={junit}",
        ]
        if this.keyword:
            tests.append(f"--testNamePattern={this.keyword.replace(' or ', '|')}")
        codes = [subprocess.run(command, cwd=work, env=settings).returncode for command in [*commands, tests]]
    passed, failed = results.from_junit(junit, chosen=bool(this.keyword))
    passed += codes[:2].count(0)
    failed += 2 - codes[:2].count(0)
    if codes[2] and not failed:
        failed = 1
    return Result("frontend", passed, failed, time.monotonic() - began)


def site(this: Run) -> Result:
    """Tests that run inside Frappe on a site."""
    with this.target("site") as target:
        return this.pytest("site", target, TESTS / "site", PLUGIN)


def package(this: Run) -> Result:
    """The tests that lie beside the DocTypes and that `bench run-tests` finds too."""
    with this.target("package") as target:
        return this.pytest("package", target, target.app / APP, PLUGIN)


@contextmanager
def _people(this: Run, target: Target, group: str) -> Iterator[Path]:
    """The test users of a run; removed with all they made when it is over, where the bench does not go as a whole."""
    file = this.output / f"{group}-people.json"
    target.people("make", file)
    try:
        yield file
    finally:
        if this.official:
            target.people("remove", file)


def rest(this: Run) -> Result:
    """An outside client over HTTP with API keys, against real web and worker processes."""
    with this.target("rest", web=True) as target, _people(this, target, "rest") as people:
        return this.pytest("rest", target, TESTS / "rest", [], SOCIAL_CRM_PEOPLE=str(people))


def _fetch_browser_driver(folder: Path, log: Path) -> None:
    for name in ("package.json", "package-lock.json"):
        (folder / name).write_bytes((BROWSER / name).read_bytes())
    settings = clean_environment({"npm_config_cache": str(cache.folder() / "npm")})
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-progress"]
    run(command, cwd=folder, env=settings, log=log, what="npm ci for the browser tests")


def browser_modules(bench: Bench) -> Path:
    """The folder with the browser driver; fetched once per lock."""
    key = cache.digest(BROWSER / "package-lock.json")
    folder = cache.entry("browser", key, lambda place: _fetch_browser_driver(place, bench.setup_log))
    return folder / "node_modules"


def node_tests(variables: dict[str, str], files: list[Path], pattern: str = "") -> tuple[int, int, str]:
    """Run Node's test runner on the terminal; (passed, failed, what it printed).

    pattern: a JavaScript pattern of the titles that are wanted, such as "/acta/i"; all of them without it.
    """
    command = ["node", "--test", "--test-reporter=spec", *map(str, files)]
    if pattern:
        command.insert(2, f"--test-name-pattern={pattern}")
    process = subprocess.Popen(
        command,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    lines: list[str] = []
    try:
        assert process.stdout is not None
        for text in process.stdout:
            sys.stdout.write(text)
            lines.append(text)
        process.wait()
    except BaseException:
        end_group(process)
        raise
    printed = "".join(lines)
    passed, failed = results.from_node(printed, chosen=bool(pattern))
    if process.returncode and not failed:
        failed = 1
    return passed, failed, printed


def browser(this: Run) -> Result:
    """A real browser on the served site.

    The Desk redraws itself whenever news of the server arrive, under the hands of a test as of a person, so one or two of these tests
    that fail are tried once more. That is said where it is read, for a test that needs it is to be mended: `docs/decisions/second-tries.md`.
    """
    began = time.monotonic()
    files = sorted(BROWSER.glob("*.test.mjs"))
    note = f"screenshots in {this.output}"
    with this.target("browser", web=True) as target, _people(this, target, "browser") as people:
        variables = target.variables(
            SOCIAL_CRM_PEOPLE=str(people),
            SOCIAL_CRM_OUTPUT=str(this.output),
            SOCIAL_CRM_BROWSER_MODULES=str(browser_modules(this.bench)),
            SOCIAL_CRM_BENCH_PYTHON=str(target.python),
        )
        passed, failed, printed = node_tests(variables, files, this.pattern)
        titles = results.failed_titles(printed)
        if failed and 0 < len(titles) <= SECOND_TRIES:
            say.note(f"Tried once more: {'; '.join(titles)}")
            good, still, _printed = node_tests(variables, files, results.only(titles))
            if good and not still:
                passed, failed = passed + failed, 0
                note = f"ONLY AT THE SECOND TRY: {'; '.join(titles)}; {note}"
    return Result("browser", passed, failed, time.monotonic() - began, note)


def fault_tests(this: Run, asked: Plan) -> Result:
    """Run tests/faults on a bench of its own, whose servers it kills."""
    began = time.monotonic()
    files = sorted((TESTS / "faults").glob("*.test.mjs"))
    with benches.fresh(this.bench, "faults", web=True, durable=True) as copy:
        # Many small requests instead of a few large ones: more moments at which something can break.
        sites.update_site_config(copy, social_crm_field_limits=wreck.LIMITS)
        target = of_bench(copy)
        with _people(this, target, "faults") as people:
            variables = target.variables(
                SOCIAL_CRM_PEOPLE=str(people),
                SOCIAL_CRM_OUTPUT=str(this.output),
                SOCIAL_CRM_BROWSER_MODULES=str(browser_modules(this.bench)),
                SOCIAL_CRM_FAULTS=json.dumps(asdict(asked)),
                SOCIAL_CRM_WRECK=json.dumps(wreck.command(copy)),
            )
            passed, failed, _printed = node_tests(variables, files, this.pattern)
    return Result("faults", passed, failed, time.monotonic() - began, f"seed {asked.seed}")


def faults(this: Run) -> Result:
    """The field app and its server while both are killed and replies are lost, in short; `./run faults --full` is all of it."""
    return fault_tests(this, wreck.SHORT)


def _own_benches(group: str) -> Callable[[Run], Result]:
    def run_group(this: Run) -> Result:
        return this.pytest(group, of_bench(this.bench), TESTS / group, [])

    run_group.__doc__ = f"tests/{group}: tests that make the benches they need themselves."
    return run_group


GROUPS: dict[str, Callable[[Run], Result]] = {
    "unit": unit,
    "frontend": frontend,
    "site": site,
    "package": package,
    "rest": rest,
    "browser": browser,
    "faults": faults,
    "install": _own_benches("install"),
    "upgrade": _own_benches("upgrade"),
}
# What can run against a bench that others use.
ON_OFFICIAL = ("site", "package", "rest", "browser")


def run_group(this: Run, name: str) -> Result:
    """Run one group with a heading; one that cannot run says why and counts as a failure."""
    say.line()
    say.note(f"== {name}: {(GROUPS[name].__doc__ or '').splitlines()[0]}")
    began, used = time.monotonic(), _processor()
    try:
        result = GROUPS[name](this)
    except BenchError as problem:
        say.error(str(problem))
        result = Result(name, 0, 1, 0.0, "could not run")
    return replace(result, seconds=time.monotonic() - began, processor=_processor() - used)


def _processor() -> float:
    """Seconds of the processor that this process and its children that ended have used, user and system."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)
