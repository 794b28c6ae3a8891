"""Goods handed over to a family, with evidence."""

from frappe.model.document import Document

from social_crm.social_crm.services import deliveries


class GoodsDelivery(Document):
    def validate(self) -> None:
        deliveries.check(self)
