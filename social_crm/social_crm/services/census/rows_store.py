"""Keeps the rows of a census import: outcomes of the plan to rows of the site, and back."""

import json
from collections.abc import Iterable, Mapping, Sequence

import frappe
from frappe.query_builder.functions import Count

from social_crm.file_runs import problems_of
from social_crm.social_crm.domain.census_matching import Likeness
from social_crm.social_crm.domain.census_plan import Outcome
from social_crm.social_crm.domain.census_problem import Problem
from social_crm.social_crm.domain.census_rows import person_from_dict
from social_crm.social_crm.services.census.messages import sentences

_FIELDS = (
    "name",
    "owner",
    "creation",
    "modified",
    "modified_by",
    "docstatus",
    "idx",
    "census_import",
    "sheet_row",
    "full_name",
    "raw_values",
    "person",
    "fingerprint",
    "household_number",
    "household_code",
)
_OUTCOME_FIELDS = (
    "result",
    "reason",
    "reasons",
    "beneficiary",
    "family",
    "same_as_row",
    "score",
    "likeness",
    "like_person",
    "elsewhere",
    "decision",
    "found_result",
    "found_reasons",
)


def replace_rows(census_import: str, outcomes: Sequence[Outcome], raw: Mapping[int, list[object]]) -> None:
    """Throw away the rows of an import and write those of a new plan."""
    delete_rows(census_import)
    now, user = frappe.utils.now(), frappe.session.user
    values = []
    for outcome in outcomes:
        outcome_values = _outcome_values(outcome)
        values.append(
            (
                frappe.generate_hash(length=12),
                user,
                now,
                now,
                user,
                0,
                outcome.row.number,
                census_import,
                outcome.row.number,
                outcome.row.full_name[:140],
                json.dumps(raw.get(outcome.row.number, []), ensure_ascii=False, default=str),
                json.dumps(outcome.row.as_dict(), ensure_ascii=False, default=str),
                outcome.fingerprint,
                outcome.household,
                outcome.row.household[:140],
                *(outcome_values[field] for field in _OUTCOME_FIELDS),
            )
        )
    frappe.db.bulk_insert("Census Import Row", [*_FIELDS, *_OUTCOME_FIELDS], values, chunk_size=1_000)


def delete_rows(census_import: str) -> None:
    """Delete all rows of an import."""
    frappe.db.delete("Census Import Row", {"census_import": census_import})


def _outcome_values(outcome: Outcome) -> dict[str, object]:
    likeness = outcome.likeness
    found = {"reasons": likeness.reasons, "certain": likeness.certain} if likeness else None
    decided = outcome.result not in ("To Decide", "Waiting")
    return {
        "result": outcome.result,
        "reason": sentences(outcome.reasons)[:2000],
        "reasons": _dump(outcome.reasons),
        "beneficiary": outcome.beneficiary if decided and outcome.beneficiary else None,
        "family": outcome.family if decided and outcome.family else None,
        "same_as_row": outcome.same_as_row,
        "score": likeness.score if likeness else 0,
        "likeness": json.dumps(found) if found else None,
        # A person whom the user may not see leaves no trace here: `beneficiary` is empty then.
        "like_person": outcome.beneficiary or None,
        "elsewhere": int(outcome.elsewhere),
        "decision": outcome.decision,
        "found_result": outcome.found,
        "found_reasons": _dump(outcome.found_reasons),
    }


def _dump(problems: Iterable[Problem]) -> str:
    return json.dumps([problem.as_dict() for problem in problems], ensure_ascii=False)


def outcomes_of(census_import: str, household: int) -> dict[str, Outcome]:
    """Row name -> outcome for one household, in the order of the sheet. Reads without permissions: services check."""
    row = frappe.qb.DocType("Census Import Row")
    found = (
        frappe.qb.from_(row)
        .select(row.star)
        .where((row.census_import == census_import) & (row.household_number == household))
        .orderby(row.sheet_row)
        .run(as_dict=True)
    )
    return {item.name: _outcome(item) for item in found}


def _outcome(item: frappe._dict) -> Outcome:
    likeness = json.loads(item.likeness or "null")
    return Outcome(
        row=person_from_dict(json.loads(item.person or "{}")),
        household=item.household_number,
        fingerprint=item.fingerprint or "",
        result=item.result,
        reasons=problems_of(item.reasons),
        beneficiary=item.like_person or item.beneficiary or "",
        family=_family_of(item.like_person or item.beneficiary) or item.family or "",
        same_as_row=item.same_as_row or 0,
        likeness=Likeness(item.score, tuple(likeness["reasons"]), likeness["certain"]) if likeness else None,
        elsewhere=bool(item.elsewhere),
        decision=item.decision or "",
        found=item.found_result or "",
        found_reasons=problems_of(item.found_reasons),
    )


def _family_of(person: str | None) -> str | None:
    return frappe.db.get_value("Beneficiary", person, "family") if person else None


def save_outcome(name: str, outcome: Outcome, **more: object) -> None:
    """Write what is to happen, or has happened, with a row."""
    values = {key: value for key, value in _outcome_values(outcome).items() if not key.startswith("found_")}
    frappe.db.set_value("Census Import Row", name, {**values, **more})


def counts(census_import: str) -> dict[str, int]:
    """Result -> number of rows."""
    row = frappe.qb.DocType("Census Import Row")
    found = (
        frappe.qb.from_(row)
        .select(row.result, Count(row.name))
        .where(row.census_import == census_import)
        .groupby(row.result)
        .run()
    )
    return dict(found)
