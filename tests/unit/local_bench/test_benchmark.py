"""The table of a benchmark: ratios to the first measure, and a limit that is passed is said to be."""

import os

import pytest

from local_bench import benchmark
from local_bench.testing import effort

MEASURED = {
    "one family": {"median": 0.010, "slowest": 0.012},
    "with 500 entries": {"median": 0.035, "slowest": 0.050, "limit": 0.030},
}


def test_table_gives_ratios_and_limits():
    head, first, second = benchmark.table("timeline", MEASURED)
    assert "timeline" in head
    assert first.split()[-1] == "1.00"
    assert "3.50" in second and "OVER 0.03 s" in second


def test_passed_limit_is_seen():
    assert benchmark.is_over(MEASURED)
    assert not benchmark.is_over({"one family": {"median": 1.0, "slowest": 1.0, "limit": 1.5}})


def test_ratios_are_told_with_their_aim_and_fail_above_their_limit():
    asked = {
        "growth": ("with 500 entries", "one family", 7, None),
        "missed": ("with 500 entries", "one family", 1, 1.5, 4),
        "not measured": ("another", "one family", 1, 1.5, 1),
    }
    (growth, missed), over = benchmark.ratios(asked, MEASURED)
    assert growth.split() == ["growth", "0.50"]
    assert missed.split() == ["missed", "3.50", "ABOVE", "1.5"]
    assert not over
    (broken,), over = benchmark.ratios({"broken": ("with 500 entries", "one family", 1, 1.5, 3)}, MEASURED)
    assert broken.endswith("ABOVE 1.5, OVER the limit of 3")
    assert over


def test_what_servers_work_is_told_by_their_sessions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(effort.SESSIONS, f"0,{os.getsid(0)}")
    before = effort.spent()
    turns = 0
    while effort.spent() - before < 0.05:
        turns += sum(range(10_000)) > 0
        assert turns < 100_000, "work is never seen"
    monkeypatch.setenv(effort.SESSIONS, "")
    assert effort.spent() == 0
