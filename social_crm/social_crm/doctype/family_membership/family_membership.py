from frappe.model.document import Document


class FamilyMembership(Document):
    pass
