"""Installing and uninstalling on a bare site: what the app brings goes with it.

These tests make the benches they need with the local bench's own parts.
"""

import pytest

from local_bench import site as bench_site
from local_bench.bench import APP, demo_bench
from local_bench.testing import benches
from local_bench.testing.snapshot import snapshot

# What Frappe itself writes whenever an app comes or goes, whatever the app does.
FRAPPES_OWN = {
    "tabPatch Log",
    "tabError Log",
    "tabDeleted Document",
    "tabScheduled Job Log",
    "tabActivity Log",
    "tabVersion",
    "tabRoute History",
    "tabAccess Log",
    "tabInstalled Application",
    "__global_search",
    "tabSessions",
    "tabSeries",
    "tabDefaultValue",
}


@pytest.fixture(scope="module")
def came_and_went():
    """Snapshots of a bare site: before, with the app, and after it was uninstalled."""
    with benches.bare(demo_bench(), "install") as bench:
        # The site has been at work for long when the app comes to its bench: what Frappe remembers is from before.
        bench_site.write_common_config(bench, apps=("frappe",))
        bench_site.frappe(bench, "clear-cache")
        before = snapshot(bench)
        bench_site.write_common_config(bench)
        bench_site.frappe(bench, "install-app", APP)
        with_app = snapshot(bench)
        bench_site.frappe(bench, "uninstall-app", APP, "--yes", "--no-backup")
        after = snapshot(bench)
        # What is left over must not stand in the way of coming back.
        bench_site.frappe(bench, "install-app", APP)
        again = snapshot(bench)
        yield before, with_app, after, again


def test_installing_brings_tables(came_and_went):
    before, with_app, _after, _again = came_and_went
    assert set(with_app["tables"]) > set(before["tables"])


def test_the_site_has_its_key_before_anybody_seals_a_note(came_and_went):
    before, with_app, _after, _again = came_and_went
    assert "encryption_key" not in before["config"]
    assert "encryption_key" in with_app["config"]


def test_uninstalling_leaves_no_table(came_and_went):
    before, _with_app, after, _again = came_and_went
    assert set(after["tables"]) - set(before["tables"]) == set()


def test_uninstalling_leaves_no_row(came_and_went):
    before, _with_app, after, _again = came_and_went
    left = {
        table: sorted(set(names) - set(before["rows"].get(table, [])))
        for table, names in after["rows"].items()
        if table not in FRAPPES_OWN
    }
    assert {table: names for table, names in left.items() if names} == {}


def test_uninstalling_takes_nothing_of_frappes(came_and_went):
    before, _with_app, after, _again = came_and_went
    lost = {
        table: sorted(set(names) - set(after["rows"].get(table, [])))
        for table, names in before["rows"].items()
        if table not in FRAPPES_OWN
    }
    assert {table: names for table, names in lost.items() if names} == {}


def test_app_comes_back_whole(came_and_went):
    _before, with_app, _after, again = came_and_went
    assert again["tables"] == with_app["tables"]
