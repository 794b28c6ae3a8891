"""A training, meeting or other activity in a community, with its attendance."""

import frappe
from frappe.model.document import Document

from social_crm.social_crm.services import attendance


class CommunityActivity(Document):
    def validate(self) -> None:
        attendance.check_activity(self)
        # Counted from the sheet; what a caller sends is put back.
        self.attendee_count = frappe.db.count(
            "Activity Attendance", {"activity": self.name, "attended": "Present"}
        )

    def on_update(self) -> None:
        attendance.follow_activity(self)
