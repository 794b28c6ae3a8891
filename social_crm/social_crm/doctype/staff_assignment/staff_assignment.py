from frappe.model.document import Document


class StaffAssignment(Document):
    pass
