"""What the census import adds to the bare writing of the same families, and how long 10,000 rows take to be checked.

The size of the load follows SOCIAL_CRM_CENSUS_ROWS (200 rows; up to 10,000 with --rounds 1). Whatever is written is
rolled back after each round.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import frappe

from social_crm.demo.messy_census import messy_census
from social_crm.social_crm.domain.census_headers import suggest
from social_crm.social_crm.domain.census_plan import READY, Outcome, Site, plan
from social_crm.social_crm.domain.census_rows import Reading, read_row
from social_crm.social_crm.domain.census_sheet import body, find_header
from social_crm.social_crm.services.census import checking, loading, state
from social_crm.social_crm.services.census.household_writer import write_household
from social_crm.social_crm.services.census.reading import open_file, read_sheet
from social_crm.testing_factories import make_community

ROWS = int(os.environ.get("SOCIAL_CRM_CENSUS_ROWS", "200"))
BIG = 10_000
COMMUNITY = "Vereda del censo"
ON = date(2026, 1, 15)
MADE: dict[str, object] = {}


def planned(content: bytes) -> tuple[Outcome, ...]:
    """Read and plan a file against an empty site."""
    sheet = read_sheet(open_file(content))
    header = find_header(sheet)
    rows, _ = body(sheet, header, {s.index: s.field for s in suggest(header.columns)})
    reading = Reading(on=ON, community=COMMUNITY, no_document_reason="Sin dato")
    return plan([read_row(row, reading) for row in rows], Site())


def prepare() -> None:
    """A community and a checked import that every round loads anew."""
    make_community(COMMUNITY)
    census = messy_census(ROWS)
    content = census.as_xlsx()
    file = frappe.get_doc(
        {"doctype": "File", "file_name": "banco.xlsx", "is_private": 1, "content": content}
    ).insert()
    values = {"community": COMMUNITY, "registration_date": ON, "no_document_reason": "Sin dato"}
    doc = frappe.get_doc({"doctype": "Census Import", "census_file": file.file_url, **values}).insert()
    checking.run(doc.name, state.RUNS.begin(doc.name, state.CHECKING, "Administrator"), "Administrator")
    households: dict[int, list[Outcome]] = {}
    for outcome in planned(content):
        if outcome.result == READY:
            households.setdefault(outcome.household, []).append(outcome)
    MADE.update(
        name=doc.name,
        truth=census.truth,
        households=list(households.values()),
        big=messy_census(BIG).as_xlsx(),
    )


@contextmanager
def undone() -> Iterator[None]:
    """Keep nothing of a round."""
    before, frappe.flags.in_test = frappe.flags.in_test, True
    frappe.db.savepoint("census_benchmark")
    try:
        yield
    finally:
        frappe.db.rollback(save_point="census_benchmark")
        frappe.flags.in_test = before


def write_bare() -> None:
    """Family, persons, memberships and contacts of each household, without the import around them."""
    with undone():
        doc = frappe._dict(registration_date=ON)
        for outcomes in MADE["households"]:
            write_household(doc, outcomes, [], "")


def load() -> None:
    """The same through the import; says the rows a second."""
    with undone():
        name, truth = MADE["name"], MADE["truth"]
        began = time.perf_counter()
        loading.run(
            name, state.RUNS.begin(name, state.LOADING, "Administrator"), "Administrator", run_seconds=36_000
        )
        seconds = time.perf_counter() - began
        created = frappe.db.get_value("Census Import", name, "created_rows")
        if created != truth.created:
            raise AssertionError(f"{created} persons instead of {truth.created}")
        print(f"  census: {created / seconds:.1f} persons a second")


def check_big() -> None:
    """Read, validate and compare 10,000 rows with each other."""
    if len(planned(MADE["big"])) != BIG:
        raise AssertionError("not all rows were planned")


MEASURES = {
    f"write the families of {ROWS} rows": write_bare,
    f"load them through the import ({ROWS} rows)": load,
    "read and check 10,000 rows": check_big,
}
LIMITS = {"read and check 10,000 rows": 30.0}
