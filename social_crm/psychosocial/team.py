"""The professionals of a case: they read its confidential notes while they are assigned to it."""

from typing import Any

import frappe
from frappe import _
from frappe.query_builder import DocType
from frappe.utils import getdate, nowdate

PROFESSIONAL_ROLE = "Psychosocial Professional"


def check_team(doc: Any) -> None:
    """Bring the table of professionals in order and refuse who may not be in it.

    Raises:
        frappe.ValidationError: somebody is no psychosocial professional, or the dates of a row are the wrong way round.
        frappe.PermissionError: somebody assigns themselves to a case of others.
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
        _refuse_own_addition(doc, before)


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


def _refuse_own_addition(doc: Any, before: Any) -> None:
    """Nobody lets themselves into a case of others: one of its team, or an administrator, assigns them."""
    user = frappe.session.user
    if doc.flags.ignore_permissions or is_on_team(doc.name, user):
        return
    rows = [row for row in doc.professionals if row.professional == user and _covers_today(row)]
    had = [row for row in before.professionals if row.professional == user and _covers_today(row)]
    if rows and not had:
        frappe.throw(
            _("You cannot assign yourself to this case. Somebody of its team or an administrator does it."),
            frappe.PermissionError,
            title=_("Professionals"),
        )


def _covers_today(row: Any) -> bool:
    return not row.to_date or getdate(row.to_date) >= getdate(nowdate())
