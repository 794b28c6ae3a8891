"""What a group of tests gave, and how the sum is printed."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Result:
    """The outcome of one group."""

    group: str
    passed: int
    failed: int
    seconds: float
    note: str = ""
    processor: float = 0.0
    """Seconds of the processor, of the group and of all that it started and saw end: unlike the others they hardly depend on
    what else the machine does."""


def from_junit(path: Path, chosen: bool = False) -> tuple[int, int]:
    """(passed, failed) of a JUnit file as pytest and vitest write it; a skipped test counts as failed.

    A skipped test has shown nothing, and this suite has no reason to skip. Where tests were `chosen` by name, vitest
    calls the others skipped: then they count as nothing.
    """
    if not path.exists():
        return 0, 0
    suites = ElementTree.parse(path).getroot().iter("testsuite")
    total = bad = 0
    for suite in suites:
        total += int(suite.get("tests", 0))
        skipped = int(suite.get("skipped", 0))
        bad += sum(int(suite.get(kind, 0)) for kind in ("failures", "errors")) + (0 if chosen else skipped)
        total -= skipped if chosen else 0
    return max(total - bad, 0), bad


def from_node(output: str, chosen: bool = False) -> tuple[int, int]:
    """(passed, failed) of the closing lines of Node's own test runner.

    A skipped test counts as failed, unless tests were `chosen` by name: then the runner calls the others skipped.
    """
    bad = ("fail", "cancelled", "todo") if chosen else ("fail", "cancelled", "skipped", "todo")
    counts = {
        name: int(number)
        for name, number in re.findall(
            r"^\S?\s*(pass|fail|cancelled|skipped|todo) (\d+)\s*$", output, re.MULTILINE
        )
    }
    return counts.get("pass", 0), sum(counts.get(kind, 0) for kind in bad)


def failed_titles(output: str) -> list[str]:
    """The titles of what failed, by the lines of Node's own test runner; none where one of them holds tests of its own.

    Chosen by its title such a test would run without them, and pass.
    """
    told = output.split("\nℹ tests ")[0]
    titles = re.findall(r"^✖ (.+) \([\d.]+ms\)$", told, re.MULTILINE)
    return [] if any(f"▶ {title}\n" in told for title in titles) else titles


def only(titles: list[str]) -> str:
    """The pattern by which Node's test runner chooses exactly these tests."""
    return f"/^({'|'.join(map(re.escape, titles))})$/"


def closing_line(results: list[Result]) -> str:
    """The one line that sums everything up."""
    passed = sum(result.passed for result in results)
    failed = sum(result.failed for result in results)
    return f"{passed} passed, {failed} failed"


def table(results: list[Result]) -> str:
    """One line a group: what passed, what failed, how long it took and how much of the processor."""
    lines = [f"{'group':<12} {'passed':>7} {'failed':>7} {'seconds':>8} {'cpu':>7}"]
    for result in results:
        text = f"{result.group:<12} {result.passed:>7} {result.failed:>7} {result.seconds:>8.1f} {result.processor:>7.1f}"
        lines.append(f"{text}  {result.note}".rstrip())
    return "\n".join(lines)
