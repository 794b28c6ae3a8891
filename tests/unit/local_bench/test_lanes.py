"""Groups of tests side by side: every result comes back, in the order asked for, whatever becomes of a group."""

import os
import subprocess
import sys
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


def test_a_group_that_dies_is_a_failure_and_one_that_cannot_run_says_why(tmp_path, capfd, monkeypatch):
    def cannot(this: groups.Run) -> Result:
        """No port is free."""
        raise BenchError("no port is free")

    monkeypatch.setitem(groups.GROUPS, "rest", cannot)

    def run_group(name: str) -> Result:
        if name == "site":
            os._exit(7)
        return groups.run_group(None, name) if name == "rest" else quick(name)

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


def test_a_group_tells_what_its_children_took_of_the_processor(monkeypatch):
    def busy(this: groups.Run) -> Result:
        """A child that works for half a second."""
        work = "import time\nwhile time.process_time() < 0.5: pass"
        subprocess.run([sys.executable, "-c", work], check=True)
        time.sleep(0.5)
        return Result("unit", 1, 0, 0.0)

    monkeypatch.setitem(groups.GROUPS, "unit", busy)
    found = groups.run_group(None, "unit")
    assert 0.4 < found.processor < 0.9 < found.seconds


def test_every_group_has_its_place_in_the_order():
    assert set(lanes.LONGEST_FIRST) == set(groups.GROUPS)


def test_the_width_can_be_set(monkeypatch):
    monkeypatch.setenv("SOCIAL_CRM_TEST_LANES", "1")
    assert lanes.width() == 1
    monkeypatch.delenv("SOCIAL_CRM_TEST_LANES")
    for cores, width in ((None, 1), (1, 1), (2, 2), (64, 2)):
        # Other machines: this one has only its own number of cores.
        monkeypatch.setattr(os, "cpu_count", lambda cores=cores: cores)
        assert lanes.width() == width


@pytest.mark.parametrize("junk", ["0", "-1", "two", "1.5"])
def test_a_width_that_is_none_is_told_in_words(monkeypatch, junk):
    monkeypatch.setenv("SOCIAL_CRM_TEST_LANES", junk)
    with pytest.raises(BenchError, match=f"'{junk}'"):
        lanes.width()
