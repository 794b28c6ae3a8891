"""Links to our records are judged where they are written: nobody points at a record they may not see.

Frappe checks that a linked record exists, not that its writer may see it; a link brings titles and fetched values
along, and a contact or a to-do "about" a person of somebody else's community would open a window on that person.
"""

from collections import defaultdict
from typing import Any

import frappe
from frappe import _

from social_crm.access.assignments import grants_of
from social_crm.access.files import check_attached
from social_crm.access.references import is_unsaved_form
from social_crm.permissions import readable_names
from social_crm.scopes import PROTECTED, REFERENCES

# Written by Frappe itself in the name of whoever acts, about records they acted upon.
_WRITTEN_BY_FRAPPE = frozenset(
    {"Version", "View Log", "Activity Log", "Deleted Document", "Access Log", "Email Queue"}
)


def check_links(doc: Any, method: str | None = None) -> None:
    """Refuse links to our records that are new in `doc` and that the user may not see; an event of every DocType.

    What runs past the permissions (services, imports, Frappe's own bookkeeping) answers for itself.

    Raises:
        frappe.PermissionError: a link names a record outside the user's communities.
    """
    if doc.flags.ignore_permissions or doc.doctype in _WRITTEN_BY_FRAPPE:
        return
    if frappe.flags.in_install or frappe.flags.in_migrate or grants_of(frappe.session.user) is None:
        return
    new = _links_of(doc)
    before = None if doc.is_new() else doc.get_doc_before_save()
    old = _links_of(before) if before else {}
    check_attached(doc, before)
    for target, names in new.items():
        added = names - old.get(target, set())
        hidden = added - readable_names(target, added)
        hidden -= {name for name in hidden if is_unsaved_form(doc, target, name, frappe.session.user)}
        if hidden:
            _refuse(target, hidden)


def _links_of(doc: Any) -> dict[str, set[str]]:
    """Collect the names that a document and its rows give for records of ours, by DocType."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in (doc, *doc.get_all_children()):
        meta = frappe.get_meta(row.doctype)
        for field in meta.get_link_fields():
            if field.options in PROTECTED and row.get(field.fieldname):
                found[field.options].add(row.get(field.fieldname))
        for field in meta.get_dynamic_link_fields():
            _add_dynamic(found, row.get(field.options), row.get(field.fieldname))
    if doc.doctype in REFERENCES:
        type_field, name_field = REFERENCES[doc.doctype]
        _add_dynamic(found, doc.get(type_field), doc.get(name_field))
    return found


def _add_dynamic(found: dict[str, set[str]], target: str | None, name: str | None) -> None:
    if target in PROTECTED and name:
        found[target].add(name)


def _refuse(target: str, names: set[str]) -> None:
    frappe.throw(
        _("{0} {1} does not exist or lies outside the communities that are assigned to you.").format(
            _(target), ", ".join(sorted(names))
        ),
        frappe.PermissionError,
        title=_("Not Your Community"),
    )
