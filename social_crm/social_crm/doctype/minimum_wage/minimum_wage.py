from frappe.model.document import Document


class MinimumWage(Document):
    pass
