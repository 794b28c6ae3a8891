from frappe.model.document import Document


class ActaTemplateForm(Document):
    """A published template as field apps draw it; made at publishing, never edited."""
