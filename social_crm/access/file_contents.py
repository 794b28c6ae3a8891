"""The content of a file goes only with its row: what a record has to keep is refused before the disk is touched.

Frappe deletes the content first and asks the app's events of the deletion afterwards; a refusal then brings back the row, and
nothing brings back the content.
"""

from typing import Any

import frappe

from social_crm.field_records.services.actas import keep_files
from social_crm.social_crm.services.authorisations import keep_evidence

HOOK = "delete_file_data_content"
OWN = "social_crm.access.file_contents.delete"


def delete(doc: Any, only_thumbnail: bool = False) -> None:
    """Delete the content of a row of File, as Frappe or another app does it; the hook `delete_file_data_content`.

    Raises:
        frappe.PermissionError: a closed acta or a decision keeps the file.
    """
    # A row that was never committed has nothing to keep: its content goes when its insertion is taken back.
    if not only_thumbnail and frappe.db.exists("File", doc.name):
        keep_files(doc)
        keep_evidence(doc)
        # Frappe tells by the hash of the row, which whoever may change the row may change, whether another row has the content.
        only_thumbnail = bool(frappe.db.exists("File", {"file_url": doc.file_url, "name": ["!=", doc.name]}))
    others = [path for path in frappe.get_hooks(HOOK) if path != OWN]
    if others:
        frappe.get_attr(others[0])(doc, only_thumbnail=only_thumbnail)
    else:
        doc.delete_file_from_filesystem(only_thumbnail=only_thumbnail)
