"""Renaming and merging of records: only where a form offers it, only by whoever may change the record, never a merge.

Frappe renames and merges by several addresses. One of them takes `force`, which passes by "Allow Rename"; another can
be told to leave the checks out; and the oldest version we run on asks the right to the DocType, not to the record. A
merge moves every link of one record to another and cannot be undone: persons have a merge of our own that can be.
"""

from typing import Any

import frappe
from frappe import _

from social_crm.access.assignments import forget_grants
from social_crm.permissions import require
from social_crm.scopes import PROTECTED, REFERENCES

# Not limited by rows, but its list of communities and its staff hang on the name.
_NEVER_MERGED = frozenset((*PROTECTED, "Social Programme"))


def check_rename(doc: Any, method: str | None, old: str, new: str, merge: bool = False) -> None:
    """Refuse a renaming that its user has no right to; an event of every DocType, before and after.

    Afterwards it is asked again because a client can have Frappe leave out what comes before.

    Raises:
        frappe.PermissionError: the record may not be renamed, not be merged, or not by this user.
    """
    ours = _is_ours(doc.doctype)
    if not (ours or doc.doctype in REFERENCES) or _app_is_writing():
        return
    if merge and doc.doctype in _NEVER_MERGED:
        _refuse(
            _("{0} cannot be merged: whatever hangs on both would be mixed for good.").format(_(doc.doctype))
        )
    if ours and not doc.meta.allow_rename:
        _refuse(
            _("{0} keeps its name: other records and printed documents refer to it.").format(_(doc.doctype))
        )
    if method == "after_rename":
        # What the request remembers still says the old name.
        forget_grants()
    require(doc.doctype, "write", doc.name)
    if merge:
        require(doc.doctype, "write", new)


def _is_ours(doctype: str) -> bool:
    return doctype in PROTECTED or frappe.get_meta(doctype).module in frappe.get_module_list("social_crm")


def _app_is_writing() -> bool:
    flags = frappe.flags
    return bool(flags.in_install or flags.in_uninstall or flags.in_migrate or flags.in_patch)


def _refuse(message: str) -> None:
    frappe.throw(message, frappe.PermissionError, title=_("Not Renamed"))
