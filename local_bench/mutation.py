"""`./run mutate`: does any test notice when a line of the loan's arithmetic is changed?

mutmut makes one small change at a time in the files named here and runs the pure tests that reach it. A change that no test
notices survives; docs/formulas/mutation.md says of each kind of survivor why it may. The tools have an environment and a lock
of their own (lock/mutate/), so that nothing else depends on them.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
from pathlib import Path

from local_bench import cache, python_env, say
from local_bench.bench import APP, CHECKOUT, Bench
from local_bench.errors import BenchError
from local_bench.processes import clean_environment, end_group, run

DOMAIN = Path(APP) / "microcredit" / "domain"
# The schedule (terms.py beside it only refuses), and what the ledger makes of it: who is paid what, and what is late.
MUTATED = (
    "schedule",
    "methods",
    "dates",
    "rounding",
    "allocation",
    "arrears",
    "instalments",
    "entries",
    "replay",
    "rescheduling",
    "ledger",
)
# Every file above the domain, so that it is imported by its own name, and the tests that reach it.
COPIED = (
    *(Path(APP) / name for name in ("__init__.py", "microcredit/__init__.py", "microcredit/domain")),
    Path("tests/unit/conftest.py"),
    Path("tests/unit/microcredit"),
)
# The tests of the loan's arithmetic; others beside them import what is not copied.
TESTS = (
    "allocation_and_arrears",
    "corners",
    "door",
    "figures_of_lives",
    "ledger",
    "messages",
    "portfolio",
    "rates_and_usury",
    "rescheduling",
    "rounding",
    "schedule",
    "schedule_against_plain",
    "standing",
    "statement",
)
LOCK = python_env.LOCKS / "mutate" / "mutate.txt"
WANTED = 90.0
# A change that makes a test run forever is noticed too.
NOTICED = ("killed", "timeout")
_LINE = re.compile(r"^\s*(?P<module>[\w.]+)\.(?P<name>x\S+?__mutmut_\d+): (?P<result>.+?)\s*$", re.MULTILINE)
# Tests that start a Python of their own do not see a change made in this one; generated lives of loans take too long.
_LEFT_OUT = "not stands_alone and not as_the_issue and not generated_lives"


def settings(modules: tuple[str, ...]) -> str:
    """The settings of mutmut for these modules."""
    files = "\n".join(f"    {DOMAIN / module}.py" for module in modules)
    tests = "\n".join(f"    tests/unit/microcredit/test_{name}.py" for name in TESTS)
    return (
        f"[mutmut]\nsource_paths={APP}\nonly_mutate=\n{files}\nuse_git_change_detection=false\n"
        "pytest_add_cli_args=\n    -q\n    -p\n    no:cacheprovider\n"
        f"pytest_add_cli_args_test_selection=\n{tests}\n    -k\n    {_LEFT_OUT}\n"
        # Without settings of its own here pytest would find those of the checkout above, and test its files.
        "[tool:pytest]\npythonpath = .\n"
    )


def read_results(text: str) -> dict[str, dict[str, list[str]]]:
    """{module: {result: [changes]}} of what `mutmut results --all true` printed."""
    found: dict[str, dict[str, list[str]]] = {}
    for match in _LINE.finditer(text):
        module = found.setdefault(match["module"].rpartition(".")[2], {})
        module.setdefault(match["result"], []).append(f"{match['module']}.{match['name']}")
    return found


def share_noticed(results: dict[str, list[str]]) -> float:
    """How many percent of the changes were noticed."""
    whole = sum(len(changes) for changes in results.values())
    noticed = sum(len(results.get(result, ())) for result in NOTICED)
    return 100 * noticed / whole if whole else 0.0


def table(found: dict[str, dict[str, list[str]]]) -> list[str]:
    """One line a module, and one for all of them."""
    lines = [f"{'module':<14} {'changes':>8} {'noticed':>8} {'share':>8}"]
    together: dict[str, list[str]] = {}
    for module, results in sorted(found.items()):
        for result, changes in results.items():
            together.setdefault(result, []).extend(changes)
        lines.append(_table_line(module, results))
    return [*lines, _table_line("all", together)]


def _table_line(name: str, results: dict[str, list[str]]) -> str:
    whole = sum(len(changes) for changes in results.values())
    noticed = sum(len(results.get(result, ())) for result in NOTICED)
    return f"{name:<14} {whole:>8} {noticed:>8} {share_noticed(results):>6.1f} %"


def _environment(bench: Bench) -> Path:
    """The folder of an environment with mutmut, made once for each lock."""
    key = cache.digest(".".join(map(str, sys.version_info[:3])), 1, LOCK)

    def fill(folder: Path) -> None:
        env = folder / "env"
        run(
            [sys.executable, "-m", "venv", env],
            log=bench.setup_log,
            what="Creating the environment of mutmut",
        )
        pip = [env / "bin" / "python", "-m", "pip", "install", *python_env.PIP_QUIET]
        run(
            [*pip, "--require-hashes", "--no-deps", "--requirement", LOCK],
            env=clean_environment({"PIP_CACHE_DIR": str(cache.folder() / "pip")}),
            log=bench.setup_log,
            what="Installing mutmut",
        )

    return cache.entry("mutmut", key, fill) / "env"


def _copy(folder: Path, modules: tuple[str, ...]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    for path in COPIED:
        goal = folder / path
        goal.parent.mkdir(parents=True, exist_ok=True)
        if (CHECKOUT / path).is_dir():
            shutil.copytree(CHECKOUT / path, goal, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(CHECKOUT / path, goal)
    (folder / "setup.cfg").write_text(settings(modules))


def _mutate(python: Path, folder: Path, children: int, minutes: float) -> None:
    command = ["nice", "-n", "10", python, "-m", "mutmut", "run", "--max-children", str(children)]
    variables = clean_environment({"SOCIAL_CRM_LOANS": "24"})
    with (folder / "mutmut.log").open("wb") as log:
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=folder,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            process.wait(minutes * 60)
        except subprocess.TimeoutExpired:
            raise BenchError(f"Not done after {minutes:g} minutes; --minutes gives it more.") from None
        finally:
            end_group(process)


def main(bench: Bench, words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run mutate")
    parser.add_argument("modules", nargs="*", help=f"files of {DOMAIN}, without .py ({', '.join(MUTATED)})")
    parser.add_argument("--children", type=int, default=1, help="how many tests at once (1)")
    parser.add_argument("--minutes", type=float, default=90, help="when to give up (90)")
    asked = parser.parse_args(words)
    modules = tuple(asked.modules) or MUTATED
    absent = [module for module in modules if not (CHECKOUT / DOMAIN / f"{module}.py").exists()]
    if absent:
        raise BenchError(f"No such file in {DOMAIN}: {', '.join(absent)}")
    python_env.check_python()
    bench.root.mkdir(parents=True, exist_ok=True)
    python = _environment(bench) / "bin" / "python"
    folder = bench.root / "mutate"
    _copy(folder, modules)
    with say.step(f"Changing {', '.join(modules)}"):
        _mutate(python, folder, asked.children, asked.minutes)
    found = read_results(run([python, "-m", "mutmut", "results", "--all", "true"], cwd=folder))
    if not found or any("not checked" in results for results in found.values()):
        raise BenchError(f"mutmut stopped before the end; what it said is in {folder / 'mutmut.log'}")
    say.line()
    for text in table(found):
        say.line(text)
    say.line("\nNot noticed (`python -m mutmut show NAME` in .bench/mutate shows a change):")
    for results in found.values():
        for result in sorted(set(results) - set(NOTICED)):
            for change in results[result]:
                say.line(f"  {result:<12} {change}")
    return 0 if all(share_noticed(results) >= WANTED for results in found.values()) else 1
