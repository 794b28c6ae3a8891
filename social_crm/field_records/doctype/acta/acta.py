import frappe
from frappe.model.document import Document

from social_crm.field_records.services import actas, visits


class Acta(Document):
    """Field minutes: a draft until it is closed, sealed and beyond change from then on."""

    def __setup__(self) -> None:
        # Frappe would fill an empty time with the present one: hours that nobody wrote do not belong in minutes.
        self.dont_update_if_missing = ["start_time", "end_time"]

    def validate(self) -> None:
        actas.validate(self)

    def on_update(self) -> None:
        actas.seal_when_closed(self)
        visits.note_acta(self)

    def on_trash(self) -> None:
        actas.refuse_deletion(self)
        visits.free_plan(self.name)


def on_doctype_update() -> None:
    """Lists ask for the actas of a community or a family by date."""
    frappe.db.add_index("Acta", ["community", "visit_date"])
    frappe.db.add_index("Acta", ["family", "visit_date"])
    # No number of a chain is given twice, whatever goes wrong above.
    frappe.db.add_unique("Acta", ["seal_chain", "seal_number"])
