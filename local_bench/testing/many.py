"""Many rows at once for benchmarks: copies of one real row, each with what is its own. Run inside a bench's Python."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import frappe

CHUNK = 5_000


def copies(doctype: str, name: str, own: Iterable[dict[str, Any]]) -> None:
    """Insert a copy of a row for each dict of values, which name at least the new row's name."""
    row = frappe.db.get_value(doctype, name, "*", as_dict=True)
    columns = list(row)
    values = [tuple({**row, **one}[column] for column in columns) for one in own]
    frappe.db.bulk_insert(doctype, columns, values, chunk_size=CHUNK)


def gestor(email: str, community: str, password: str = "") -> dict[str, str]:
    """Make a gestor of a community with a key of their own; {"user", "password", "key", "secret"}."""
    from frappe.utils.password import set_encrypted_password, update_password

    from social_crm import testing_factories as make

    user = make.make_user(email, "Gestor")
    make.assign(user, community)
    key, secret = frappe.generate_hash(length=15), frappe.generate_hash(length=15)
    # Past the document: saving the only user of a site makes them its System Manager, who sees everything.
    frappe.db.set_value("User", user, "api_key", key)
    set_encrypted_password("User", user, secret, "api_secret")
    if password:
        update_password(user, password)
    return {"user": user, "password": password, "key": key, "secret": secret}


def families(community: str, number: int) -> list[str]:
    """Make so many families of two persons in a community: one through the services, the others as copies of it."""
    from social_crm.social_crm import factories

    first = factories.make_family(2, community)
    people = factories.members(first, frappe.utils.nowdate())
    mark = frappe.generate_hash(length=6)
    names = [f"FAM-{mark}-{one:05}" for one in range(1, number)]
    copies("Family", first, ({"name": name, "family_name": f"Familia {name}"} for name in names))
    for place, person in enumerate(people):
        own = (
            {
                "name": f"BEN-{mark}-{place}-{one:05}",
                "family": family,
                "first_surname": f"Epiayú{one:05}",
                "full_name": f"Ana Epiayú{one:05} Uriana",
            }
            for one, family in enumerate(names, start=1)
        )
        copies("Beneficiary", person, own)
    return [first, *names]


def actas(families_of: list[str], number: int) -> None:
    """Make so many drafts of actas about these families: copies of one that is written as its gestor does."""
    from social_crm.field_records import factories

    first = factories.make_acta(family=families_of[0])
    mark = frappe.generate_hash(length=6)
    own = (
        {
            "name": f"ACTA-{mark}-{one:05}",
            "family": families_of[one % len(families_of)],
            "client_uuid": None,
            "verification_code": None,
        }
        for one in range(1, number)
    )
    copies("Acta", first.name, own)
