from frappe.model.document import Document


class TerritorialDivision(Document):
    pass
