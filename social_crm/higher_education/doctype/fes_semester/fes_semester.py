import frappe
from frappe.model.document import Document

from social_crm.higher_education.services import semesters


class FESSemester(Document):
    """One semester of a student: what is requested and paid, and how it went."""

    def before_insert(self) -> None:
        semesters.lock_student(self)

    def validate(self) -> None:
        semesters.prepare(self)


def on_doctype_update() -> None:
    frappe.db.add_index("FES Semester", ["fes_student", "period"])
    frappe.db.add_index("FES Semester", ["enrolled_on", "period"])
