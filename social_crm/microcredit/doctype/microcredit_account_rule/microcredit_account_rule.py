from frappe.model.document import Document


class MicrocreditAccountRule(Document):
    pass
