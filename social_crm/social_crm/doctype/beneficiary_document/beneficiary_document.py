from frappe.model.document import Document


class BeneficiaryDocument(Document):
    pass
