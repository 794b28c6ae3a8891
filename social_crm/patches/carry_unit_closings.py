"""The day on which a productive unit closed becomes a row of its closings, on which figures of past days rest."""

import frappe

from social_crm.income_generation.stages import CLOSING_FIELDS, UNIT

CLOSING = "Productive Unit Closing"


def execute() -> None:
    """Write a closing for every unit that has a day of closing and no row of it yet."""
    # A migrate works on every unit, for everybody.
    units = frappe.get_all(
        UNIT,
        filters={"closed_on": ["is", "set"]},
        fields=["name", "beneficiary", "modified_by", *CLOSING_FIELDS],
        limit_page_length=0,
    )
    # As above.
    done = set(frappe.get_all(CLOSING, filters={"parenttype": UNIT}, pluck="parent", limit_page_length=0))
    for unit in units:
        if unit.name in done:
            continue
        row = frappe.new_doc(CLOSING)
        row.update({field: unit[field] for field in (*CLOSING_FIELDS, "beneficiary")})
        row.update({"parent": unit.name, "parenttype": UNIT, "parentfield": "closings", "idx": 1})
        row.closed_by = unit.modified_by
        row.set_new_name()
        # As the document itself writes its rows; opening each unit would judge it by rules it was not written under.
        row.db_insert()
