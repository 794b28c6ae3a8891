"""One person's attendance to one activity."""

import frappe
from frappe.model.document import Document

from social_crm.social_crm.services import attendance


class ActivityAttendance(Document):
    def validate(self) -> None:
        attendance.check(self)

    def on_update(self) -> None:
        attendance.count(self.activity)

    def after_delete(self) -> None:
        attendance.count(self.activity)


def on_doctype_update() -> None:
    frappe.db.add_index("Activity Attendance", ["activity", "beneficiary"])
