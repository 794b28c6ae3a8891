"""Records for tests: a place, families and persons, as the services make them."""

import itertools
from datetime import date

import frappe

from social_crm.social_crm.services import families

_numbers = itertools.count(1)
START = date(2020, 1, 1)


def make_municipality() -> str:
    """Return Maicao in La Guajira, created when it is missing."""
    for code, name, level in (("44", "La Guajira", "Department"), ("44430", "Maicao", "Municipality")):
        if not frappe.db.exists("Territorial Division", code):
            frappe.get_doc(
                {"doctype": "Territorial Division", "code": code, "division_name": name, "level": level}
            ).insert()
    return "44430"


def make_community(name: str | None = None, **values: object) -> str:
    """Return a community of that name, created when it is missing; without a name a new one each time."""
    name = name or f"Community {next(_numbers)} {frappe.generate_hash(length=6)}"
    if not frappe.db.exists("Community", name):
        fields = {"kind": "Resettled", "municipality": make_municipality(), "zone": "Rural", **values}
        frappe.get_doc({"doctype": "Community", "community_name": name, **fields}).insert()
    return name


def make_programme(name: str | None = None, **values: object) -> str:
    """Return a programme of that name, created when it is missing; without a name a new one each time."""
    name = name or f"Programme {next(_numbers)} {frappe.generate_hash(length=6)}"
    if not frappe.db.exists("Social Programme", name):
        fields = {"start_date": START, "status": "Running", **values}
        frappe.get_doc({"doctype": "Social Programme", "programme_name": name, **fields}).insert()
    return name


def person(first_name: str, kinship: str = "Child", **values: object) -> dict:
    """Return the fields of a person without a document, to be registered with a family."""
    fields = {
        "first_name": first_name,
        "first_surname": "Epiayú",
        "second_surname": "Uriana",
        "birth_date": date(1990, 5, 1),
        "sex": "Female",
        "no_document_reason": "Lost in the displacement",
        "kinship": kinship,
    }
    return {**fields, **values}


def make_person(first_name: str = "Ana", **values: object) -> str:
    """Return a new person; `family`, `kinship` and `registered_on` place the person in a family."""
    return frappe.get_doc({"doctype": "Beneficiary", **person(first_name, **values)}).insert().name


def make_family(size: int = 1, community: str | None = None, on: date = START, **values: object) -> str:
    """Return a new family of `size` members: a head, a partner, then children."""
    kinships = ["Head", "Spouse or Partner", *["Child"] * max(0, size - 2)][:size]
    names = ["Ana", "Luis", "Rosa", "Juan", "María", "José", "Elena", "Pedro"]
    members = [person(names[i % len(names)], kinship) for i, kinship in enumerate(kinships)]
    fields = {"family_name": "Epiayú Uriana", "community": community or make_community(), **values}
    return families.register_family(fields, members, on)


def members(family: str, on: date | str) -> list[str]:
    """Return the persons who belong to a family on a day, head first."""
    return [row["beneficiary"] for row in families.members_as_of(family, on)]
