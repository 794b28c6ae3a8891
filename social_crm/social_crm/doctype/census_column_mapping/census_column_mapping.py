"""The field that the organisation chose for a header; suggested again in the next file."""

import frappe
from frappe import _
from frappe.model.document import Document

from social_crm.social_crm.domain.census_headers import header_key


class CensusColumnMapping(Document):
    def validate(self) -> None:
        self.header_key = header_key(self.header)[:140]
        if not self.header_key:
            frappe.throw(_("The header holds no letter or figure."), title=_("Header"))
