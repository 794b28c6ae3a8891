import frappe
from frappe import _
from frappe.model.document import Document

from social_crm.field_records.domain.openrosa_form import is_action


class SocialCRMSettings(Document):
    def validate(self) -> None:
        self.fingerprint_reader_app = (self.fingerprint_reader_app or "").strip()
        if self.fingerprint_reader_app and not is_action(self.fingerprint_reader_app):
            frappe.throw(
                _("Write the action of the reader's app as its maker names it, such as org.example.SCAN."),
                title=_("Fingerprint Reader App on Android"),
            )
