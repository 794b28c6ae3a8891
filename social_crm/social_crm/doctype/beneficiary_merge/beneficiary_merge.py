from frappe.model.document import Document


class BeneficiaryMerge(Document):
    pass
