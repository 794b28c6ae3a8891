import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, getdate


class MicrocreditModality(Document):
    """A kind of credit with what the law says of it, by date."""

    def validate(self) -> None:
        days = [getdate(row.valid_from) for row in self.rules]
        if len(set(days)) != len(days):
            frappe.throw(_("Two rules of a modality begin on the same day."), title=_("Date not Possible"))
        for row in self.rules:
            above, up_to = flt(row.above_wages), flt(row.up_to_wages)
            if above < 0 or up_to < 0 or (up_to and up_to <= above):
                frappe.throw(
                    _("Row {0}: the upper bound must be above the lower one.").format(row.idx),
                    title=_("Amount not Possible"),
                )
