from frappe.model.document import Document

from social_crm.social_crm.services import programme_rules


class ProgrammeRules(Document):
    """The figures by which units and students are judged, from a date on."""

    def validate(self) -> None:
        programme_rules.check(self)

    def on_trash(self) -> None:
        programme_rules.check_deletion(self)
