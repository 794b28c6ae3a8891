"""What saving a person checks and computes."""

import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from social_crm.changes import has_changed
from social_crm.social_crm.domain import names
from social_crm.social_crm.services import families, store

# Decided by the memberships and by actions; whatever a caller sends for them on a stored record is put back.
_COMPUTED = ("family", "kinship", "registered_on", "community", "death_date", "merged_into", "after_cut_off")
EXCEPTION_ROLES = frozenset({"Programme Director", "Social CRM Administrator", "System Manager"})


def refuse_merged(doc: "frappe.model.document.Document") -> None:
    """Throw when somebody edits a record that was merged into another."""
    before = doc.get_doc_before_save()
    if before and before.merged_into:
        frappe.throw(
            _("This record was merged into {0}. Work with that one.").format(before.merged_into),
            title=_("Merged Record"),
        )


def tidy_names(doc: "frappe.model.document.Document") -> None:
    """Write the names as people do and compute the full name and the key of the search."""
    parts = ("first_name", "middle_name", "first_surname", "second_surname")
    for field in parts:
        doc.set(field, names.proper(doc.get(field)))
    for field in ("first_name", "first_surname"):
        if doc.get(field) and not names.has_letters(doc.get(field)):
            frappe.throw(_("{0} is no name.").format(doc.get(field)), title=_("Name"))
    doc.full_name = names.full_name(*(doc.get(field) for field in parts))
    doc.search_key = names.search_key(doc.full_name)


def check_dates(doc: "frappe.model.document.Document") -> None:
    """Throw when the person is born in the future or after the recorded death."""
    if not doc.birth_date:
        return
    if getdate(doc.birth_date) > getdate(nowdate()):
        frappe.throw(_("The date of birth lies in the future."), title=_("Date of Birth"))
    if doc.death_date and getdate(doc.birth_date) > getdate(doc.death_date):
        frappe.throw(_("The death cannot come before the birth."), title=_("Date of Birth"))


def keep_computed_fields(doc: "frappe.model.document.Document") -> None:
    """Set what memberships and actions decide; a new record may name its family, which it then enters."""
    if doc.is_new():
        doc.death_date = doc.merged_into = None
        doc.after_cut_off = 0
        if not doc.family:
            doc.kinship = doc.community = None
        else:
            doc.community = frappe.db.get_value("Family", doc.family, "community")
            doc.kinship = doc.kinship or "Other Relative"
            doc.registered_on = doc.registered_on or nowdate()
        has_family = bool(doc.family)
    else:
        stored = frappe.db.get_value("Beneficiary", doc.name, _COMPUTED, as_dict=True)
        doc.update(stored)
        has_family = bool(stored.family)
    doc.status = store.person_status(doc.death_date, doc.merged_into, has_family)


def check_exception(doc: "frappe.model.document.Document") -> None:
    """Throw when the exception to the cut-off is incomplete, needless, or set by somebody who may not approve it."""
    if doc.exception_approver or doc.exception_reason:
        if not doc.after_cut_off:
            frappe.throw(
                _("Only what arrived after the cut-off needs an exception."), title=_("Census Cut-off")
            )
        if not (doc.exception_approver and (doc.exception_reason or "").strip()):
            frappe.throw(_("An exception names who approved it and the reason."), title=_("Census Cut-off"))
    changed = has_changed(doc, "exception_approver", "exception_reason")
    if not changed or not (doc.exception_approver or (doc.get_doc_before_save() or doc).exception_approver):
        return
    for user in {frappe.session.user, doc.exception_approver or frappe.session.user}:
        if not EXCEPTION_ROLES & set(frappe.get_roles(user)):
            frappe.throw(
                _(
                    "Only a Programme Director or a Social CRM Administrator approves exceptions to the cut-off."
                ),
                frappe.PermissionError,
                title=_("Census Cut-off"),
            )


def enter_family(doc: "frappe.model.document.Document") -> None:
    """Make a new person a member of the family named in the record, unless a family service is doing just that."""
    if store.is_writing():
        return
    if not doc.family:
        return
    if not doc.flags.ignore_permissions:
        frappe.has_permission("Family", "read", doc=doc.family, throw=True)
    families.join(doc.family, doc.name, doc.kinship, doc.registered_on, joined_by="Registration")
    doc.reload()


def unlink_contacts(doc: "frappe.model.document.Document") -> None:
    """Take a person who is deleted off the contacts and addresses that name the record."""
    from frappe.contacts.address_and_contact import delete_contact_and_address

    delete_contact_and_address("Beneficiary", doc.name)
