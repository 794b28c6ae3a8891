from frappe.model.document import Document

from social_crm.microcredit.services import products


class MicrocreditProduct(Document):
    """What the fund lends; a change of its terms makes a new version, which loans keep."""

    def validate(self) -> None:
        products.validate(self)

    def on_update(self) -> None:
        products.on_update(self)
