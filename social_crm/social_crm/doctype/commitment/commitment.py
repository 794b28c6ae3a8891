from frappe.model.document import Document


class Commitment(Document):
    pass
