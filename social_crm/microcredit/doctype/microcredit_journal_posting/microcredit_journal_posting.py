from frappe.model.document import Document


class MicrocreditJournalPosting(Document):
    pass
