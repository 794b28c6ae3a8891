"""The census at full size, and a worker that is killed in the middle: exact counts, whole households, nothing twice."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import frappe
import pytest

from social_crm.demo.messy_census import messy_census
from social_crm.social_crm.services.census import checking, loading, state
from social_crm.testing_factories import make_community

COMMUNITY = "Comunidad del censo grande"
CHILD = """
import os, sys, frappe
sites, site, name, token = sys.argv[1:]
os.chdir(sites)
frappe.init(site=site)
frappe.connect()
from social_crm.social_crm.services.census import loading
loading.run(name, token, "Administrator")
"""


def upload(content, name):
    file = frappe.get_doc(
        {"doctype": "File", "file_name": name, "is_private": 1, "content": content}
    ).insert()
    values = {"community": COMMUNITY, "registration_date": "2026-01-15", "no_document_reason": "Sin dato"}
    return frappe.get_doc({"doctype": "Census Import", "census_file": file.file_url, **values}).insert()


def check(doc):
    checking.run(doc.name, state.RUNS.begin(doc.name, state.CHECKING, "Administrator"), "Administrator")
    doc.reload()
    return doc


def load(doc):
    """Load as a worker does: a transaction a household (within a test the import would keep it all in one)."""
    frappe.flags.in_test = False
    try:
        loading.run(doc.name, state.RUNS.begin(doc.name, state.LOADING, "Administrator"), "Administrator")
    finally:
        frappe.flags.in_test = True
    doc.reload()
    return doc


@pytest.fixture
def committed():
    """What a killed worker leaves is in the database; afterwards none of it is."""
    make_community(COMMUNITY)
    frappe.db.commit()
    yield
    frappe.db.rollback()
    sweep()


def sweep():
    """Delete everything of the community from the tables, past every rule: none of it was ever real."""
    where = {"community": COMMUNITY}
    people = frappe.get_all("Beneficiary", filters=where, pluck="name")
    families = frappe.get_all("Family", filters=where, pluck="name")
    imports = frappe.get_all("Census Import", filters=where, pluck="name")
    contacts = frappe.get_all(
        "Dynamic Link", filters={"link_doctype": "Beneficiary", "link_name": ["in", people]}, pluck="parent"
    )
    for doctype in ("Contact Phone", "Contact Email", "Dynamic Link"):
        frappe.db.delete(doctype, {"parent": ["in", contacts]})
    frappe.db.delete("Contact", {"name": ["in", contacts]})
    frappe.db.delete("Beneficiary Document", {"parent": ["in", people]})
    frappe.db.delete("Family Membership", {"family": ["in", families]})
    frappe.db.delete("Family Event", {"family": ["in", families]})
    filters = {"attached_to_doctype": "Census Import", "attached_to_name": ["in", imports], "is_folder": 0}
    for name in frappe.get_all("File", filters=filters, pluck="name") if imports else ():
        frappe.delete_doc("File", name, force=True)
    frappe.db.delete("Census Import Row", {"census_import": ["in", imports]})
    frappe.db.delete("Census Import Column", {"parent": ["in", imports]})
    for doctype in ("Census Import", "Beneficiary", "Family"):
        frappe.db.delete(doctype, where)
    frappe.db.delete("Version", {"docname": ["in", [*people, *families, *imports]]})
    frappe.db.delete("Community", {"name": COMMUNITY})
    frappe.db.commit()


def start_loading(name):
    token = state.RUNS.begin(name, state.LOADING, "Administrator")
    frappe.db.commit()
    words = [sys.executable, "-c", CHILD, str(Path.cwd()), frappe.local.site, name, token]
    return subprocess.Popen(words, start_new_session=True)


def created(name):
    frappe.db.rollback()  # a new snapshot
    return frappe.db.get_value("Census Import", name, "created_rows") or 0


def whole_households(name):
    """Number of households that are in; fails when one of them is in only half."""
    rows = frappe.get_all(
        "Census Import Row", filters={"census_import": name}, fields=["household_number", "result", "family"]
    )
    households = {}
    for row in rows:
        households.setdefault(row.household_number, []).append(row)
    loaded = 0
    for members in households.values():
        done = [row for row in members if row.result == "Created"]
        assert not done or not any(row.result == "Ready" for row in members)
        for family in {row.family for row in done}:
            assert frappe.db.get_value("Family", family, "member_count") == len(done)
            loaded += 1
    return loaded


def test_a_killed_worker_leaves_whole_households_and_the_next_goes_on(committed):
    census = messy_census(150, seed=9)
    doc = check(upload(census.as_xlsx(), "censo-muerto.xlsx"))
    frappe.db.commit()
    persons = frappe.db.count("Beneficiary", {"community": COMMUNITY})
    assert persons == 0
    worker = start_loading(doc.name)
    try:
        until = time.monotonic() + 120
        while created(doc.name) < 10 and time.monotonic() < until:
            assert worker.poll() is None, "the worker ended by itself"
            time.sleep(0.05)
    finally:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    part = created(doc.name)
    assert 10 <= part < census.truth.created
    assert frappe.db.get_value("Census Import", doc.name, "status") == "Loading"
    assert frappe.db.count("Beneficiary", {"community": COMMUNITY}) == part
    whole_households(doc.name)
    assert start_loading(doc.name).wait(timeout=300) == 0
    assert created(doc.name) == census.truth.created
    assert frappe.db.get_value("Census Import", doc.name, "status") == "Finished"
    assert frappe.db.count("Beneficiary", {"community": COMMUNITY}) == census.truth.created
    assert whole_households(doc.name) == census.truth.households


def test_five_thousand_messy_rows_give_exact_counts_and_again_create_nobody(committed):
    census = messy_census(5_000, seed=5)
    truth = census.truth
    persons, families = frappe.db.count("Beneficiary"), frappe.db.count("Family")
    doc = load(check(upload(census.as_xlsx(), "censo-5000.xlsx")))
    assert (doc.status, doc.total_rows) == ("Finished", 5_000)
    assert (doc.created_rows, doc.created_families) == (truth.created, truth.households)
    assert (doc.duplicate_rows, doc.undecided_rows) == (truth.duplicates, truth.to_decide)
    assert doc.rejected_rows == truth.rejected
    assert frappe.db.count("Beneficiary") - persons == truth.created
    assert frappe.db.count("Family") - families == truth.households
    again = load(check(upload(census.shuffled().as_csv("utf-8", ","), "censo-5000.csv")))
    assert (again.status, again.created_rows, again.created_families) == ("Finished", 0, 0)
    assert again.skipped_rows == truth.created + truth.duplicates
    assert frappe.db.count("Beneficiary") - persons == truth.created
