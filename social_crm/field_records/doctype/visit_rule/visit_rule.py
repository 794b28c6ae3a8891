from frappe.model.document import Document

from social_crm.field_records.services import visits


class VisitRule(Document):
    """Who is to be visited how often, with which template."""

    def validate(self) -> None:
        visits.check_rule(self)
