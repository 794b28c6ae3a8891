from frappe.model.document import Document


class ProgrammeCommunity(Document):
    pass
