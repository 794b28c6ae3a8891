import frappe
from frappe.model.document import Document
from frappe.utils import getdate

from social_crm.microcredit.services import caps


class MicrocreditUsuryCap(Document):
    """The certified cap of a modality for a period; two never hold on one day."""

    def autoname(self) -> None:
        self.name = f"{self.modality} {getdate(self.valid_from):%Y-%m-%d}"

    def validate(self) -> None:
        caps.validate_cap(self)


def on_doctype_update() -> None:
    """Index what a loan looks up: the cap of a modality on a day."""
    frappe.db.add_index("Microcredit Usury Cap", ["modality", "valid_from", "valid_to"])
