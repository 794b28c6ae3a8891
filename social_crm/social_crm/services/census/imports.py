"""What saving and deleting a census import checks."""

import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from social_crm.access.files import make_private
from social_crm.changes import has_changed
from social_crm.permissions import allowed_communities
from social_crm.social_crm.services.census import files, rows_store, state
from social_crm.social_crm.services.census.file_error import CensusFileError

# What people choose; everything else is computed by the services.
_CHOSEN = frozenset(("census_file", "community", "programme", "registration_date", "no_document_reason"))


def prepare(doc: "frappe.model.document.Document") -> None:
    """Check what the user chose and read the file when it is new. Throws in words; then nothing is kept."""
    if doc.flags.census_service:
        return
    _keep_computed_fields(doc)
    if (not doc.is_new() and doc.status not in (state.DRAFT, state.READY, state.FAILED)) or doc.created_rows:
        _refuse_changes(doc)
        return
    if getdate(doc.registration_date) > getdate(nowdate()):
        frappe.throw(_("The registration date lies in the future."), title=_("Registration Date"))
    _check_community(doc)
    changed = has_changed(doc, *_CHOSEN)
    if has_changed(doc, "census_file"):
        _read_file(doc)
    if changed:
        doc.status = state.DRAFT
        if not doc.is_new():
            rows_store.delete_rows(doc.name)
            doc.total_rows = doc.ready_rows = doc.rejected_rows = doc.household_count = 0
    doc.title = _title(doc)


def _keep_computed_fields(doc: "frappe.model.document.Document") -> None:
    """Put back whatever a client sent for a field that only the services write."""
    stored = {} if doc.is_new() else frappe.db.get_value("Census Import", doc.name, "*", as_dict=True)
    for field in doc.meta.get_valid_columns():
        known = doc.meta.get_field(field)
        if known and known.fieldtype != "Table" and field not in _CHOSEN:
            doc.set(field, stored.get(field) if stored else known.default)
    if stored:
        before = doc.get_doc_before_save()
        doc.columns = before.columns if before else doc.columns
    else:
        doc.columns, doc.status = [], state.DRAFT


def _refuse_changes(doc: "frappe.model.document.Document") -> None:
    if has_changed(doc, *_CHOSEN):
        frappe.throw(
            _("The file is being loaded or was loaded. Use a new import for another file."),
            title=_("Census Import"),
        )


def _check_community(doc: "frappe.model.document.Document") -> None:
    allowed = allowed_communities()
    if doc.community and allowed is not None and doc.community not in allowed:
        frappe.throw(
            _("You are not assigned to the community {0}.").format(doc.community),
            frappe.PermissionError,
            title=_("Community"),
        )


def require_community(doc: "frappe.model.document.Document") -> None:
    """Throw when a user who is limited to communities has not said into which the file is loaded.

    Saving does not ask for it: the Desk saves a new form by itself as soon as a file is attached.
    """
    if not doc.community and allowed_communities() is not None:
        frappe.throw(
            _("Choose the community into which the file is loaded."),
            frappe.MandatoryError,
            title=_("Community"),
        )


def _read_file(doc: "frappe.model.document.Document") -> None:
    doc.sheet_name, doc.header_row = None, 0
    try:
        doc.census_file = kept_private(doc.census_file)
        files.inspect(doc)
    except CensusFileError as refused:
        state.refuse(refused.problem)


def kept_private(file_url: str | None) -> str | None:
    """A file about people is never public, however it was uploaded: return its address once it is private."""
    if not (file_url or "").startswith("/files/"):
        return file_url
    name = frappe.db.get_value("File", {"file_url": file_url, "owner": frappe.session.user})
    return make_private(frappe.get_doc("File", name)) if name else file_url


def _title(doc: "frappe.model.document.Document") -> str:
    file = (doc.census_file or "").rsplit("/", 1)[-1]
    return f"{doc.community} · {file}"[:140] if doc.community else file[:140]


def forget(doc: "frappe.model.document.Document") -> None:
    """Delete the rows with their import; an import that created persons stays, it knows what was loaded."""
    if doc.created_rows:
        frappe.throw(
            _("This import created persons and is kept, so that the same file is never loaded twice."),
            title=_("Census Import"),
        )
    rows_store.delete_rows(doc.name)
