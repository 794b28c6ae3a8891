"""What an operator carries out for a funder in some communities, with targets."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate


class SocialProgramme(Document):
    def validate(self) -> None:
        if self.end_date and getdate(self.end_date) < getdate(self.start_date):
            frappe.throw(_("The programme ends before it begins."), title=_("Dates"))
        self._check_communities()
        self._check_targets()

    def _check_communities(self) -> None:
        seen = set()
        for row in self.communities:
            if row.from_date and row.to_date and getdate(row.to_date) < getdate(row.from_date):
                frappe.throw(
                    _("Row {0}: the dates are the wrong way round.").format(row.idx), title=_("Communities")
                )
            key = (row.community, row.from_date)
            if key in seen:
                frappe.throw(
                    _("Row {0}: {1} is listed twice.").format(row.idx, row.community), title=_("Communities")
                )
            seen.add(key)

    def _check_targets(self) -> None:
        for row in self.targets:
            if row.unit == "%" and not 0 <= row.target_value <= 100:
                frappe.throw(
                    _("Row {0}: a percentage lies between 0 and 100.").format(row.idx), title=_("Targets")
                )
            if row.indicator == "Other" and not row.other_indicator:
                frappe.throw(_("Row {0}: name the other indicator.").format(row.idx), title=_("Targets"))
