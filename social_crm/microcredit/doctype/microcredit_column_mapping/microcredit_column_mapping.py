"""The field that the organisation chose for a header of a bank file; suggested again in the next file."""

import frappe
from frappe import _
from frappe.model.document import Document

from social_crm.microcredit.services.payments.files import key_of
from social_crm.social_crm.domain.census_headers import header_key


class MicrocreditColumnMapping(Document):
    def validate(self) -> None:
        self.header_key = header_key(self.header)[:140]
        if not self.header_key:
            frappe.throw(_("The header holds no letter or figure."), title=_("Header"))
        if not key_of(self.target_field):
            frappe.throw(_("There is no field {0}.").format(self.target_field), title=_("Field"))
