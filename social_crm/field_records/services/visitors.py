"""Who may be sent on a visit: those who may write its acta, where they may see whom they are to visit."""

from collections.abc import Sequence
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint

from social_crm import permissions
from social_crm.access import role_holders

# The subjects of a visit: DocType and name.
Subjects = Sequence[tuple[str, str]]
_SUBJECTS = {"family": "Family", "productive_unit": "Productive Unit", "community": "Community"}
# Of an organisation's staff the first so many that fit what was typed are asked whether they see the place.
_MOST = 300


def sees(user: str, subjects: Subjects) -> bool:
    """Say whether a user may see everything of a visit."""
    by_doctype = {doctype: {name for of, name in subjects if of == doctype} for doctype, _name in subjects}
    return all(
        frappe.has_permission(doctype, "read", user=user)
        and permissions.readable_names(doctype, names, user) == names
        for doctype, names in by_doctype.items()
    )


def require_sight(doc: Any, before: Any) -> None:
    """Refuse a plan for somebody who may not see whom they are to visit: it would be on nobody's phone."""
    asked = ("gestor", *_SUBJECTS)
    if doc.status != "Planned" or (before and all(doc.get(field) == before.get(field) for field in asked)):
        return
    if sees(doc.gestor, subjects_of(doc)):
        return
    frappe.throw(
        _("{0} has no access to that community. Choose somebody who works there.").format(
            frappe.utils.get_fullname(doc.gestor)
        ),
        title=_("Gestor"),
    )


def subjects_of(values: Any) -> list[tuple[str, str]]:
    """Return whom a planned visit names. A community counts where no family does: a family brings its own."""
    named = [
        (doctype, values.get(field))
        for field, doctype in _SUBJECTS.items()
        if isinstance(values.get(field), str)
    ]
    found = [(doctype, name) for doctype, name in named if name]
    return [one for one in found if one[0] != "Community" or len(found) == 1]


@frappe.whitelist()
@frappe.validate_and_sanitize_search_inputs
def visitor_query(
    doctype: str,
    txt: str,
    searchfield: str,
    start: int,
    page_len: int,
    filters: dict | list | None,
    as_dict: bool = False,
    reference_doctype: str | None = None,
) -> list[Any]:
    """Answer the link field to a gestor: the enabled users who write actas and see every subject of the visits, by name.

    filters: family, productive_unit and community of one visit; or visits, a list of {"doctype", "subject"}.
    """
    permissions.require("Planned Visit", "read")
    subjects = _asked(filters)
    query = role_holders.named(_writers(), txt).limit(_MOST)
    found = [row for row in query.run(as_dict=True) if sees(row.name, subjects)]
    shown = found[cint(start) : cint(start) + (cint(page_len) or 10)]
    return shown if as_dict else [(row.name, row.full_name) for row in shown]


def _asked(filters: dict | list | None) -> list[tuple[str, str]]:
    """Whom the visits are to, as far as the caller may see them: nobody learns here who works where they do not."""
    values = filters if isinstance(filters, dict) else {}
    rows = values.get("visits")
    subjects = subjects_of(values)
    if isinstance(rows, list):
        subjects += [
            (str(row.get("doctype")), str(row.get("subject"))) for row in rows if isinstance(row, dict)
        ]
    known = [(doctype, name) for doctype, name in subjects if doctype in _SUBJECTS.values()]
    if not sees(frappe.session.user, known):
        frappe.throw(_("You may not see whom the visit is to."), frappe.PermissionError, title=_("Gestor"))
    return known


def _writers() -> list[str]:
    return [row.role for row in frappe.get_meta("Acta").permissions if row.create and not row.permlevel]
