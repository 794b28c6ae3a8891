"""Semesters and units receive the status that the state they are in stands for."""

import frappe

from social_crm.higher_education.services.semesters import SEMESTER, STATES
from social_crm.income_generation.stages import GROUP, GROUPS, UNIT
from social_crm.workflow_status import status_of_state


def execute() -> None:
    """Fill the field of every row from the site's workflow; a state of the site's own that says nothing is left alone."""
    for doctype, field, by_name in ((SEMESTER, "status", STATES), (UNIT, GROUP, GROUPS)):
        table = frappe.qb.DocType(doctype)
        for (state,) in frappe.qb.from_(table).select(table.workflow_state).distinct().run():
            value = status_of_state(doctype, state, field, by_name) or by_name.get(state)
            if value:
                frappe.qb.update(table).set(table[field], value).where(table.workflow_state == state).run()
