"""The field app in Chromium with the network off: its size, a cold start, and a full device against a nearly empty one.

Two vaults are filled from the server: one with 100 families and 10 actas, one with 5,000 families (10,000 persons) and 500 actas. Then the
network is cut, and each round begins in a new process of the browser. The basis is an empty page from this machine in a new process too.
A vault that is fifty times as full should not make anybody wait: unlocking reads it all once, the rest should not grow with it.
"""

import gzip
import json
import os
import subprocess
import tempfile
from pathlib import Path

import frappe

from local_bench.testing import many
from social_crm.social_crm import factories as people

SERVED = True
BROWSER = True
ROUNDS = 3
SIZES = {"Small": (100, 10), "Large": (5000, 500)}
SHELL_LIMIT = 250_000
SCRIPT = Path(__file__).with_name("field_app.mjs")
MEASURED: dict[str, list[float]] = {}


def prepare() -> None:
    """Fill the site, let the browser do its rounds, keep the seconds of each."""
    print(f"  The shell without the form engine: {shell_size():,} bytes compressed", flush=True)
    found = {}
    for role, (number, actas) in SIZES.items():
        community = people.make_community()
        found[role] = many.gestor(
            f"gestora.{frappe.generate_hash(length=6)}@example.com",
            community,
            frappe.generate_hash(length=16),
        )
        mine = many.families(community, number)
        frappe.set_user(found[role]["user"])
        many.actas(mine, actas)
        frappe.set_user("Administrator")
    frappe.db.commit()
    with tempfile.TemporaryDirectory(prefix="field-app-measured-") as name:
        folder = Path(name)
        (folder / "people.json").write_text(json.dumps(found))
        settings = {
            "SOCIAL_CRM_PEOPLE": str(folder / "people.json"),
            "SOCIAL_CRM_OUTPUT": name,
            "SOCIAL_CRM_MEASURED": str(folder / "measured.json"),
            "SOCIAL_CRM_ROUNDS": str(ROUNDS + 1),
            "SOCIAL_CRM_SIZES": json.dumps(SIZES),
        }
        subprocess.run(["node", str(SCRIPT)], env={**os.environ, **settings}, check=True)
        MEASURED.update(json.loads((folder / "measured.json").read_text()))


def shell_size() -> int:
    """Bytes that a phone fetches before the first screen.

    Raises:
        AssertionError: more than the app may have.
    """
    built = Path(frappe.get_app_path("social_crm", "public", "field_app"))
    shell = [
        path
        for path in built.rglob("*")
        if path.suffix in (".html", ".js", ".css", ".webmanifest", ".svg") and "form-engine" not in path.name
    ]
    assert any(path.name == "index.html" for path in shell), f"The field app is not built in {built}"
    size = sum(len(gzip.compress(path.read_bytes(), 9)) for path in shell)
    assert size < SHELL_LIMIT, f"The shell has {size} bytes compressed, more than {SHELL_LIMIT}"
    return size


def told(name: str) -> dict[str, float]:
    """The next of the seconds that the browser has told."""
    return {"": MEASURED[name].pop(0)}


def measures(*names: str) -> dict:
    """A measure for each name."""
    return {name: (lambda name=name: told(name)) for name in names}


MEASURES = measures(
    "an empty page",
    "cold start offline, 100 families",
    "cold start offline, 5,000 families",
    "unlock, 100 families",
    "unlock, 5,000 families",
    "unlock until all is found, 100 families",
    "unlock until all is found, 5,000 families",
    "list of families, 100 families",
    "list of families, 5,000 families",
    "search, 100 families",
    "search, 5,000 families",
)
LIMITS = {
    "cold start offline, 5,000 families": 3.0,
    "unlock, 5,000 families": 3.0,
    "unlock until all is found, 5,000 families": 10.0,
    "list of families, 5,000 families": 1.0,
    "search, 5,000 families": 0.1,
}
_FULL, _EMPTY = "5,000 families", "100 families"
RATIOS = {
    "cold start against an empty page": (f"cold start offline, {_FULL}", "an empty page", 1, 4, 6),
    **{
        f"{what}, full against nearly empty": (f"{what}, {_FULL}", f"{what}, {_EMPTY}", 1, 1.5, 3)
        for what in ("cold start offline", "unlock", "list of families")
    },
    "search, a family on the full device against one on the other": (
        f"search, {_FULL}",
        f"search, {_EMPTY}",
        50,
        1,
        2,
    ),
}
