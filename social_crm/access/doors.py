"""Wrappers of methods of Frappe that answer past the row permissions: counting, link search, titles, files, contacts.

Each is typed, answers for the DocTypes whose rows are limited and hands everything else on unchanged. The table of
what stands for what is in `wiring.py`; `requests.py` keeps a second address of a wrapped method from working.
"""

from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, get_safe_filters

from social_crm.access.files import refuse_hidden_attachments
from social_crm.access.references import may_see
from social_crm.permissions import visible
from social_crm.scopes import CHILD_TABLES, PROTECTED, REFERENCE_CHILDREN, REFERENCES

GUARDED = frozenset((*PROTECTED, *CHILD_TABLES, *REFERENCES, *REFERENCE_CHILDREN))


def original(path: str, **arguments: Any) -> Any:
    """Call the method of Frappe that is wrapped, with those of the arguments that this version of it knows."""
    return frappe.call(frappe.get_attr(path), **arguments)


def is_limited(doctype: str, user: str | None = None) -> bool:
    """Tell whether some rows of the DocType are, or may be, hidden from the user."""
    user = user or frappe.session.user
    if doctype in REFERENCES or doctype in REFERENCE_CHILDREN:
        return user != "Administrator"
    return doctype in GUARDED and visible(doctype, user) is not None


def may_know(doctype: str, name: str) -> bool:
    """Tell whether the current user may be told anything about one row."""
    if doctype in PROTECTED:
        return may_see(doctype, name, frappe.session.user)
    if doctype in GUARDED:
        return bool(frappe.db.exists(doctype, name)) and bool(
            frappe.has_permission(doctype, "read", doc=name)
        )
    return True


def refuse_unknown(doctype: str, name: str) -> None:
    """Throw the same words for a record that does not exist and for one that the user may not see."""
    if not may_know(doctype, name):
        frappe.throw(
            _("{0} {1} does not exist or lies outside the communities that are assigned to you.").format(
                _(doctype), name
            ),
            frappe.PermissionError,
            title=_("Not Your Community"),
        )


def _parent_of(doctype: str) -> str | None:
    """The DocType in which rows of a table stand; None for what stands alone."""
    return CHILD_TABLES.get(doctype, (REFERENCE_CHILDREN.get(doctype),))[0]


def _require_reading(doctype: str) -> None:
    parent = _parent_of(doctype)
    if not any(frappe.has_permission(doctype, right, parent_doctype=parent) for right in ("read", "select")):
        frappe.throw(_("No permission to read {0}").format(_(doctype)), frappe.PermissionError)


@frappe.whitelist()
def search_link(
    doctype: str,
    txt: str,
    query: str | None = None,
    filters: str | dict | list | None = None,
    page_length: int = 10,
    searchfield: str | None = None,
    reference_doctype: str | None = None,
    ignore_user_permissions: bool | int | str | None = False,
) -> Any:
    """Search for a link field: a client cannot ask to be shown rows past the permissions of our DocTypes."""
    arguments = dict(locals())
    if doctype in GUARDED:
        _require_reading(doctype)
        arguments["ignore_user_permissions"] = False
    return _say_options(doctype, original("frappe.desk.search.search_link", **arguments))


def _say_options(doctype: str, answer: Any) -> Any:
    """Translate what a search tells of Selects of ours beside a name: Frappe writes the options as they are stored."""
    # Frappe 15.0 answers by the response, later ones return the rows.
    rows = answer if isinstance(answer, list) else frappe.response.get("results")
    if doctype in PROTECTED or frappe.get_meta(doctype).module in frappe.get_module_list("social_crm"):
        options = {
            option
            for field in frappe.get_meta(doctype).fields
            if field.fieldtype == "Select"
            for option in (field.options or "").split("\n")
        }
        for row in rows or ():
            parts = (row.get("description") or "").split(", ")
            row["description"] = ", ".join(_(part) if part in options else part for part in parts)
    return answer


@frappe.whitelist()
def search_widget(
    doctype: str,
    txt: str,
    query: str | None = None,
    searchfield: str | None = None,
    start: int = 0,
    page_length: int = 10,
    filters: str | dict | list | None = None,
    filter_fields: str | None = None,
    as_dict: bool | int | str | None = False,
    reference_doctype: str | None = None,
    ignore_user_permissions: bool | int | str | None = False,
) -> Any:
    """Search for the advanced search dialog: like `search_link`."""
    arguments = dict(locals())
    if doctype in GUARDED:
        _require_reading(doctype)
        arguments["ignore_user_permissions"] = False
    return original("frappe.desk.search.search_widget", **arguments)


@frappe.whitelist()
def get_link_title(doctype: str, docname: str) -> str | None:
    """Return the title of a linked record, or its bare name when the user may not see it."""
    if not may_know(doctype, docname):
        return docname
    return original("frappe.desk.search.get_link_title", doctype=doctype, docname=docname)


@frappe.whitelist()
def validate_link(doctype: str, docname: str, fields: str | list | None = None) -> Any:
    """Tell whether a linked record exists: one that the user may not see does not."""
    if isinstance(docname, str) and not may_know(doctype, docname):
        return frappe._dict()
    return original("frappe.client.validate_link", doctype=doctype, docname=docname, fields=fields)


@frappe.whitelist()
def get_count(
    doctype: str,
    filters: str | dict | list | None = None,
    debug: bool | int | str = False,
    cache: bool | int | str = False,
) -> int:
    """Count rows that match filters: of limited DocTypes only those that a list would show."""
    if doctype not in GUARDED:
        return original("frappe.client.get_count", doctype=doctype, filters=filters, debug=debug, cache=cache)
    return count_listed(doctype, filters)


def count_listed(doctype: str, filters: str | dict | list | None) -> int:
    """Count what the list view would count, with all its permissions."""
    _require_reading(doctype)
    parent = _parent_of(doctype)
    asked = frappe.local.form_dict
    wanted = get_safe_filters(filters) or []
    if isinstance(wanted, str):
        wanted = {"name": wanted}
    form = frappe._dict(doctype=doctype, filters=wanted, distinct="false")
    if parent:
        form.parent_doctype = parent
    frappe.local.form_dict = form
    try:
        return cint(frappe.get_attr("frappe.desk.reportview.get_count")())
    finally:
        frappe.local.form_dict = asked


@frappe.whitelist()
def get(
    doctype: str,
    name: str | int | None = None,
    filters: str | dict | list | None = None,
    parent: str | None = None,
) -> Any:
    """Return a document; one that is asked for by its values is looked for among those that the user may see.

    Otherwise the refusal itself would tell that there is a person of that name or number.
    """
    if not name and filters and is_limited(doctype):
        wanted = get_safe_filters(filters)
        wanted = {"name": wanted} if isinstance(wanted, str) else wanted
        names = frappe.get_list(
            doctype, filters=wanted, pluck="name", limit_page_length=1, parent_doctype=parent
        )
        if not names:
            raise frappe.DoesNotExistError
        name, filters = names[0], None
    return original("frappe.client.get", doctype=doctype, name=name, filters=filters, parent=parent)


@frappe.whitelist()
def get_contact_details(contact: str) -> Any:
    """Return the particulars of a contact whom the user may read."""
    refuse_unknown("Contact", contact)
    return original("frappe.contacts.doctype.contact.contact.get_contact_details", contact=contact)


@frappe.whitelist()
def get_address_display(address_dict: dict | str | None = None) -> str | None:
    """Return an address as it is printed; a stored one only to who may read it."""
    # A name or the fields of an address; over HTTP both arrive as text.
    if isinstance(address_dict, str) and address_dict.lstrip().startswith("{"):
        address_dict = frappe.parse_json(address_dict)
    if isinstance(address_dict, str) and address_dict:
        refuse_unknown("Address", address_dict)
    return original("frappe.contacts.doctype.address.address.get_address_display", address_dict=address_dict)


@frappe.whitelist()
def get_default_address(
    doctype: str, name: str | None = None, sort_key: str = "is_primary_address"
) -> str | None:
    """Return the main address of a record that the user may see."""
    if name:
        refuse_unknown(doctype, name)
    return original(
        "frappe.contacts.doctype.address.address.get_default_address",
        doctype=doctype,
        name=name,
        sort_key=sort_key,
    )


@frappe.whitelist()
def get_contact_number(contact_name: str, ref_doctype: str, ref_name: str) -> str:
    """Return the telephone number of a contact whom the user may read."""
    refuse_unknown("Contact", contact_name)
    return original(
        "frappe.core.doctype.sms_settings.sms_settings.get_contact_number",
        contact_name=contact_name,
        ref_doctype=ref_doctype,
        ref_name=ref_name,
    )


@frappe.whitelist()
def get_contact_list(
    txt: str, page_length: int | str = 20, extra_filters: str | None = None
) -> list[dict[str, Any]]:
    """Return e-mail addresses for a message; the oldest Frappe we run on keeps one list for all users."""
    if not frappe.has_permission("Contact", "read"):
        return []
    frappe.cache.delete_value("contacts")
    return original(
        "frappe.email.get_contact_list", txt=txt, page_length=cint(page_length), extra_filters=extra_filters
    )


@frappe.whitelist()
def make_communication(attachments: str | list | None = None, **values: Any) -> Any:
    """Write a message about a record; it carries no file away that its writer may not read."""
    refuse_hidden_attachments(attachments)
    return original("frappe.core.doctype.communication.email.make", attachments=attachments, **values)


@frappe.whitelist()
def add_attachments(doctype: str, name: str, attachments: str | list) -> Any:
    """Attach files that the user may read to a record that the user may change."""
    if not frappe.has_permission(doctype, "write", doc=name):
        frappe.throw(_("No permission to change {0} {1}").format(_(doctype), name), frappe.PermissionError)
    refuse_hidden_attachments(attachments)
    return original(
        "frappe.utils.file_manager.add_attachments", doctype=doctype, name=name, attachments=attachments
    )


@frappe.whitelist()
def get_attached_images(doctype: str, names: list[str] | str) -> Any:
    """Return the pictures of those records that the user may see."""
    wanted = frappe.parse_json(names) if isinstance(names, str) else names
    if doctype in GUARDED:
        wanted = [name for name in wanted if may_know(doctype, name)]
    return original("frappe.core.api.file.get_attached_images", doctype=doctype, names=wanted)
