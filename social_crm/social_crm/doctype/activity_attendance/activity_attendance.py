from frappe.model.document import Document


class ActivityAttendance(Document):
    pass
