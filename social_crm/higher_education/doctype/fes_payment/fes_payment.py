from frappe.model.document import Document


class FESPayment(Document):
    pass
