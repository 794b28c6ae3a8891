from frappe.model.document import Document


class AuthorisationText(Document):
    pass
