"""A hidden record and one that does not exist are refused in the same words, by whatever address they are asked for.

Frappe answers 404 for the one and 403 for the other, so its refusal alone tells that there is a case of that number.
"""

import re
from urllib.parse import unquote

import frappe

from social_crm.access.doors import is_limited, refuse_unknown
from social_crm.access.requests import asked_method
from social_crm.scopes import PROTECTED

_DOCUMENT_PATH = re.compile(r"^/api/(?:(?:v1/)?resource|v2/document)/([^/]+)/(.+?)/?$")
_METHOD_OF_DOCUMENT = re.compile(r"/method/[^/]+$")

# Methods of Frappe that name one stored record: the arguments that carry its DocType and its name.
NAMING: dict[str, tuple[str, str]] = {
    "frappe.client.get": ("doctype", "name"),
    "frappe.client.set_value": ("doctype", "name"),
    "frappe.client.delete": ("doctype", "name"),
    "frappe.client.cancel": ("doctype", "name"),
    "frappe.client.rename_doc": ("doctype", "old_name"),
    "frappe.client.attach_file": ("doctype", "docname"),
    "frappe.client.has_permission": ("doctype", "docname"),
    "frappe.client.get_doc_permissions": ("doctype", "docname"),
    "frappe.client.is_document_amended": ("doctype", "docname"),
    "frappe.rename_doc": ("doctype", "old"),
    "frappe.model.rename_doc.update_document_title": ("doctype", "docname"),
    "frappe.desk.form.load.getdoc": ("doctype", "name"),
    "frappe.desk.form.load.get_docinfo": ("doctype", "name"),
    "frappe.desk.form.load.get_communications": ("doctype", "name"),
    "frappe.desk.form.save.cancel": ("doctype", "name"),
    "frappe.desk.form.save.discard": ("doctype", "name"),
    "frappe.desk.notifications.get_open_count": ("doctype", "name"),
    "frappe.share.get_users": ("doctype", "name"),
    "frappe.www.printview.get_html_and_style": ("doc", "name"),
    "frappe.utils.print_format.download_pdf": ("doctype", "name"),
}


def refuse_hidden_names() -> None:
    """Refuse a request for one record of ours that its user may not see or that is not there; asked of every request.

    Frappe calls it as a way to log in (`auth_hooks`), the first moment at which the user of a request is known.

    Raises:
        frappe.PermissionError: in the same words for both.
    """
    named = _document_of_path(frappe.local.request.path) or _document_of_call()
    if named and named[0] in PROTECTED and is_limited(named[0]):
        refuse_unknown(*named)


def _document_of_path(path: str) -> tuple[str, str] | None:
    match = _DOCUMENT_PATH.match(unquote(path))
    if not match:
        return None
    doctype, name = match.groups()
    return doctype, _METHOD_OF_DOCUMENT.sub("", name) if "/v2/" in path else name


def _document_of_call() -> tuple[str, str] | None:
    arguments = NAMING.get(asked_method() or "")
    if not arguments:
        return None
    form = frappe.local.form_dict
    doctype, name = (form.get(argument) for argument in arguments)
    return (doctype, name) if isinstance(doctype, str) and isinstance(name, str) and name else None
