"""Writes one household of a census: the family, its new persons, and those already registered who live in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import frappe

from social_crm.social_crm.domain.census_households import HEAD
from social_crm.social_crm.domain.census_plan import Outcome
from social_crm.social_crm.domain.census_rows import PersonRow
from social_crm.social_crm.services import families

_PERSON_FIELDS = (
    "first_name",
    "middle_name",
    "first_surname",
    "second_surname",
    "birth_date",
    "birth_date_estimated",
    "sex",
    "gender",
    "ethnicity",
    "disability",
    "schooling_level",
    "schooling_years",
    "attends_school",
    "occupation",
    "notes",
    "no_document_reason",
)


@dataclass(frozen=True)
class Written:
    """The family and the new persons, in the order of the rows."""

    family: str
    people: tuple[str, ...]


def write_household(
    doc: "frappe.model.document.Document", new: Sequence[Outcome], companions: Sequence[Outcome], family: str
) -> Written:
    """Write a household as the session's user, with that user's rights.

    new: rows to create. companions: rows of persons already registered. family: the family they join, "" for a new one.
    Throws ValidationError or PermissionError; the caller rolls back.
    """
    on = doc.registration_date
    rows = [outcome.row for outcome in new]
    homeless = [
        o for o in companions if not o.family and frappe.has_permission("Beneficiary", "write", o.beneficiary)
    ]
    if family:
        people = tuple(_add_person(row, family, on) for row in rows)
        for outcome in homeless:
            families.join(family, outcome.beneficiary, outcome.row.kinship, on)
    else:
        members = [{**person_values(row), "kinship": row.kinship} for row in rows]
        members += [{"beneficiary": o.beneficiary, "kinship": o.row.kinship} for o in homeless]
        everybody = [*rows, *(o.row for o in homeless)]
        family = families.register_family(family_values(everybody), members, on)
        people = _created(family, {o.beneficiary for o in homeless})
    for row, person in zip(rows, people, strict=True):
        _add_contact(row, person)
    return Written(family, people)


def person_values(row: PersonRow) -> dict[str, object]:
    """The fields of Beneficiary that a row fills."""
    values = {field: value for field in _PERSON_FIELDS if (value := getattr(row, field)) not in ("", None)}
    if row.person_code:
        values["census_code"] = row.person_code
    if row.attends_school is not None:
        values["attends_school"] = int(row.attends_school)
    if row.document_number:
        values["documents"] = [{"document_type": row.document_type, "document_number": row.document_number}]
    return values


def family_values(rows: Sequence[PersonRow]) -> dict[str, object]:
    """The fields of Family: what the head's row says first, then the first row that says something."""
    head = next((row for row in rows if row.kinship == HEAD), rows[0])
    ordered = [head, *(row for row in rows if row is not head)]

    def said(field: str) -> object:
        return next((value for row in ordered if (value := getattr(row, field)) not in ("", None)), None)

    surnames = " ".join(filter(None, (head.first_surname, head.second_surname)))
    values = {
        "family_name": said("family_name") or surnames,
        "community": said("community"),
        "zone": said("zone"),
        "census_code": said("household"),
        "present_detail": said("place"),
        "origin_detail": said("origin_place"),
        "displacement_date": said("displacement_date"),
        "latitude": said("latitude"),
        "longitude": said("longitude"),
    }
    return {key: value for key, value in values.items() if value is not None}


def _add_person(row: PersonRow, family: str, on: date) -> str:
    values = {**person_values(row), "family": family, "kinship": row.kinship, "registered_on": on}
    return frappe.get_doc({"doctype": "Beneficiary", **values}).insert().name


def _created(family: str, known: set[str]) -> tuple[str, ...]:
    """The persons whom the registration has just made, in the order in which it made them."""
    person = frappe.qb.DocType("Beneficiary")
    rows = (
        frappe.qb.from_(person)
        .select(person.name)
        .where(person.family == family)
        .orderby(person.creation)
        .orderby(person.name)
        .run()
    )
    return tuple(name for (name,) in rows if name not in known)


def _add_contact(row: PersonRow, person: str) -> None:
    if not row.phone and not row.email:
        return
    contact = frappe.get_doc(
        {
            "doctype": "Contact",
            "first_name": " ".join(filter(None, (row.first_name, row.middle_name))),
            "last_name": " ".join(filter(None, (row.first_surname, row.second_surname))),
            "phone_nos": [{"phone": row.phone, "is_primary_mobile_no": 1}] if row.phone else [],
            "email_ids": [{"email_id": row.email, "is_primary": 1}] if row.email else [],
            "links": [{"link_doctype": "Beneficiary", "link_name": person}],
        }
    )
    # The user has just created the person, with the right to do so; the contact is part of that record.
    contact.insert(ignore_permissions=True)
