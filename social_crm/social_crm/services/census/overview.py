"""What the form of a census import shows: one answer for every step."""

import json

import frappe
from frappe import _

from social_crm.file_runs import described, problems_of
from social_crm.social_crm.domain.census_fields import FIELDS, IGNORE_LABEL
from social_crm.social_crm.services.census import rows_store, state
from social_crm.social_crm.services.census.messages import sentence

_PREVIEW_ROWS = 6
PAGE = 20


def overview(doc: "frappe.model.document.Document") -> dict:
    """Status, file, mapping, figures, first problems and a preview of an import the user may read."""
    figures = rows_store.counts(doc.name)
    return {
        **described(doc, state.RUNS, sentence),
        "fields": _field_choices(),
        "figures": figures,
        "total": sum(figures.values()),
        "households": doc.household_count,
        "families": doc.created_families,
        "preview": _preview(doc.name),
        "may_write": bool(doc.has_permission("write")),
    }


def _field_choices() -> list[dict]:
    groups: dict[str, list[dict]] = {}
    for field in FIELDS:
        groups.setdefault(field.group, []).append({"value": field.label, "label": _(field.label)})
    listed = [{"label": _(group), "options": options} for group, options in groups.items()]
    return [{"label": "", "options": [{"value": IGNORE_LABEL, "label": _(IGNORE_LABEL)}]}, *listed]


def _preview(name: str) -> list[dict]:
    row = frappe.qb.DocType("Census Import Row")
    found = (
        frappe.qb.from_(row)
        .select(row.sheet_row, row.result, row.person)
        .where(row.census_import == name)
        .orderby(row.sheet_row)
        .limit(_PREVIEW_ROWS)
        .run(as_dict=True)
    )
    preview = []
    for item in found:
        person = json.loads(item.person or "{}")
        given = " ".join(filter(None, (person.get("first_name"), person.get("middle_name"))))
        surnames = " ".join(filter(None, (person.get("first_surname"), person.get("second_surname"))))
        preview.append(
            {
                "sheet_row": item.sheet_row,
                "result": item.result,
                "given_names": given,
                "surnames": surnames,
                "document": " ".join(
                    filter(None, (person.get("document_type"), person.get("document_number")))
                ),
                "birth_date": person.get("birth_date"),
                "sex": person.get("sex"),
                "kinship": person.get("kinship"),
                "household": person.get("household"),
            }
        )
    return preview


def problem_rows(census_import: str, result: str, start: int = 0) -> dict:
    """One page of the rows with a result, with their reasons in words."""
    row = frappe.qb.DocType("Census Import Row")
    found = (
        frappe.qb.from_(row)
        .select(row.sheet_row, row.full_name, row.household_code, row.reasons, row.beneficiary, row.family)
        .where((row.census_import == census_import) & (row.result == result))
        .orderby(row.sheet_row)
        .offset(start)
        .limit(PAGE)
        .run(as_dict=True)
    )
    rows = [
        {
            "sheet_row": item.sheet_row,
            "full_name": item.full_name,
            "household": item.household_code,
            "reasons": [sentence(problem) for problem in problems_of(item.reasons)],
            "beneficiary": item.beneficiary,
            "family": item.family,
        }
        for item in found
    ]
    return {"rows": rows, "page": PAGE}
