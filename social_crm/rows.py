"""Rows of a table that change only with the document they stand in."""

from typing import Any, NoReturn

import frappe
from frappe import _
from frappe.model.document import Document


class RowOfDocument(Document):
    """A row that cannot be created, changed, renamed or deleted by itself, whoever asks.

    Frappe asks only the right to write the document for a row that comes alone, over REST or from the Desk, and none
    of the document's own rules. Saving a document writes its rows by `db_insert` and `db_update` and never calls
    `insert` or `save` of a row: these run only for a row that comes alone.
    """

    def insert(self, *args: Any, **kwargs: Any) -> NoReturn:
        self._refuse()

    def save(self, *args: Any, **kwargs: Any) -> NoReturn:
        self._refuse()

    def _save(self, *args: Any, **kwargs: Any) -> NoReturn:
        self._refuse()

    def discard(self) -> NoReturn:
        self._refuse()

    def on_trash(self) -> None:
        self._refuse()

    def before_rename(self, old: str, new: str, merge: bool = False) -> None:
        self._refuse()

    def db_update(self, *args: Any, **kwargs: Any) -> Any:
        """Write the row of a document that is being saved, if it is a row of that document.

        Frappe updates whatever row a client names among those of the document, another document's as well.
        """
        if not self.get("__islocal") and self.name and not self._was_there():
            stands_in = ("parenttype", "parent", "parentfield")
            stored = frappe.db.get_value(self.doctype, self.name, stands_in)
            if stored and tuple(stored) != tuple(self.get(field) for field in stands_in):
                self._refuse()
        return super().db_update(*args, **kwargs)

    def _was_there(self) -> bool:
        """Tell whether the document had this row when its saving began; saves a question to the database."""
        document = getattr(self, "parent_doc", None)
        before = document.get_doc_before_save() if document else None
        return bool(before) and any(row.name == self.name for row in before.get(self.parentfield) or [])

    def _refuse(self) -> NoReturn:
        frappe.throw(
            _("This row belongs to {0}: change it there.").format(_(self.parenttype or "")),
            frappe.PermissionError,
            title=_("Part of Another Record"),
        )
