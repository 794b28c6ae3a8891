"""What the site already holds, in the form in which the census plan compares it.

The matcher must see everybody, also whom the user may not see, or a person of another community would be registered a
second time. What is found there is told only as "exists elsewhere": nothing of the record leaves this module.
"""

from collections.abc import Iterable, Iterator, Sequence

import frappe

from social_crm.permissions import allowed_communities, readable_names
from social_crm.social_crm.domain.census_matching import Known, fold_name
from social_crm.social_crm.domain.census_plan import CREATED, DUPLICATE, SKIPPED, Existing, Site
from social_crm.social_crm.domain.census_rows import PersonRow
from social_crm.social_crm.domain.census_text import fold

_CHUNK = 20_000
_NAMES_CHUNK = 1_000
_MOST_CHUNKS = 1_000


def site_for(rows: Sequence[PersonRow], marks: Sequence[str], user: str) -> Site:
    """Everything of the site that a plan for these rows, whose fingerprints are `marks`, needs."""
    records = sorted({row.family_record for row in rows if row.family_record})
    readable = readable_names("Family", records, user)
    return Site(
        persons=known_people(user),
        loaded=loaded_rows(marks),
        families=families_by_code({row.community for row in rows if row.community}),
        family_names=frozenset(_current(readable)),
    )


def known_people(user: str) -> Iterator[Known]:
    """Everybody on the site, one `Known` a document; in chunks, so that memory stays small."""
    allowed = allowed_communities(user)
    last = ""
    for _ in range(_MOST_CHUNKS):
        people = _people_after(last)
        if not people:
            return
        last = people[-1].name
        documents = _documents(people[0].name, last)
        for person in people:
            for identity in documents.get(person.name) or ("",):
                yield _known(person, identity, allowed)


def _people_after(last: str) -> list:
    person = frappe.qb.DocType("Beneficiary")
    return (
        frappe.qb.from_(person)
        .select(
            person.name,
            person.first_name,
            person.middle_name,
            person.first_surname,
            person.second_surname,
            person.birth_date,
            person.birth_date_estimated,
            person.sex,
            person.community,
            person.family,
        )
        .where((person.name > last) & (person.status != "Merged"))
        .orderby(person.name)
        .limit(_CHUNK)
        .run(as_dict=True)
    )


def _documents(first: str, last: str) -> dict[str, set[str]]:
    document = frappe.qb.DocType("Beneficiary Document")
    rows = (
        frappe.qb.from_(document)
        .select(document.parent, document.identity_key)
        .where(
            (document.parenttype == "Beneficiary") & (document.parent >= first) & (document.parent <= last)
        )
        .run()
    )
    found: dict[str, set[str]] = {}
    for parent, key in rows:
        if key:
            found.setdefault(parent, set()).add(key)
    return found


def _known(person: frappe._dict, identity: str, allowed: frozenset[str] | None) -> Known:
    return Known(
        ref=person.name,
        given=" ".join(
            filter(None, (fold_name(person.first_name or ""), fold_name(person.middle_name or "")))
        ),
        surnames=" ".join(
            filter(None, (fold_name(person.first_surname or ""), fold_name(person.second_surname or "")))
        ),
        identity=identity,
        birth=person.birth_date,
        estimated=bool(person.birth_date_estimated),
        sex=person.sex or "",
        community=person.community or "",
        family=person.family or "",
        visible=allowed is None or person.community in allowed,
    )


def loaded_rows(marks: Sequence[str]) -> dict[str, Existing]:
    """Fingerprint -> what an earlier import made of the row; rows whose person is gone do not count."""
    row, person = frappe.qb.DocType("Census Import Row"), frappe.qb.DocType("Beneficiary")
    found: dict[str, Existing] = {}
    for start in range(0, len(marks), _NAMES_CHUNK):
        rows = (
            frappe.qb.from_(row)
            .join(person)
            .on(person.name == row.beneficiary)
            .select(row.fingerprint, person.name, person.family, person.merged_into)
            .where(row.fingerprint.isin(list(marks[start : start + _NAMES_CHUNK])))
            .where(row.result.isin([CREATED, DUPLICATE, SKIPPED]))
            .run()
        )
        for mark, name, family, merged in rows:
            found[mark] = Existing(merged or name, family or "")
    return found


def families_by_code(communities: Iterable[str]) -> dict[tuple[str, str], str]:
    """(community, household code), both folded -> family of the site that carries the code."""
    names = sorted(communities)
    if not names:
        return {}
    family = frappe.qb.DocType("Family")
    rows = (
        frappe.qb.from_(family)
        .select(family.community, family.census_code, family.name)
        .where(family.community.isin(names) & (family.status == "Active"))
        .where(family.census_code.isnotnull() & (family.census_code != ""))
        .run()
    )
    return {(fold(community), fold(code)): name for community, code, name in rows}


def _current(names: Iterable[str]) -> list[str]:
    wanted = list(names)
    if not wanted:
        return []
    family = frappe.qb.DocType("Family")
    query = (
        frappe.qb.from_(family)
        .select(family.name)
        .where(family.name.isin(wanted) & (family.status == "Active"))
    )
    return [name for (name,) in query.run()]
