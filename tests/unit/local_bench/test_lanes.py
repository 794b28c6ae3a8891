"""Groups of tests side by side: every result comes back, in the order asked for, whatever becomes of a group."""

import os
import time

import pytest

from local_bench.errors import BenchError
from local_bench.testing import groups, lanes
from local_bench.testing.results import Result


def quick(name: str) -> Result:
    print(f"words of {name}")
    return Result(name, 3, 0, 0.1)


def test_results_keep_the_order_and_what_was_printed_is_shown(tmp_path, capfd):
    found = lanes.run(["unit", "package", "rest"], 2, tmp_path, quick)
    assert [result.group for result in found] == ["unit", "package", "rest"]
    assert {result.passed for result in found} == {3}
    printed = capfd.readouterr().out
    assert all(f"words of {name}\n" in printed for name in ("unit", "package", "rest"))


def test_a_group_that_dies_or_cannot_run_is_a_failure_and_the_others_go_on(tmp_path, capfd):
    def run_group(name: str) -> Result:
        if name == "site":
            os._exit(7)
        if name == "rest":
            raise BenchError("no port is free")
        return quick(name)

    found = {result.group: result for result in lanes.run(["site", "rest", "unit"], 2, tmp_path, run_group)}
    assert (found["site"].failed, found["site"].note) == (1, "ended with 7")
    assert (found["rest"].failed, found["rest"].note) == (1, "could not run")
    assert found["unit"].failed == 0
    assert "no port is free" in capfd.readouterr().out


@pytest.mark.parametrize("width", [1, 2])
def test_no_more_groups_run_at_once_than_asked_for(tmp_path, width):
    def run_group(name: str) -> Result:
        (tmp_path / name).touch()
        time.sleep(0.5)
        together = len([one for one in groups.GROUPS if (tmp_path / one).exists()])
        (tmp_path / name).unlink()
        return Result(name, together, 0, 0.5)

    found = lanes.run(["unit", "site", "rest", "browser"], width, tmp_path, run_group)
    assert max(result.passed for result in found) == width


def test_every_group_has_its_place_in_the_order():
    assert set(lanes.LONGEST_FIRST) == set(groups.GROUPS)


def test_the_width_can_be_set(monkeypatch):
    monkeypatch.setenv("SOCIAL_CRM_TEST_LANES", "1")
    assert lanes.width() == 1
    monkeypatch.delenv("SOCIAL_CRM_TEST_LANES")
    assert lanes.width() == min(2, os.cpu_count() or 1)
