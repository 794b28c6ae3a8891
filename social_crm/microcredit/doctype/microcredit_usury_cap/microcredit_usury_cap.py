import frappe
from frappe.model.document import Document

from social_crm.microcredit.services import cap_register


class MicrocreditUsuryCap(Document):
    """The certified cap of a modality for a period; two never hold on one day, and none is changed once it is registered."""

    def autoname(self) -> None:
        self.name = cap_register.name_for(self)

    def validate(self) -> None:
        cap_register.validate(self)

    def after_insert(self) -> None:
        cap_register.follow(self)

    def on_trash(self) -> None:
        cap_register.refuse_deletion(self)


def on_doctype_update() -> None:
    """Index what a loan looks up: the cap of a modality on a day."""
    frappe.db.add_index("Microcredit Usury Cap", ["modality", "valid_from", "valid_to"])
