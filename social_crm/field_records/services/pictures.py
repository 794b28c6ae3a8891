"""The pictures that answers name belong to the acta: attached to it, private, and there when it is closed."""

import json
import pathlib
from typing import Any

import frappe
from frappe import _

from social_crm.access.files import is_loose, make_private
from social_crm.field_records.services import forms, seals

_PLACE = "attached_to_doctype", "attached_to_name"


def attach(doc: Any) -> None:
    """Attach to a saved acta the pictures that its answers name and that are not attached to it yet.

    The form of an acta is drawn from a template, so that what is uploaded in it hangs on no document. Only a file that
    the user uploaded or may read becomes part of the acta; an amendment takes over the pictures of what it amends.
    """
    moved = {}
    for address in dict.fromkeys(seals.photos_of(forms.read_answers(doc.answers))):
        if frappe.db.exists("File", {"file_url": address, _PLACE[0]: "Acta", _PLACE[1]: doc.name}):
            continue
        name = _take_over(address, doc.name)
        if not name:
            continue
        file = frappe.get_doc("File", name)
        file.flags.of_closing = True
        if not file.is_private:
            moved[address] = make_private(file)
    if moved:
        answers = _renamed(forms.read_answers(doc.answers), moved)
        doc.db_set("answers", json.dumps(answers, ensure_ascii=False), update_modified=False)


def require_all(doc: Any) -> None:
    """Throw when an answer names a picture that is not attached to the acta."""
    for address in seals.photos_of(forms.read_answers(doc.answers)):
        if not frappe.db.exists("File", {"file_url": address, _PLACE[0]: "Acta", _PLACE[1]: doc.name}):
            frappe.throw(
                _("The picture {0} is not attached to this acta. Attach it again.").format(address),
                title=_("Not Ready to Close"),
            )


def _take_over(address: str, acta: str) -> str | None:
    """Give the acta a row of File for the address, the user's own loose one or a new one; None when it is not theirs."""
    # Judged right below, row by row.
    rows = frappe.get_all(
        "File", filters={"file_url": address}, fields=["name", "owner", "file_name", "is_private", *_PLACE]
    )
    place = {_PLACE[0]: "Acta", _PLACE[1]: acta}
    for row in rows:
        if is_loose(row, "Acta") and row.owner == frappe.session.user:
            frappe.db.set_value("File", row.name, place)
            return row.name
    for row in rows:
        if frappe.has_permission("File", "read", doc=row.name):
            values = {"file_url": address, "file_name": row.file_name, "is_private": row.is_private}
            # The bytes as they are: v16 would take a small picture for a text, and write another file of it.
            values["content"] = pathlib.Path(frappe.get_doc("File", row.name).get_full_path()).read_bytes()
            file = frappe.get_doc({"doctype": "File", **values, **place})
            file.flags.of_closing = True
            # The right to read the file was asked just now, the right to write the acta when it was saved.
            file.insert(ignore_permissions=True)
            # Frappe may choose the address of any other file of the same content, which no answer names.
            file.db_set("file_url", address, update_modified=False)
            return file.name
    return None


def _renamed(answers: Any, moved: dict[str, str]) -> Any:
    if isinstance(answers, dict):
        return {key: _renamed(value, moved) for key, value in answers.items()}
    if isinstance(answers, list):
        return [_renamed(value, moved) for value in answers]
    return moved.get(answers, answers) if isinstance(answers, str) else answers
