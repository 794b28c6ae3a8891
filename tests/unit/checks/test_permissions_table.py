"""The check of permission rows finds those that Frappe would refuse."""

import pytest

from local_bench.checks import permissions_table

READ = {"role": "Auditor", "read": 1}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"permissions": [{**READ, "import": 1}]}, "no allow_import"),
        ({"permissions": [{**READ, "submit": 1}]}, "no is_submittable"),
        ({"permissions": [READ, READ]}, "two rows"),
        ({"permissions": [{"role": "Auditor", "write": 1}]}, "without read"),
        ({"permissions": []}, "nobody may read"),
        ({"istable": 1, "permissions": [READ]}, "child table"),
    ],
)
def test_each_fault_is_found(data, said):
    assert [said in text for text in permissions_table.problems(data)] == [True]


@pytest.mark.parametrize(
    "data",
    [
        {"permissions": [{**READ, "import": 1}], "allow_import": 1},
        {"permissions": [READ, {**READ, "permlevel": 1}]},
        {"istable": 1},
    ],
)
def test_sound_rows_pass(data):
    assert permissions_table.problems(data) == []
