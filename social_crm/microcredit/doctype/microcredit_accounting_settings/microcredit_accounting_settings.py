from frappe.model.document import Document


class MicrocreditAccountingSettings(Document):
    pass
