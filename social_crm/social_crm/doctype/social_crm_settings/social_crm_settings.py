from frappe.model.document import Document


class SocialCRMSettings(Document):
    pass
