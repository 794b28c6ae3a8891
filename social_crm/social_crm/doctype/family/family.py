"""A household of a community, with members over time."""

from frappe.contacts.address_and_contact import load_address_and_contact
from frappe.model.document import Document

from social_crm.social_crm.services import households, map_point


class Family(Document):
    def onload(self) -> None:
        load_address_and_contact(self)

    def validate(self) -> None:
        households.refuse_merged(self)
        households.keep_computed_fields(self)
        households.check_exception(self)
        households.check_vulnerabilities(self)
        map_point.keep_in_step(self)

    def after_insert(self) -> None:
        households.record_registration(self)
