"""The care that a person, a family or a community receives from the psychosocial team."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate, nowdate

from social_crm.psychosocial import placement, team


class PsychosocialCase(Document):
    def validate(self) -> None:
        placement.keep_to_level(self)
        team.check_team(self)
        self.check_closing()

    def check_closing(self) -> None:
        """A closed case says when and why; an open one carries neither."""
        if self.status != "Closed":
            self.closed_on = self.closing_reason = None
            return
        self.closed_on = self.closed_on or nowdate()
        if getdate(self.closed_on) < getdate(self.opened_on):
            frappe.throw(_("The case cannot be closed before it was opened."), title=_("Closed on"))
        if not self.closing_reason:
            frappe.throw(
                _("Say why the case is closed."), frappe.MandatoryError, title=_("Reason for Closing")
            )
