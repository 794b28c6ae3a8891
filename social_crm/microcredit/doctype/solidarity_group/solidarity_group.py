from frappe.model.document import Document

from social_crm.microcredit.services import groups


class SolidarityGroup(Document):
    """People who borrow together and answer for each other; members join and leave on dates."""

    def validate(self) -> None:
        groups.validate(self)
