from frappe.model.document import Document


class ProgrammeTarget(Document):
    pass
