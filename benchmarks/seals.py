"""What the nightly check of a chain of seals costs by the number of its actas; the basis is reading the same actas from the database.

The actas are copies of one closed acta, each sealed anew in its place of the chain. SOCIAL_CRM_SEALED_ACTAS sets the number of the longer
chain (1,000); the shorter one has a tenth.
"""

import os

import frappe

from local_bench.testing import many
from social_crm.field_records import factories
from social_crm.field_records.services import seal_chains, seals
from social_crm.social_crm import factories as people

LONG = int(os.environ.get("SOCIAL_CRM_SEALED_ACTAS", "1000"))
SHORT = LONG // 10
ROUNDS = 3
CHAINS: dict[int, str] = {}
CHILD = "Acta Participant"


def prepare() -> None:
    """Two programmes with a chain each."""
    family = factories.make_family()
    for number in (SHORT, LONG):
        CHAINS[number] = chain_of(number, people.make_programme(f"Programa de {number}"), family)


def chain_of(number: int, programme: str, family: str) -> str:
    """A chain of so many actas; its name."""
    # As it is signed in the field: with strokes.
    signer = factories.participant(
        "Ana Epiayú", strokes=[[{"x": n, "y": 2 * n, "t": 16 * n} for n in range(60)]]
    )
    first = factories.make_acta(family=family, programme=programme, participants=[signer])
    first = factories.close(first)
    mark = frappe.generate_hash(length=6)
    names = [f"ACTA-{mark}-{one:05}" for one in range(1, number)]
    unsealed = {"seal_chain": None, "seal_number": 0, "client_uuid": None, "verification_code": None}
    many.copies("Acta", first.name, ({"name": name, **unsealed} for name in names))
    row = first.participants[0].name
    many.copies(CHILD, row, ({"name": f"{mark}{one}", "parent": name} for one, name in enumerate(names)))
    for name in names:
        frappe.db.set_value("Acta", name, seals.new_seal(frappe.get_doc("Acta", name)), update_modified=False)
    return str(first.seal_chain)


def read(number: int) -> None:
    """Every acta of a chain with its rows, as any program would read it."""
    for name in frappe.get_all("Acta", filters={"seal_chain": CHAINS[number]}, pluck="name"):
        frappe.get_doc("Acta", name)


def check(number: int) -> None:
    """The walk that the night makes; a chain that does not hold is no measure."""
    count, broken = seal_chains.walk(CHAINS[number])
    assert (count, broken) == (number, None), (count, broken)


MEASURES = {
    f"reading {LONG} actas": lambda: read(LONG),
    f"checking a chain of {SHORT}": lambda: check(SHORT),
    f"checking a chain of {LONG}": lambda: check(LONG),
}
RATIOS = {
    "an acta in the longer chain against one in the shorter": (
        f"checking a chain of {LONG}",
        f"checking a chain of {SHORT}",
        LONG / SHORT,
        1,
        1.5,
    ),
    "checking against reading": (f"checking a chain of {LONG}", f"reading {LONG} actas", 1, 4, 6),
}
