"""A department, municipality or populated centre with its official code."""

from frappe.model.document import Document

from social_crm.social_crm.services import territory


class TerritorialDivision(Document):
    def validate(self) -> None:
        territory.check_division(self)
