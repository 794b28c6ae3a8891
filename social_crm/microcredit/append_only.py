"""Rows that are added by the app's own services and never change: whoever asks, and by whichever door."""

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document


class AppendOnly(Document):
    """A fact of the books. Roles grant nothing but reading; this refuses what Frappe lets an administrator do."""

    def before_insert(self) -> None:
        if not self.flags.by_ledger:
            self._refuse()

    def validate(self) -> None:
        if not self.is_new():
            self._refuse()

    def before_rename(self, *args: Any, **kwargs: Any) -> None:
        self._refuse()

    def on_trash(self) -> None:
        self._refuse()

    def db_update(self, *args: Any, **kwargs: Any) -> None:
        self._refuse()

    def db_set(self, *args: Any, **kwargs: Any) -> None:
        self._refuse()

    def _refuse(self) -> None:
        frappe.throw(
            _(
                "Entries of the books are added by the app and never edited or deleted: reverse what made them."
            ),
            frappe.PermissionError,
            title=_("Entry of the Books"),
        )
