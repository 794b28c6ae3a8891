from frappe.model.document import Document


class FESPhase(Document):
    pass
