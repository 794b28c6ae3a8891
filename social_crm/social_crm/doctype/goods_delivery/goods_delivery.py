from frappe.model.document import Document


class GoodsDelivery(Document):
    pass
