from frappe.model.document import Document


class PsychosocialCaseProfessional(Document):
    pass
