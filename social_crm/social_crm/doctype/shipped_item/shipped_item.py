from frappe.model.document import Document


class ShippedItem(Document):
    """One row that the app brought to the site; written by `social_crm.shipping` alone."""
