"""One row of a census file: what it held, what became of it and why. Written by the import alone."""

import frappe
from frappe import _
from frappe.model.document import Document


class CensusImportRow(Document):
    def validate(self) -> None:
        frappe.throw(
            _("The rows of a census change only through the import."),
            frappe.PermissionError,
            title=_("Not by Hand"),
        )


def on_doctype_update() -> None:
    frappe.db.add_index("Census Import Row", ["census_import", "result", "household_number"])
    frappe.db.add_index("Census Import Row", ["census_import", "household_number"])
    frappe.db.add_index("Census Import Row", ["census_import", "sheet_row"])
