from frappe.model.document import Document


class CommunityActivity(Document):
    pass
