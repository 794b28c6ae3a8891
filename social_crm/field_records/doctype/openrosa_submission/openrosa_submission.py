from frappe.model.document import Document


class OpenRosaSubmission(Document):
    pass
