"""The users that a run of the tests makes on somebody's site leave nothing when it ends."""

from pathlib import Path

import pytest

from local_bench.bench import Bench, demo_bench
from local_bench.processes import run
from local_bench.testing import benches, target
from local_bench.testing.snapshot import snapshot

# A DocType of a run: Frappe leaves its table when it is deleted.
WORK = """
import sys, frappe
frappe.init(site=sys.argv[1]); frappe.connect(); frappe.set_user("system-manager@tests.social-crm.example")
for name, goes in (("Holder That Goes", True), ("Holder That Stays", False)):
    fields = [{"fieldname": "word", "fieldtype": "Data", "label": "Word"}]
    permissions = [{"role": "System Manager", "read": 1, "write": 1, "create": 1, "delete": 1}]
    values = {"doctype": "DocType", "name": name, "module": "Social CRM", "custom": 1, "fields": fields}
    frappe.get_doc({**values, "permissions": permissions}).insert()
    if goes:
        frappe.delete_doc("DocType", name)
frappe.db.commit()
frappe.destroy()
"""
LOGS = {"tabError Log", "tabScheduled Job Log"}
# Frappe deletes a default of the site and writes it again whenever a user is saved: only how many there are counts.
REWRITTEN = "tabDefaultValue"


@pytest.fixture(scope="module")
def before_and_after(tmp_path_factory) -> tuple[dict, dict, dict]:
    """Snapshots of a site: before its test users, with them and what one of them made, and after them."""
    file: Path = tmp_path_factory.mktemp("people") / "people.json"
    with benches.fresh(demo_bench(), "people") as bench:
        site = target.of_bench(bench)
        before = snapshot(bench)
        site.people("make", file)
        _work(bench)
        with_them = snapshot(bench)
        site.people("remove", file)
        return before, with_them, snapshot(bench)


def _work(bench: Bench) -> None:
    run([str(bench.python), "-c", WORK, bench.site], cwd=bench.sites, env=bench.environment())


def test_they_were_there(before_and_after):
    before, with_them, _after = before_and_after
    assert set(with_them["tables"]) - set(before["tables"]) == {"tabHolder That Goes", "tabHolder That Stays"}
    assert set(with_them["rows"]["tabUser"]) > set(before["rows"]["tabUser"])


def test_no_table_stays(before_and_after):
    before, _with_them, after = before_and_after
    assert after["tables"] == before["tables"]


def test_no_row_stays_and_none_of_the_site_goes(before_and_after):
    before, _with_them, after = before_and_after
    differ = {
        table: sorted(set(after["rows"][table]) ^ set(names))
        for table, names in before["rows"].items()
        if table not in {*LOGS, REWRITTEN} and after["rows"][table] != names
    }
    assert differ == {}, differ
    assert len(after["rows"][REWRITTEN]) == len(before["rows"][REWRITTEN])
