"""Rows of a table that change only with the document they stand in."""

import frappe
from frappe import _
from frappe.model.document import Document


class RowOfDocument(Document):
    """Saving a document writes its rows without asking them; these run only when someone saves a row by itself.

    Over REST that is possible for whoever may write the document, and would pass by all its checks.
    """

    def validate(self) -> None:
        self._refuse()

    def on_trash(self) -> None:
        self._refuse()

    def _refuse(self) -> None:
        frappe.throw(
            _("This row belongs to {0}: change it there.").format(_(self.parenttype or "")),
            frappe.PermissionError,
            title=_("Part of Another Record"),
        )
