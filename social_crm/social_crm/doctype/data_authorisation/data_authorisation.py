from frappe.model.document import Document


class DataAuthorisation(Document):
    pass
