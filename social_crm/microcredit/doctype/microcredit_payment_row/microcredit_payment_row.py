"""One payment of a file: what the file said, and what became of it. Written by the batch alone."""

import frappe
from frappe import _
from frappe.model.document import Document


class MicrocreditPaymentRow(Document):
    def validate(self) -> None:
        self._refuse()

    def before_rename(self, *args: object, **kwargs: object) -> None:
        self._refuse()

    def on_trash(self) -> None:
        self._refuse()

    def _refuse(self) -> None:
        frappe.throw(
            _("The payments of a file change only through their batch."),
            frappe.PermissionError,
            title=_("Not by Hand"),
        )


def on_doctype_update() -> None:
    """The rows of a batch by result, in the order of posting and in that of the sheet."""
    frappe.db.add_index("Microcredit Payment Row", ["batch", "result", "paid_on", "sheet_row"])
    frappe.db.add_index("Microcredit Payment Row", ["batch", "sheet_row"])
