"""One thing done by the psychosocial team with a person, a family or a community."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate, nowdate

from social_crm.psychosocial import placement


class PsychosocialActivity(Document):
    def validate(self) -> None:
        placement.keep_to_level(self)
        if self.status == "Held" and getdate(self.activity_date) > getdate(nowdate()):
            frappe.throw(_("An activity of a future date is planned, not held."), title=_("Date"))
