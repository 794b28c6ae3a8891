"""Files of our records: always private, and never reachable through a second row that names the same file."""

from typing import Any

import frappe
from frappe import _

from social_crm.access.references import is_unsaved_form, may_see
from social_crm.changes import has_changed
from social_crm.scopes import OWN_RULES, PROTECTED

_ATTACH_FIELDS = ("Attach", "Attach Image")


def refuse_on_encrypted(doc: Any, method: str | None = None) -> None:
    """Refuse files on records whose text is encrypted: a file beside them would lie in the open.

    Raises:
        frappe.ValidationError: the record takes no files.
    """
    if doc.attached_to_doctype in OWN_RULES:
        frappe.throw(
            _("Nothing can be attached to {0}: only its text is encrypted.").format(
                _(doc.attached_to_doctype)
            ),
            title=_("No Attachments"),
        )


def keep_private(doc: Any, method: str | None = None) -> None:
    """Make a file of our records private as soon as its row exists; Frappe then moves the content.

    Photos are no exception: a public file is served to anybody who guesses its name, past every permission.
    """
    if doc.attached_to_doctype in PROTECTED and not doc.is_private and not doc.is_folder:
        make_private(doc)


def make_private(file: Any) -> str:
    """Make a file private, whereupon Frappe moves its content; return the new address."""
    file.is_private = 1
    # The writer need not hold the right to change the row: it is the app that insists.
    file.save(ignore_permissions=True)
    return str(file.file_url)


def attach_privately(doc: Any, method: str | None = None) -> None:
    """Attach the private files that the fields of a saved record name, before Frappe does.

    A file chosen on a form that was not saved yet hangs on a name that will never exist, one uploaded over REST on
    nothing: the user's own such row is taken over, else it would stay when the record goes. Where there is none, the row
    that Frappe's oldest version of ours would insert is marked public and copies the content into the open: ours is
    private from the start, and Frappe then finds nothing left to do.
    """
    for field in doc.meta.fields:
        url = str(doc.get(field.fieldname) or "") if field.fieldtype in _ATTACH_FIELDS else ""
        if not url.startswith("/private/"):
            continue
        place = {
            "attached_to_doctype": doc.doctype,
            "attached_to_name": doc.name,
            "attached_to_field": field.fieldname,
        }
        if frappe.db.exists("File", {"file_url": url, **place}):
            continue
        # The user's own rows only.
        own = frappe.get_all(
            "File",
            filters={"file_url": url, "owner": frappe.session.user},
            fields=["name", "attached_to_doctype", "attached_to_name"],
        )
        row = next((row for row in own if is_loose(row, doc.doctype)), None)
        if row:
            frappe.db.set_value("File", row.name, place)
        elif frappe.db.exists("File", {"file_url": url}):
            # `check_attached` has judged whether the user may name this file; the row itself needs no right.
            frappe.get_doc({"doctype": "File", "file_url": url, "is_private": 1, **place}).insert(
                ignore_permissions=True
            )


def is_loose(file: Any, doctype: str) -> bool:
    """Whether a row of File hangs on nothing, or on a form of the DocType that was not saved yet."""
    if not file.attached_to_name:
        return True
    unsaved = str(file.attached_to_name).startswith("new-") and not frappe.db.exists(
        doctype, file.attached_to_name
    )
    return bool(unsaved and file.attached_to_doctype == doctype)


def keep_files_private(doc: Any, method: str | None = None) -> None:
    """Make every file of a saved record private and let the fields that show them name the new address.

    Frappe attaches a file chosen in a field by writing to the row directly; no event of the file tells of it.
    """
    # All files of the record whatever their owner: none may stay public.
    names = frappe.get_all(
        "File",
        filters={
            "attached_to_doctype": doc.doctype,
            "attached_to_name": doc.name,
            "is_private": 0,
            "is_folder": 0,
        },
        pluck="name",
    )
    for name in names:
        file = frappe.get_doc("File", name)
        old = file.file_url
        keep_private(file)
        for field in doc.meta.fields:
            if field.fieldtype in _ATTACH_FIELDS and doc.get(field.fieldname) == old:
                doc.db_set(field.fieldname, file.file_url, update_modified=False)


def refuse_changed_url(doc: Any, method: str | None = None) -> None:
    """Refuse that the row of a file is turned to the content of a file its writer may not see.

    Raises:
        frappe.PermissionError: the address belongs to a file of a record that the user may not see.
    """
    if not doc.is_new() and has_changed(doc, "file_url") and is_borrowed(doc.file_url, doc.name):
        refuse_borrowed()


def refuse_made_public(doc: Any, method: str | None = None) -> None:
    """Refuse to make a private file of our records public: it would be served to anybody, past every permission.

    Raises:
        frappe.PermissionError: the file belongs to a record of ours.
    """
    before = doc.get_doc_before_save()
    if before and before.is_private and not doc.is_private and before.attached_to_doctype in PROTECTED:
        frappe.throw(
            _("Files of {0} stay private.").format(_(before.attached_to_doctype)),
            frappe.PermissionError,
            title=_("File"),
        )


def check_attached(doc: Any, before: Any) -> None:
    """Refuse new values of attachment fields that name a file of a record which the user may not see.

    For such a value Frappe makes a file row of the user's own, and whoever owns a row may download what it names.

    Raises:
        frappe.PermissionError: the address belongs to a file of a record that the user may not see.
    """
    for field in doc.meta.fields:
        if field.fieldtype in _ATTACH_FIELDS:
            url = doc.get(field.fieldname)
            if url and (before is None or before.get(field.fieldname) != url) and is_borrowed(url):
                refuse_borrowed()


def refuse_hidden_attachments(attachments: Any) -> None:
    """Refuse to attach, by the names of their rows, files that the user may not read.

    Frappe copies such rows without asking, and whoever owns the copy may download what it names.

    Raises:
        frappe.PermissionError: a named file belongs to a record that the user may not see.
    """
    given = frappe.parse_json(attachments) if isinstance(attachments, str) else attachments
    for file in given or []:
        if isinstance(file, str) and is_borrowed(frappe.db.get_value("File", file, "file_url")):
            refuse_borrowed()


def is_borrowed(url: str | None, own_row: str | None = None) -> bool:
    """Tell whether a private file belongs to records of ours only, none of which the user may see."""
    user = frappe.session.user
    if user == "Administrator" or not url or not str(url).startswith("/private/"):
        return False
    # The rows of everybody are asked for on purpose: whether they are hidden from this user is the question.
    rows = frappe.get_all(
        "File",
        filters={"file_url": url, "name": ("!=", own_row or "")},
        fields=["owner", "attached_to_doctype", "attached_to_name"],
    )
    # Frappe keeps equal content once: a free row of the user's own was made from the content itself (see
    # `has_permission`), so two people who upload the same form do not bar each other.
    if any(row.owner == user and not row.attached_to_doctype for row in rows):
        return False
    ours = [row for row in rows if row.attached_to_doctype in PROTECTED]
    return bool(ours) and not any(
        may_see(row.attached_to_doctype, row.attached_to_name, user)
        or is_unsaved_form({**row, "doctype": "File"}, row.attached_to_doctype, row.attached_to_name, user)
        for row in ours
    )


def refuse_borrowed() -> None:
    """Throw what is said when somebody names a file that is not theirs to see."""
    frappe.throw(
        _("This file does not exist or belongs to a record that you may not see."),
        frappe.PermissionError,
        title=_("File"),
    )


def has_permission(doc: Any, ptype: str = "read", user: str | None = None, debug: bool | None = None) -> bool:
    """Answer for one file row: like its record, and a new row may not name somebody else's content.

    What a closed acta or a decision keeps is refused here as well as in `on_trash`: by then Frappe has removed the
    content from the disk, which no rollback brings back.
    """
    from social_crm.access import references
    from social_crm.field_records.services.actas import is_of_closed_acta
    from social_crm.social_crm.services.authorisations import is_evidence

    if ptype == "delete" and (is_of_closed_acta(doc) or is_evidence(doc)):
        return False
    if ptype == "create" and not doc.get("content") and is_borrowed(doc.get("file_url"), doc.get("name")):
        return False
    return references.has_permission(doc, ptype, user, debug)
