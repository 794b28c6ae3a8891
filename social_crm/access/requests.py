"""What a request may not say: a wrapped method by another address, or fields of hidden records by way of a link."""

import inspect
import re
from collections.abc import Iterable
from typing import Any

import frappe
from frappe import _

from social_crm.access.wiring import OVERRIDES
from social_crm.scopes import OWN_RULES, PROTECTED

_METHOD_PATH = re.compile(r"^/api/(?:v1/|v2/)?method/(?:([^/]+)/)?([^/]+)/?$")
_LINKED_FIELD = re.compile(r"`?\b([a-z][a-z0-9_]*)`?\.`?([a-z_][a-z0-9_]*)\b")
_FIELD_LISTS = ("fields", "fieldname", "filter_fields", "order_by", "group_by", "searchfield", "field")
_FILTER_LISTS = ("filters", "or_filters")


def refuse_aliases(*_args: Any) -> None:
    """Refuse a wrapped method of Frappe under an address by which no wrapper answers; a hook of every request.

    Frappe calls whatever an address resolves to, and a module that imports a method is an address of it as well.

    Raises:
        frappe.PermissionError: the address is a second name of a wrapped method.
    """
    asked = asked_method()
    if not asked or "." not in asked or asked in OVERRIDES:
        return
    try:
        function = inspect.unwrap(frappe.get_attr(asked))
    except Exception:
        # Not a method at all: Frappe says so itself in a moment.
        frappe.clear_messages()
        return
    proper = f"{getattr(function, '__module__', '')}.{getattr(function, '__qualname__', '')}"
    if proper in OVERRIDES:
        frappe.throw(_("Call {0} by its own name.").format(proper), frappe.PermissionError)


def asked_method() -> str | None:
    """Return the dotted name of the method that the request calls; None when it calls none."""
    match = _METHOD_PATH.match(frappe.local.request.path)
    if not match:
        return frappe.local.form_dict.get("cmd")
    doctype, method = match.groups()
    if not doctype:
        return method
    try:
        from frappe.modules.utils import load_doctype_module

        return f"{load_doctype_module(doctype).__name__}.{method}"
    except Exception:
        # No such DocType: Frappe says so itself in a moment.
        frappe.clear_messages()
        return None


def refuse_linked_fields(doctype: str, user: str) -> None:
    """Refuse fields of a linked record of ours in a list, except its title; asked for each limited list.

    Frappe joins the linked table without its row permissions. A row may name a person of another community (a family
    that split, somebody who came to a workshop); it shows the name, as lists do, and nothing else of that person.

    Raises:
        frappe.PermissionError: the request asks for more.
    """
    form = getattr(frappe.local, "form_dict", None)
    if not form or not getattr(frappe.local, "request", None):
        return
    meta = frappe.get_meta(doctype)
    for link, field in _linked_fields(form):
        column = meta.get_field(link)
        if not column or column.fieldtype != "Link" or column.options not in PROTECTED:
            continue
        allowed = {"name"}
        if column.options not in OWN_RULES:
            allowed.add(frappe.get_meta(column.options).title_field)
        if field not in allowed:
            frappe.throw(
                _("Fields of a linked record cannot be listed: {0}.").format(f"{link}.{field}"),
                frappe.PermissionError,
            )


def _linked_fields(form: Any) -> Iterable[tuple[str, str]]:
    for key in _FIELD_LISTS:
        value = form.get(key)
        if value:
            yield from _LINKED_FIELD.findall(value if isinstance(value, str) else frappe.as_json(value))
    for key in _FILTER_LISTS:
        for name in _filtered_fields(_parsed(form.get(key))):
            yield from _LINKED_FIELD.findall(name)


def _parsed(value: Any) -> Any:
    """Filters as the client wrote them; a bare name is a filter too, and names no field."""
    if not isinstance(value, str):
        return value
    try:
        return frappe.parse_json(value)
    except ValueError:
        return None


def _filtered_fields(filters: Any) -> Iterable[str]:
    if isinstance(filters, dict):
        yield from (str(name) for name in filters)
    elif isinstance(filters, list | tuple):
        for condition in filters:
            if isinstance(condition, list | tuple):
                yield from (str(part) for part in condition[:2])
            elif isinstance(condition, dict):
                yield from (str(name) for name in condition)
