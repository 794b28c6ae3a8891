"""From the previous release to this one: data and administrators' edits survive, and a second migration is idle."""

import json
import subprocess
import tarfile
from pathlib import Path

import pytest

from local_bench import site as bench_site
from local_bench.bench import APP, CHECKOUT, Bench, demo_bench
from local_bench.processes import run
from local_bench.testing import benches

HERE = Path(__file__).parent
# What a migration writes each time, whatever the apps do.
EACH_TIME = {
    "tabScheduled Job Log",
    "tabInstalled Application",
    "tabError Log",
    "tabActivity Log",
    "tabDefaultValue",
    "tabSessions",
}


def previous_commit() -> str:
    return (HERE / "previous").read_text().split()[0]


def previous_tree(place: Path) -> Path | None:
    """The repository as it was at the previous release; None if this is the first."""
    commit = previous_commit()
    if commit == "this":
        return None
    packed = place / "previous.tar"
    subprocess.run(["git", "archive", "--output", packed, commit, APP], cwd=CHECKOUT, check=True)
    with tarfile.open(packed) as archive:
        archive.extractall(place / "previous")
    return place / "previous"


def inside(bench: Bench, *words: str) -> dict:
    command = [bench.python, HERE / "inside.py", *words]
    printed = run(command, cwd=bench.sites, env=bench.environment())
    return json.loads(printed.split("RESULT", 1)[1].splitlines()[0])


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory):
    """What was there before the upgrade, after it, and after migrating once more."""
    tree = previous_tree(tmp_path_factory.mktemp("tree"))
    with benches.bare(demo_bench(), "upgrade", tree) as bench:
        bench_site.frappe(bench, "install-app", APP)
        made = inside(bench, "fill")
        edited = inside(bench, "edit")
        wanted = json.dumps({**made, **edited})
        before = inside(bench, "read", wanted)
        if tree:
            benches.use_checkout(bench)
        bench_site.frappe(bench, "migrate")
        after = inside(bench, "read", wanted)
        first = inside(bench, "rows")
        bench_site.frappe(bench, "migrate")
        second = inside(bench, "rows")
        yield {
            "made": made,
            "edited": edited,
            "before": before,
            "after": after,
            "first": first,
            "second": second,
        }


def test_previous_release_is_in_the_history():
    commit = previous_commit()
    known = subprocess.run(
        ["git", "merge-base", "--is-ancestor", commit, "HEAD"], cwd=CHECKOUT, capture_output=True
    )
    assert commit == "this" or known.returncode == 0


def test_records_keep_every_value(upgraded):
    for doctype, names in upgraded["made"].items():
        assert names
        for name in names:
            before, after = (upgraded[when][f"{doctype}/{name}"] for when in ("before", "after"))
            # A later release may add fields; what was there stays as it was.
            assert {key: after.get(key) for key in before} == before


def test_old_loans_stand_in_the_ledger_exactly_as_they_stood(upgraded):
    """Reckoned from nothing but the entries, each loan owes what it owed; what was reversed is an entry and its reversal."""
    loans = upgraded["made"]["Loan"]
    kinds = []
    for name in loans:
        before, ledger = upgraded["before"][f"Loan/{name}"], upgraded["after"]["ledger"][name]
        assert ledger["balance"] == float(before["balance"])
        assert ledger["unpaid"] == float(before["unpaid_amount"])
        assert ledger["paid"] == float(before["paid_amount"])
        assert ledger["days_late"] == int(before["days_late"])
        assert ledger["accounts"] == 0
        kinds.append([kind for kind, _amount in ledger["entries"]])
    assert [len(row) for row in kinds] == [3, 3, 5, 2, 1]
    assert all(row[0] == "Disbursement" for row in kinds)
    assert sorted(kinds[2]) == ["Disbursement", "Payment", "Payment", "Payment", "Reversal"]
    statuses = [upgraded["before"][f"Loan/{name}"]["status"] for name in loans]
    assert {"Paid", "In Arrears"} <= set(statuses)


def test_customisations_stay(upgraded):
    for what in ("label", "custom field", "auditor exports"):
        assert upgraded["after"][what] == upgraded["before"][what]
    assert upgraded["after"]["label"] == "Clase de lugar"
    assert upgraded["after"]["auditor exports"] == [0]


@pytest.mark.parametrize("kind", ["Workflow", "Print Format", "Notification"])
def test_what_an_administrator_edited_stays(upgraded, kind):
    names = upgraded["edited"][kind]
    assert names, f"the app ships no {kind}"
    for name in names:
        assert upgraded["after"][f"{kind}/{name}"] == upgraded["before"][f"{kind}/{name}"]


def test_second_migration_changes_nothing(upgraded):
    first, second = upgraded["first"], upgraded["second"]
    changed = {}
    for table in sorted(first.keys() | second.keys()):
        if table in EACH_TIME:
            continue
        one, two = first.get(table, {}), second.get(table, {})
        keys = sorted(key for key in one.keys() | two.keys() if one.get(key) != two.get(key))
        if keys:
            changed[table] = keys[:10]
    assert changed == {}
