from frappe.model.document import Document


class FamilyEvent(Document):
    pass
