import frappe
from frappe import _
from frappe.model.document import Document


class MicrocreditProductVersion(Document):
    """The terms of a product as they were: written by the product, read by loans, changed by nobody."""

    def validate(self) -> None:
        if not (self.is_new() and self.flags.by_product):
            self._refuse()

    def on_trash(self) -> None:
        if not frappe.flags.in_uninstall:
            self._refuse()

    def _refuse(self) -> None:
        frappe.throw(
            _("A version of a product is never edited: change the product, which makes a new one."),
            frappe.PermissionError,
            title=_("Product Version"),
        )
