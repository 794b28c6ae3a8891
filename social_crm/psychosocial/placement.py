"""Whom a case or an activity is about: a person, a family or a community, and nothing besides."""

from typing import Any

import frappe
from frappe import _

_FIELD_OF_LEVEL = {"Person": "beneficiary", "Family": "family", "Community": "community"}


def keep_to_level(doc: Any) -> None:
    """Ask for the record that the level names and clear the others.

    One of the three is stored: who may see the record follows where that person or family lives today.

    Raises:
        frappe.MandatoryError: the record that the level names is missing.
    """
    wanted = _FIELD_OF_LEVEL.get(doc.level)
    if not wanted:
        return
    for field in _FIELD_OF_LEVEL.values():
        if field != wanted:
            doc.set(field, None)
    if not doc.get(wanted):
        frappe.throw(
            _("Say which {0} this is about.").format(_(doc.meta.get_label(wanted))),
            frappe.MandatoryError,
            title=_("About"),
        )
