"""Rows of Frappe's own DocTypes that tell of our rows: contacts, files, comments, tags, to-dos and their like.

Frappe limits them by role alone, or not at all. Here each follows the record that it refers to: who may not see the
record does not see its contact, its file or its comment. Rows that refer to records of other apps are left exactly as
Frappe and those apps decide.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import frappe
from frappe import _
from frappe.query_builder import DocType
from pypika.terms import Criterion

from social_crm.access.wiring import HAS_PERMISSION
from social_crm.permissions import as_sql, may_read, visible
from social_crm.scopes import PROTECTED, REFERENCE_CHILDREN, REFERENCES, condition_function_name


@dataclass(frozen=True)
class _Answer:
    """What one user may see of one DocType of ours: nothing, everything, or the rows within a criterion."""

    nothing: bool = False
    criterion: Criterion | None = None


def reference_criterion(doctype: str, user: str | None = None) -> Criterion | None:
    """Return the criterion that hides the rows of `doctype` which refer to records that `user` may not see.

    None means that nothing is hidden.
    """
    user = user or frappe.session.user
    table = DocType(doctype)
    if doctype in REFERENCE_CHILDREN:
        return _within_parent(doctype, REFERENCE_CHILDREN[doctype], user)
    type_field, name_field = REFERENCES[doctype]
    answers = {target: _answer(target, user) for target in PROTECTED}
    limited = {
        target: answer for target, answer in answers.items() if answer.nothing or answer.criterion is not None
    }
    if not limited:
        return None
    if (doctype, type_field) in _BY_LINK_ROWS:
        return _by_link_rows(doctype, limited)
    column = table[type_field]
    allowed = column.isnull() | column.notin(sorted(limited))
    for target, answer in limited.items():
        if not answer.nothing:
            allowed = allowed | ((column == target) & table[name_field].isin(_names(target, answer)))
    return allowed


def _within_parent(doctype: str, parent: str, user: str) -> Criterion | None:
    """Rows of a table field are seen with the record that they stand in."""
    inside = reference_criterion(parent, user)
    if inside is None:
        return None
    rows, parents = DocType(doctype), DocType(parent)
    seen = frappe.qb.from_(parents).select(parents.name).where(inside)
    return (rows.parenttype != parent) | rows.parent.isin(seen)


# Contact and Address name their people in rows of a child table rather than in two fields of their own.
_BY_LINK_ROWS = {("Contact", "link_doctype"), ("Address", "link_doctype")}


def _by_link_rows(doctype: str, limited: dict[str, _Answer]) -> Criterion:
    """A contact or an address without a link to our people, or with one to somebody the user may see."""
    table = DocType(doctype)
    links = DocType("Dynamic Link")
    ours = (
        frappe.qb.from_(links)
        .select(links.parent)
        .where(links.parenttype == doctype)
        .where(links.link_doctype.isin(sorted(PROTECTED)))
    )
    allowed = table.name.notin(ours)
    for target in PROTECTED:
        answer = limited.get(target, _Answer())
        if answer.nothing:
            continue
        rows = (
            frappe.qb.from_(links)
            .select(links.parent)
            .where(links.parenttype == doctype)
            .where(links.link_doctype == target)
        )
        if answer.criterion is not None:
            rows = rows.where(links.link_name.isin(_names(target, answer)))
        allowed = allowed | table.name.isin(rows)
    return allowed


def _names(target: str, answer: _Answer) -> Any:
    rows = DocType(target)
    return frappe.qb.from_(rows).select(rows.name).where(answer.criterion)


def _answer(target: str, user: str) -> _Answer:
    if not frappe.has_permission(target, "read", user=user):
        return _Answer(nothing=True)
    return _Answer(criterion=visible(target, user))


def may_see(doctype: str, name: str | None, user: str) -> bool:
    """Tell whether the user may see a record of ours, or that it is none of ours; a lost record is seen by nobody."""
    if doctype not in PROTECTED:
        return True
    if not name or not frappe.has_permission(doctype, "read", user=user):
        return False
    return may_read(doctype, name, user)


def has_permission(doc: Any, ptype: str = "read", user: str | None = None, debug: bool | None = None) -> bool:
    """Answer for one row of Frappe's own DocTypes; always True or False.

    Frappe asks the hook of the app installed last and, in some versions, no other once it has answered: what Frappe
    and other apps say about the row is therefore asked here as well.
    """
    user = user or frappe.session.user
    if user != "Administrator" and not _refers_to_visible(doc, user):
        return False
    return _answer_of_others(doc, ptype, user)


def _refers_to_visible(doc: Any, user: str) -> bool:
    type_field, name_field = REFERENCES[doc.doctype]
    if (doc.doctype, type_field) in _BY_LINK_ROWS:
        targets = [(row.link_doctype, row.link_name) for row in doc.get("links") or []]
        ours = [pair for pair in targets if pair[0] in PROTECTED]
        return not ours or any(may_see(*pair, user) for pair in ours)
    carried = (doc.get(type_field), doc.get(name_field))
    stored = frappe.db.get_value(doc.doctype, doc.name, (type_field, name_field)) if doc.get("name") else None
    pairs = {carried, tuple(stored)} if stored else {carried}
    return all(may_see(*pair, user) or is_unsaved_form(doc, *pair, user) for pair in pairs)


def is_unsaved_form(doc: Any, doctype: str, name: str | None, user: str) -> bool:
    """Whether a file hangs on a form that its own writer has not saved yet; it is attached there before it has a name."""
    if doc.get("doctype") != "File" or (doc.get("owner") or user) != user:
        return False
    return str(name or "").startswith("new-") and not frappe.db.exists(doctype, name)


def _answer_of_others(doc: Any, ptype: str, user: str) -> bool:
    own = HAS_PERMISSION[doc.doctype]
    for method in reversed(frappe.get_hooks("has_permission").get(doc.doctype, [])):
        if method != own:
            answer = frappe.call(frappe.get_attr(method), doc=doc, ptype=ptype, user=user)
            if answer is not None:
                return bool(answer)
    return True


def refuse_share(doc: Any, method: str | None = None) -> None:
    """Refuse that a record of ours is shared one by one.

    A share opens one row past every rule, in some doors and not in others, and stays when its user moves on. Who
    needs a record is assigned to its community, for as long as the need lasts.

    Raises:
        frappe.PermissionError: always, for a record of ours.
    """
    if doc.share_doctype in PROTECTED:
        frappe.throw(
            _("{0} is not shared record by record. Assign {1} to its community instead.").format(
                f"{_(doc.share_doctype)} {doc.share_name}", doc.user or _("the person")
            ),
            frappe.PermissionError,
            title=_("Not Shared"),
        )


def _conditions_for(doctype: str) -> Callable[..., str]:
    own_doctype = doctype

    def conditions(user: str | None = None, doctype: str | None = None) -> str:
        user = user or frappe.session.user
        return "" if user == "Administrator" else as_sql(reference_criterion(own_doctype, user))

    return conditions


for _doctype in (*REFERENCES, *REFERENCE_CHILDREN):
    globals()[condition_function_name(_doctype)] = _conditions_for(_doctype)
