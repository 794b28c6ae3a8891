"""A place in the area of influence where families of the programmes live."""

import frappe
from frappe import _
from frappe.model.document import Document

from social_crm.changes import has_changed
from social_crm.social_crm.services import map_point, territory


class Community(Document):
    def validate(self) -> None:
        map_point.keep_in_step(self)
        territory.complete_community(self)

    def on_update(self) -> None:
        if has_changed(self, "cut_off_date") and not self.flags.in_insert:
            frappe.msgprint(
                _(
                    "Families already registered keep their flag. Those registered from now on are compared with this date."
                ),
                title=_("Census Cut-off Date"),
            )
