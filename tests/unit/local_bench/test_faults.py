"""What `./run faults` is asked for, and that its kills are those of the plan."""

import pytest

from local_bench import faults
from local_bench.bench import Bench
from local_bench.errors import BenchError
from local_bench.testing import groups, lanes, wreck


def test_the_full_form_is_what_was_promised():
    plan = faults.parse(["--full", "--seed", "7"])
    assert (plan.seed, plan.actas, plan.browser, plan.dropped, plan.replays) == (7, 200, 50, 0.3, 3)
    assert plan.web and plan.database and plan.screens


def test_without_a_seed_one_is_drawn():
    assert len({faults.parse([]).seed for _ in range(5)}) > 1


def test_other_sizes():
    plan = faults.parse(["--actas", "20", "--kills", "10"])
    assert (plan.actas, plan.browser, plan.web, plan.database) == (20, 10, 2, 2)


@pytest.mark.parametrize("words", [["--actas", "1"], ["--actas", "100000"], ["--kills", "-1"], ["--ful"]])
def test_what_makes_no_sense_is_refused(words):
    with pytest.raises(SystemExit):
        faults.parse(words)


def test_every_group_has_a_place_in_the_lanes():
    assert set(lanes.LONGEST_FIRST) == set(groups.GROUPS)


def test_what_does_not_run_cannot_be_killed(tmp_path):
    with pytest.raises(BenchError, match="does not run"):
        wreck.kill(Bench(tmp_path), "database")


def test_a_kill_leaves_nothing_running(tmp_path):
    bench = Bench(tmp_path)
    bench.service("mariadb").start(
        ["sh", "-c", "trap '' TERM INT; while :; do sleep 1; done"], cwd=tmp_path, env={}
    )
    wreck.kill(bench, "database")
    assert bench.service("mariadb").pid() is None
