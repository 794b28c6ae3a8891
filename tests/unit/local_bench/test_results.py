"""The sum of a test run counts every outcome, whichever runner gave it."""

import re

import pytest

from local_bench.testing import results
from local_bench.testing.results import Result

JUNIT = """<?xml version="1.0"?><testsuites><testsuite name="pytest" tests="9" failures="2" errors="1" skipped="1"/></testsuites>"""


def test_junit_counts_skipped_and_errors_as_failed(tmp_path):
    path = tmp_path / "x.xml"
    path.write_text(JUNIT)
    assert results.from_junit(path) == (5, 4)


def test_junit_of_chosen_tests_leaves_the_others_out(tmp_path):
    path = tmp_path / "x.xml"
    path.write_text(JUNIT)
    assert results.from_junit(path, chosen=True) == (5, 3)


def test_missing_report_counts_nothing(tmp_path):
    assert results.from_junit(tmp_path / "none.xml") == (0, 0)


@pytest.mark.parametrize("mark", ["ℹ ", "# ", ""])
def test_node_closing_lines_are_read(mark):
    names = {"tests": 9, "suites": 0, "pass": 4, "fail": 2, "cancelled": 1, "skipped": 1, "todo": 1}
    output = "✔ pass 7 of 9 (5ms)\n" + "\n".join(f"{mark}{name} {count}" for name, count in names.items())
    assert results.from_node(output) == (4, 5)
    assert results.from_node(output, chosen=True) == (4, 4)


OUTPUT = """✔ one that holds (5.1ms)
✖ a fund (of one) never goes below zero? (61000.25ms)
  ✖ inside of another (3ms)
ℹ tests 3
✖ failing tests:
✖ a fund (of one) never goes below zero? (61000.25ms)
"""


def test_titles_that_failed_are_found_once_and_chosen_exactly():
    titles = results.failed_titles(OUTPUT)
    assert titles == ["a fund (of one) never goes below zero?"]
    _, pattern, flags = results.only(titles).split("/")
    assert re.match(pattern, titles[0]) and not flags
    assert not re.match(pattern, titles[0] + " really") and not re.match(
        pattern, "a fund of one never goes below zer"
    )


def test_a_failed_test_with_tests_inside_is_not_chosen_by_its_title():
    assert results.failed_titles("▶ a fund (of one) never goes below zero?\n" + OUTPUT) == []


def test_closing_line_sums_all_groups():
    found = [Result("unit", 10, 0, 1.0, processor=0.5), Result("rest", 3, 2, 2.0)]
    assert results.closing_line(found) == "13 passed, 2 failed"
    assert results.table(found).splitlines()[1].split() == ["unit", "10", "0", "1.0", "0.5"]
