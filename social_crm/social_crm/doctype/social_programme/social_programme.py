from frappe.model.document import Document


class SocialProgramme(Document):
    pass
