"""The transaction of one record. Tests of the package roll everything back at their end: there it is a savepoint."""

import frappe

_PLACE = "field_record"


def begin() -> None:
    """Begin a transaction that sees all that others have committed until now."""
    if frappe.flags.in_test:
        frappe.db.savepoint(_PLACE)
    else:
        frappe.db.commit()


def keep() -> None:
    """Keep what the record has written."""
    if not frappe.flags.in_test:
        frappe.db.commit()


def undo() -> None:
    """Take back what the record has written, and what was to happen after its commit. Also: begin to see anew."""
    if frappe.flags.in_test:
        frappe.db.rollback(save_point=_PLACE)
    else:
        frappe.db.rollback()
