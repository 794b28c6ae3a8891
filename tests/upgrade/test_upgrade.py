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
            assert still(before, after)


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


def test_an_acta_that_was_sealed_before_opens_and_verifies(upgraded):
    (name,) = upgraded["made"]["Acta"]
    before, after = (upgraded[when]["acta"][name] for when in ("before", "after"))
    for one in (before, after):
        assert (one["content"], one["pdf"], one["state"], one["chain"]) == (True, True, "Ready", [1, None])
        assert "La familia recibió la visita." in one["printed"]
    assert after["digest"] == before["digest"]


def test_templates_that_the_site_edited_stay_and_the_others_follow(upgraded):
    for name in upgraded["edited"]["Acta Template"]:
        before, after = (upgraded[when][f"Acta Template/{name}"] for when in ("before", "after"))
        assert still(before, after), name
    writes = upgraded["after"]["Acta Template/home_visit-v1"]["writes"]
    assert [row["question"] for row in writes] == ["ubicacion", "conclusiones"]
    now = upgraded["after"]["templates"]
    keys = ("home_visit", "goods_delivery", "household_characterisation", "productive_unit_follow_up")
    assert {key: (now[f"{key}-v1"], now[f"{key}-v2"]) for key in keys} == {
        "home_visit": ("Published", "Draft"),
        "goods_delivery": ("Published", "Draft"),
        "household_characterisation": ("Withdrawn", "Draft"),
        "productive_unit_follow_up": ("Withdrawn", "Published"),
    }
    assert upgraded["after"]["Acta Template/goods_delivery-v2"]["title"] == "Nuestra entrega"
    told = upgraded["after"]["told"]
    for name in ("home_visit-v2", "household_characterisation-v2"):
        assert len([one for one in told if name in one]) == 1


def still(before, after) -> bool:
    """Whether a value is what it was; a later release may add fields to a record and to its rows."""
    if isinstance(before, dict):
        return isinstance(after, dict) and all(still(value, after.get(key)) for key, value in before.items())
    if isinstance(before, list):
        return (
            isinstance(after, list)
            and len(before) == len(after)
            and all(still(*pair) for pair in zip(before, after, strict=True))
        )
    return before == after


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
