"""The one permission builder: which rows of a DocType a user may see, the same by every door.

`scopes.py` says how a row is placed; the dated `Staff Assignment` rows that are live today say which places are the
user's. From both this module builds one query-builder criterion. Frappe's list conditions, the answer for a single
document, our search and every report of ours are made from that same criterion, so they cannot disagree.

Role permissions stay Frappe's own: whatever is decided here only ever takes rows away.
"""

from collections.abc import Callable, Iterable
from typing import Any

import frappe
from frappe.query_builder import DocType
from pypika.terms import Criterion, ValueWrapper

from social_crm.access.assignments import Grants, grants_of
from social_crm.access.requests import refuse_linked_fields
from social_crm.scopes import CHILD_TABLES, OWN_RULES, SCOPES, condition_function_name

# What a user does to a row rather than with it: then the places the document *carries* are judged as well.
CHANGING = frozenset({"create", "write", "submit", "cancel", "amend", "delete", "import"})


def visible(doctype: str, user: str | None = None) -> Criterion | None:
    """Return the criterion that limits `doctype` to the rows the user may see; None means every row.

    The criterion names the table as `frappe.qb.DocType(doctype)` does. It says nothing about roles: whoever reads with
    the query builder also asks `frappe.has_permission(doctype)`.
    """
    user = user or frappe.session.user
    if doctype in OWN_RULES:
        return frappe.get_attr(OWN_RULES[doctype])(user)
    grants = grants_of(user)
    if grants is None:
        return None
    if doctype in CHILD_TABLES:
        return _child_criterion(doctype, grants)
    return _criterion(doctype, grants) if doctype in SCOPES else None


def visible_parts(doctype: str, user: str | None = None) -> list[Criterion] | None:
    """Return criteria which together are `visible`, each answered from an index of its own; None means every row.

    A search that reads many rows to find a few asks them one after the other.
    """
    user = user or frappe.session.user
    grants = grants_of(user)
    if grants is None:
        return None
    if SCOPES[doctype].programme_field:
        return [_criterion(doctype, grants)]
    return [part for part in (_placed(doctype, grants), _unplaced(doctype, grants)) if part is not None]


def allowed_communities(user: str | None = None) -> frozenset[str] | None:
    """Return the communities whose rows the user may see today; None means all."""
    grants = grants_of(user or frappe.session.user)
    return None if grants is None else grants.communities


def may_read(doctype: str, name: str, user: str | None = None) -> bool:
    """Tell whether the row exists and lies within the user's places (roles are not asked)."""
    table = DocType(doctype)
    query = frappe.qb.from_(table).select(table.name).where(table.name == name).limit(1)
    criterion = visible(doctype, user)
    if criterion is not None:
        query = query.where(criterion)
    return bool(query.run())


def readable_names(doctype: str, names: Iterable[str], user: str | None = None) -> set[str]:
    """Return those of `names` that exist and lie within the user's places (roles are not asked)."""
    wanted = [name for name in set(names) if name]
    if not wanted:
        return set()
    table = DocType(doctype)
    query = frappe.qb.from_(table).select(table.name).where(table.name.isin(wanted))
    criterion = visible(doctype, user)
    if criterion is not None:
        query = query.where(criterion)
    return {row[0] for row in query.run()}


def has_permission(doc: Any, ptype: str = "read", user: str | None = None, debug: bool | None = None) -> bool:
    """Answer Frappe's `has_permission` hook for a single document; always True or False.

    A row that exists is judged by what the database holds, whatever the client sent in its place. For every change the
    places that the document carries are judged too, so nothing is created in, or moved to, a place of others.
    """
    user = user or frappe.session.user
    name = doc.get("name")
    if doc.doctype in OWN_RULES:
        return not name or may_read(doc.doctype, name, user) or not frappe.db.exists(doc.doctype, name)
    grants = grants_of(user)
    if grants is None:
        return True
    if name and not may_read(doc.doctype, name, user):
        if frappe.db.exists(doc.doctype, name):
            return False
        return _carries_own_places(doc, grants, user)
    if name and ptype not in CHANGING:
        return True
    return _carries_own_places(doc, grants, user)


def _carries_own_places(doc: Any, grants: Grants, user: str) -> bool:
    """Judge the links a document carries in memory by the rule that its row would be judged by."""
    scope = SCOPES[doc.doctype]
    programme = doc.get(scope.programme_field) if scope.programme_field else None
    for field, target in scope.paths:
        if field == "name":
            # A root row: the role decides about a new one (`access.assignments.assign_creator` follows up).
            return True
        value = doc.get(field)
        if value:
            return _names_within(target, value, grants, programme)
    if programme:
        return programme in grants.whole_programmes
    # Placed nowhere: a mandatory place is missing and will be asked for, or the row stays with who wrote it.
    return (doc.get("owner") or user) == user


def _names_within(target: str, name: str, grants: Grants, programme: str | None) -> bool:
    table = DocType(target)
    within = _criterion(target, grants.limited_to(programme) if programme else grants)
    return bool(
        frappe.qb.from_(table).select(table.name).where(table.name == name).where(within).limit(1).run()
    )


def _criterion(doctype: str, grants: Grants) -> Criterion:
    """Build the criterion of a DocType of the scope table for one set of grants."""
    scope = SCOPES[doctype]
    table = DocType(doctype)
    if not scope.programme_field:
        return _any([_placed(doctype, grants), _unplaced(doctype, grants)])
    programme = table[scope.programme_field]
    choices = [_unplaced(doctype, grants)]
    if grants.open:
        choices.append(_placed(doctype, grants.only_open()))
    for name in sorted(grants.by_programme):
        own = _blank(programme) | (programme == name)
        choices.append(_placed(doctype, grants.only_programme(name)) & own)
    return _any(choices)


def _placed(doctype: str, grants: Grants) -> Criterion:
    """The first filled path decides; each is a lookup by an indexed column."""
    table = DocType(doctype)
    choices: list[Criterion] = []
    earlier_blank: Criterion | None = None
    for field, target in SCOPES[doctype].paths:
        column = table[field]
        if target == "Community":
            inside = _in(column, sorted(grants.communities))
        else:
            names = DocType(target)
            inside = column.isin(frappe.qb.from_(names).select(names.name).where(_criterion(target, grants)))
        choices.append(inside if earlier_blank is None else earlier_blank & inside)
        if _always_filled(doctype, field):
            break
        earlier_blank = _blank(column) if earlier_blank is None else earlier_blank & _blank(column)
    return _any(choices)


def _unplaced(doctype: str, grants: Grants) -> Criterion | None:
    """Rows with no place yet: seen by who wrote them and by those assigned to the whole programme they name."""
    scope = SCOPES[doctype]
    if any(_always_filled(doctype, field) for field, _target in scope.paths):
        return None
    table = DocType(doctype)
    choices = [table.owner == grants.user]
    if scope.programme_field:
        programme = table[scope.programme_field]
        choices = [_blank(programme) & choices[0]]
        if grants.whole_programmes:
            choices.append(_in(programme, sorted(grants.whole_programmes)))
    if not scope.paths:
        # Of a programme and of no place.
        return _any(choices)
    return _all(_blank(table[field]) for field, _target in scope.paths) & _any(choices)


def _always_filled(doctype: str, field: str) -> bool:
    if field == "name":
        return True
    column = frappe.get_meta(doctype).get_field(field)
    return bool(column and column.reqd)


def _child_criterion(doctype: str, grants: Grants) -> Criterion:
    """Rows of a table field follow the document they stand in."""
    table = DocType(doctype)
    choices = []
    for parent in CHILD_TABLES[doctype]:
        names = DocType(parent)
        rows = frappe.qb.from_(names).select(names.name).where(_criterion(parent, grants))
        choices.append((table.parenttype == parent) & table.parent.isin(rows))
    return _any(choices)


def _blank(column: Any) -> Criterion:
    return column.isnull() | (column == "")


def _in(column: Any, values: list[str]) -> Criterion:
    return column.isin(values) if values else _nothing()


def _nothing() -> Criterion:
    return ValueWrapper(1) == ValueWrapper(0)


def _any(choices: Iterable[Criterion | None]) -> Criterion:
    result: Criterion | None = None
    for choice in choices:
        if choice is not None:
            result = choice if result is None else result | choice
    return _nothing() if result is None else result


def _all(choices: Iterable[Criterion]) -> Criterion:
    result: Criterion | None = None
    for choice in choices:
        result = choice if result is None else result & choice
    return _nothing() if result is None else result


class _Literals:
    """Stands where the query builder expects a collector of parameters and writes escaped literals instead.

    Frappe glues list conditions into its own SQL as text. The query builder's own literals double quotes only, which
    is not enough where a backslash escapes; the database's escaping is.
    """

    def get_sql(self, param_value: Any, **_kwargs: Any) -> str:
        return frappe.db.escape(param_value, percent=False)


def as_sql(criterion: Criterion | None) -> str:
    """Write a criterion as the text that Frappe's `permission_query_conditions` wants; None gives the empty text."""
    if criterion is None:
        return ""
    return f"({criterion.get_sql(quote_char='`', with_namespace=True, param_wrapper=_Literals())})"


def _conditions_for(doctype: str) -> Callable[..., str]:
    own_doctype = doctype

    def conditions(user: str | None = None, doctype: str | None = None) -> str:
        user = user or frappe.session.user
        criterion = visible(own_doctype, user)
        if criterion is not None:
            refuse_linked_fields(own_doctype, user)
        return as_sql(criterion)

    return conditions


# The oldest Frappe we run on does not tell a condition hook which DocType it is asked for: hence one function each.
for _doctype in (*SCOPES, *OWN_RULES, *CHILD_TABLES):
    globals()[condition_function_name(_doctype)] = _conditions_for(_doctype)


def require(doctype: str, ptype: str, doc: str | None = None) -> None:
    """Raise PermissionError unless the session's user has a right on a DocType, or on one document of it.

    Frappe's own `throw` raises another error in its older versions, which REST answers with the wrong status.
    """
    if not frappe.has_permission(doctype, ptype, doc=doc):
        frappe.throw(
            frappe._("You are not allowed to do this with {0}.").format(doc or frappe._(doctype)),
            frappe.PermissionError,
            title=frappe._("Not Permitted"),
        )
