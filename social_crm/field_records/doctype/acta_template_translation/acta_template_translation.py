from frappe.model.document import Document


class ActaTemplateTranslation(Document):
    """The texts of a question or a choice in another language."""
