from frappe.model.document import Document


class ActaTemplateTranslation(Document):
    pass
