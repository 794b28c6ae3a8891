"""The professionals of a case: they read its confidential notes while they are assigned to it."""

from typing import Any

import frappe
from frappe import _
from frappe.query_builder import DocType
from frappe.utils import getdate, nowdate

PROFESSIONAL_ROLE = "Psychosocial Professional"
_ADMINISTRATORS = frozenset({"System Manager", "Social CRM Administrator"})


def check_team(doc: Any) -> None:
    """Bring the table of professionals in order and refuse who may not be in it.

    Raises:
        frappe.ValidationError: somebody is no psychosocial professional, or the dates of a row are the wrong way round.
        frappe.PermissionError: somebody changes the team of a case of others.
    """
    _add_responsible(doc)
    before = doc.get_doc_before_save()
    known = {row.professional for row in before.professionals} if before else set()
    for row in doc.professionals:
        if row.to_date and getdate(row.to_date) < getdate(row.from_date):
            frappe.throw(
                _("Row {0}: the last day comes before the first.").format(row.idx), title=_("Professionals")
            )
        if row.professional not in known:
            _require_professional(row.professional)
    if before:
        _refuse_foreign_change(doc, before)


def is_on_team(case: str, user: str) -> bool:
    """Tell whether the user is assigned to the case today."""
    return bool(_live_rows(user).where(DocType("Psychosocial Case Professional").parent == case).run())


def cases_of(user: str) -> Any:
    """Return the query of the names of the cases to which the user is assigned today."""
    return _live_rows(user)


def _live_rows(user: str) -> Any:
    rows = DocType("Psychosocial Case Professional")
    today = getdate(nowdate())
    return (
        frappe.qb.from_(rows)
        .select(rows.parent)
        .where(rows.parenttype == "Psychosocial Case")
        .where(rows.professional == user)
        .where(rows.from_date <= today)
        .where(rows.to_date.isnull() | (rows.to_date >= today))
    )


def _add_responsible(doc: Any) -> None:
    """The responsible professional is one of the team."""
    if not doc.responsible or any(
        row.professional == doc.responsible and not row.to_date for row in doc.professionals
    ):
        return
    first_day = doc.opened_on if doc.is_new() else nowdate()
    full_name = frappe.db.get_value("User", doc.responsible, "full_name")
    row = {"professional": doc.responsible, "full_name": full_name, "from_date": first_day or nowdate()}
    doc.append("professionals", row)


def _require_professional(user: str) -> None:
    enabled = frappe.db.get_value("User", user, "enabled")
    # The account of the installation holds every role; it is nobody's professional.
    if user == "Administrator" or not enabled or PROFESSIONAL_ROLE not in frappe.get_roles(user):
        frappe.throw(_("{0} is not a psychosocial professional.").format(user), title=_("Professionals"))


def _refuse_foreign_change(doc: Any, before: Any) -> None:
    """The team of a case changes at the hands of one of it, or of an administrator: nobody lets themselves in."""
    user = frappe.session.user
    if doc.flags.ignore_permissions or _rows_of(doc) == _rows_of(before):
        return
    if is_on_team(doc.name, user) or not _ADMINISTRATORS.isdisjoint(frappe.get_roles(user)):
        return
    frappe.throw(
        _("Only somebody of the team of this case or an administrator changes who is on it."),
        frappe.PermissionError,
        title=_("Professionals"),
    )


def _rows_of(doc: Any) -> list[tuple[str, str, str]]:
    """Who is on the team from when to when, in an order of its own."""
    return sorted(
        (row.professional or "", str(row.from_date or ""), str(row.to_date or ""))
        for row in doc.professionals
    )
