"""The questions of an import: is this row the same person as that one? Side by side, decided one by one or all at once."""

import json

import frappe
from frappe import _

from social_crm.permissions import allowed_communities, may_read
from social_crm.social_crm.domain.census_blocking import Index, match_site
from social_crm.social_crm.domain.census_plan import (
    DIFFERENT,
    SAME,
    TO_DECIDE,
    Site,
    known_from_row,
    settle_again,
)
from social_crm.social_crm.domain.census_rows import person_from_dict
from social_crm.social_crm.services.census import rows_store, state
from social_crm.social_crm.services.census.messages import finding_labels
from social_crm.social_crm.services.census.site_people import families_by_code, known_people

DECISIONS = (SAME, DIFFERENT)


def questions(census_import: str, start: int = 0, limit: int = 10) -> list[dict]:
    """The rows to decide on with the person or row they are like; what the user may not see is left out."""
    row = frappe.qb.DocType("Census Import Row")
    found = (
        frappe.qb.from_(row)
        .select(row.name, row.sheet_row, row.person, row.score, row.likeness, row.like_person)
        .select(row.same_as_row, row.elsewhere)
        .where((row.census_import == census_import) & (row.result == TO_DECIDE))
        .orderby(row.sheet_row)
        .offset(start)
        .limit(limit)
        .run(as_dict=True)
    )
    return [_question(census_import, item) for item in found]


def _question(census_import: str, item: frappe._dict) -> dict:
    labels = finding_labels()
    likeness = json.loads(item.likeness or "{}")
    question = {
        "name": item.name,
        "sheet_row": item.sheet_row,
        "score": item.score,
        "findings": [labels[code] for code in likeness.get("reasons", []) if code in labels],
        "row": _card_of_row(json.loads(item.person or "{}")),
        "elsewhere": bool(item.elsewhere),
        "other": None,
    }
    like = item.like_person or (_found_elsewhere(item.person) if item.elsewhere else None)
    if like and frappe.has_permission("Beneficiary", "read", like):
        question["other"], question["elsewhere"] = _card_of_person(like), False
    elif item.same_as_row:
        filters = {"census_import": census_import, "sheet_row": item.same_as_row}
        person = frappe.db.get_value("Census Import Row", filters, "person")
        question["other"] = {**_card_of_row(json.loads(person or "{}")), "sheet_row": item.same_as_row}
    else:
        question["elsewhere"] = True
        question["findings"], question["score"] = [], 0
    return question


def _found_elsewhere(person: str) -> str | None:
    """The person whom the one who checked the file could not see; looked up again for those who see everybody."""
    if allowed_communities() is not None:
        return None
    known = known_from_row(person_from_dict(json.loads(person)))
    match = match_site(Index([known]), known_people(frappe.session.user)).get(0)
    return match.other.ref if match else None


def _card_of_row(person: dict) -> dict:
    names = (person.get(key) for key in ("first_name", "middle_name", "first_surname", "second_surname"))
    return {
        "full_name": " ".join(name for name in names if name),
        "documents": " ".join(filter(None, (person.get("document_type"), person.get("document_number")))),
        "birth_date": person.get("birth_date"),
        "sex": person.get("sex"),
        "kinship": person.get("kinship"),
        "household": person.get("household"),
        "community": person.get("community"),
    }


def _card_of_person(name: str) -> dict:
    person = frappe.get_doc("Beneficiary", name)
    return {
        "record": person.name,
        "full_name": person.full_name,
        "documents": ", ".join(f"{d.document_type} {d.document_number}" for d in person.documents),
        "birth_date": str(person.birth_date or ""),
        "sex": person.sex,
        "kinship": person.kinship,
        "household": person.family,
        "community": person.community,
    }


def decide(census_import: str, row: str, decision: str) -> None:
    """Take a decision about one row and settle its household anew. Throws when the question is not the user's."""
    found = frappe.db.get_value(
        "Census Import Row",
        row,
        ["census_import", "household_number", "result", "elsewhere", "like_person", "person"],
        as_dict=True,
    )
    if not found or found.census_import != census_import or found.result != TO_DECIDE:
        frappe.throw(_("This question is no longer open."), title=_("Census Import"))
    if decision not in DECISIONS:
        frappe.throw(_("Choose whether it is the same person or a different one."), title=_("Census Import"))
    like = found.like_person or (_found_elsewhere(found.person) if found.elsewhere else None)
    if (found.elsewhere and not like) or (like and not may_read("Beneficiary", like)):
        frappe.throw(
            _("Exists elsewhere, ask the administrator."), frappe.PermissionError, title=_("Census Import")
        )
    values = {"decision": decision, "decided_by": frappe.session.user, "like_person": like, "elsewhere": 0}
    frappe.db.set_value("Census Import Row", row, values)
    _settle(census_import, found.household_number)


def decide_all(census_import: str, decision: str) -> int:
    """Take one decision about every open question that is the user's; returns how many."""
    row = frappe.qb.DocType("Census Import Row")
    found = (
        frappe.qb.from_(row)
        .select(row.name, row.like_person, row.elsewhere)
        .where((row.census_import == census_import) & (row.result == TO_DECIDE))
        .orderby(row.sheet_row)
        .run()
    )
    taken = 0
    everybody = allowed_communities() is None
    for name, person, elsewhere in found:
        still_open = frappe.db.get_value("Census Import Row", name, "result") == TO_DECIDE
        mine = everybody or (not elsewhere and (not person or may_read("Beneficiary", person)))
        if still_open and mine:
            decide(census_import, name, decision)
            taken += 1
    return taken


def _settle(census_import: str, household: int) -> None:
    rows = rows_store.outcomes_of(census_import, household)
    people = [outcome.row for outcome in rows.values()]
    records = frozenset(person.family_record for person in people if person.family_record)
    site = Site(families=families_by_code({person.community for person in people}), family_names=records)
    for name, outcome in zip(rows, settle_again(list(rows.values()), site), strict=True):
        if outcome.result != rows[name].result or outcome.reasons != rows[name].reasons:
            rows_store.save_outcome(name, outcome)
    state.refresh_figures(census_import)
