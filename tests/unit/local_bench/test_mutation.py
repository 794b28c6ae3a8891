"""What `./run mutate` makes of mutmut's report."""

from local_bench import mutation

PRINTED = """
    social_crm.microcredit.domain.schedule.x_build__mutmut_1: killed
    social_crm.microcredit.domain.schedule.x_build__mutmut_2: survived
    social_crm.microcredit.domain.schedule.xǁScheduleǁtotal_fees__mutmut_1: timeout
    social_crm.microcredit.domain.schedule.x_build__mutmut_3: no tests
    social_crm.microcredit.domain.dates.x_step__mutmut_1: killed
"""


def test_results_by_module():
    found = mutation.read_results(PRINTED)
    assert list(found) == ["schedule", "dates"]
    assert found["schedule"]["no tests"] == ["social_crm.microcredit.domain.schedule.x_build__mutmut_3"]
    assert mutation.share_noticed(found["schedule"]) == 50
    assert mutation.share_noticed({}) == 0


def test_table_has_a_line_for_each_and_for_all():
    lines = mutation.table(mutation.read_results(PRINTED))
    assert [line.split()[0] for line in lines] == ["module", "dates", "schedule", "all"]
    assert lines[-1].split()[1:] == ["5", "3", "60.0", "%"]


def test_settings_name_the_files():
    text = mutation.settings(("schedule",))
    assert "    social_crm/microcredit/domain/schedule.py\n" in text
    assert "dates.py" not in text


def test_every_test_that_is_named_exists():
    for name in mutation.TESTS:
        assert (mutation.CHECKOUT / f"tests/unit/microcredit/test_{name}.py").exists(), name
