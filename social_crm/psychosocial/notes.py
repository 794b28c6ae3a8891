"""Confidential notes: who reads them, and the one door by which their text is read.

A note is read by its author and by the professionals who are assigned to its case today; each must hold the role
"Psychosocial Professional". No other role reads it, the account Administrator included. The text is encrypted in a
field that no list and no form gives away; it comes out of `read_note` alone, which writes down who read what, when and
by which door. The call is a POST: Frappe keeps what a GET writes only by exception, and a reading must never go
unlogged.
"""

from typing import Any

import frappe
from frappe.query_builder import DocType
from frappe.utils import now_datetime
from pypika.terms import Criterion, ValueWrapper

from social_crm.psychosocial import sealing, team

NOTE = "Confidential Note"


def readers(user: str) -> Criterion:
    """Return the criterion of the notes that the user may read; the rule of the DocType for everybody."""
    table = DocType(NOTE)
    if not is_professional(user):
        return ValueWrapper(1) == ValueWrapper(0)
    return (table.author == user) | table.psychosocial_case.isin(team.cases_of(user))


def is_professional(user: str) -> bool:
    """Tell whether the user practises: holds the role, and is not the account that holds every role."""
    return user != "Administrator" and team.PROFESSIONAL_ROLE in frappe.get_roles(user)


def may_read_note(name: str, user: str) -> bool:
    """Tell whether the user is the author of the note or on the team of its case today."""
    table = DocType(NOTE)
    query = frappe.qb.from_(table).select(table.name).where(table.name == name).where(readers(user))
    return bool(query.run())


@frappe.whitelist(methods=["POST"])
def write_note(
    psychosocial_case: str, content: str, note_kind: str = "Interview", corrects: str | None = None
) -> dict[str, Any]:
    """Write a note on a case to whose team the user belongs; it is never changed afterwards, only corrected by another.

    Raises:
        frappe.PermissionError: the user is not on the team of the case.
    """
    note = frappe.new_doc(NOTE)
    note.update({"psychosocial_case": psychosocial_case, "note_kind": note_kind, "corrects": corrects})
    note.content = content
    # Asks the role, the rows of the linked case and, in the controller, the team.
    frappe.has_permission(NOTE, "create", throw=True)
    note.insert()
    return _particulars(note)


@frappe.whitelist(methods=["POST"])
def read_note(name: str) -> dict[str, Any]:
    """Return the text of a note and write down the reading.

    Raises:
        frappe.PermissionError: the user is neither the author nor on the team of the case.
    """
    note = frappe.get_doc(NOTE, name)
    note.check_permission("read")
    _log_reading(note)
    text = sealing.unseal(note.sealed_content, note.name, note.psychosocial_case)
    return {**_particulars(note), "content": text}


@frappe.whitelist()
def list_notes(psychosocial_case: str) -> list[dict[str, Any]]:
    """Return who wrote which notes of a case and when, as far as the user may read them; never their text."""
    return frappe.get_list(
        NOTE,
        filters={"psychosocial_case": psychosocial_case},
        fields=["name", "note_kind", "author", "written_on", "corrects"],
        order_by="written_on desc",
        limit_page_length=0,
    )


def _particulars(note: Any) -> dict[str, Any]:
    return {
        field: note.get(field) for field in ("name", "psychosocial_case", "note_kind", "author", "written_on")
    }


def _log_reading(note: Any) -> None:
    access = frappe.get_doc(
        {
            "doctype": "Confidential Note Access",
            "confidential_note": note.name,
            "psychosocial_case": note.psychosocial_case,
            "read_by": frappe.session.user,
            "read_on": now_datetime(),
            "door": _door(),
            "ip_address": frappe.local.request_ip,
        }
    )
    # Nobody holds the right to write this log by hand; the app alone does.
    access.insert(ignore_permissions=True, ignore_links=True)


def _door() -> str:
    """The way by which the reader came: a session of the browser, an API key, or neither."""
    if not getattr(frappe.local, "request", None):
        return "Other"
    return "REST" if frappe.get_request_header("Authorization") else "Desk"
