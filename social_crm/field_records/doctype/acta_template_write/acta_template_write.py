from frappe.model.document import Document


class ActaTemplateWrite(Document):
    """One answer and the field that it is written to when the acta is closed."""
