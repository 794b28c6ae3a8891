"""One version of the text by which people authorise the use of their data for a purpose."""

from frappe.model.document import Document

from social_crm.social_crm.services import authorisations


class AuthorisationText(Document):
    def validate(self) -> None:
        authorisations.check_text(self)
