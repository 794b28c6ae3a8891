"""One column of a census file and the field it fills."""

from frappe.model.document import Document


class CensusImportColumn(Document):
    pass
