import frappe
from frappe.model.document import Document

from social_crm.field_records.services import visits


class PlannedVisit(Document):
    """A visit that a gestor means to make on a day; its acta closes it."""

    def __setup__(self) -> None:
        # Frappe would fill an empty time with the present one.
        self.dont_update_if_missing = ["start_time"]

    def validate(self) -> None:
        visits.validate(self)


def on_doctype_update() -> None:
    """The day of a gestor, and whether a family's visit is planned already."""
    frappe.db.add_index("Planned Visit", ["gestor", "visit_date"])
    frappe.db.add_index("Planned Visit", ["family", "status"])
