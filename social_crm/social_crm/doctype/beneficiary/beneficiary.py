"""One person of a community, known by documents, with a place in a family over time."""

import frappe
from frappe.contacts.address_and_contact import load_address_and_contact
from frappe.model.document import Document

from social_crm.social_crm.services import documents, people


class Beneficiary(Document):
    def onload(self) -> None:
        load_address_and_contact(self)

    def validate(self) -> None:
        people.refuse_merged(self)
        people.tidy_names(self)
        people.check_dates(self)
        people.keep_computed_fields(self)
        people.check_exception(self)
        documents.prepare(self)

    def after_insert(self) -> None:
        people.enter_family(self)

    def on_trash(self) -> None:
        people.unlink_contacts(self)


def on_doctype_update() -> None:
    """Index names by community: the search of somebody who sees a few communities reads theirs alone."""
    frappe.db.add_index("Beneficiary", ["community", "search_key"])
