"""What a person, or the legal representative, decided about the use of personal data for one purpose."""

import frappe
from frappe.model.document import Document

from social_crm.social_crm.services import authorisations


class DataAuthorisation(Document):
    def validate(self) -> None:
        authorisations.check(self)

    def after_insert(self) -> None:
        authorisations.refresh_statuses(self)


def on_doctype_update() -> None:
    frappe.db.add_index("Data Authorisation", ["beneficiary", "purpose", "given_on"])
