from frappe.model.document import Document


class GoodsDeliveryItem(Document):
    pass
