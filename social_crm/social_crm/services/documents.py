"""Identity documents of persons: well formed, dated, and never those of two people."""

from collections.abc import Iterator
from contextlib import contextmanager

import frappe
from frappe import _
from frappe.utils import getdate

from social_crm.social_crm.domain import identity
from social_crm.social_crm.services.messages import document_message


def prepare(person: "frappe.model.document.Document") -> None:
    """Normalise the documents of a person about to be saved and refuse what belongs to somebody else.

    Sets document_number, identity_key and unique_identity of each row. Throws ValidationError or
    UniqueValidationError in words.
    """
    keys = []
    for row in person.documents:
        try:
            row.document_number = identity.check(row.document_type, row.document_number)
            keys.append(identity.identity_key(row.document_type, row.document_number))
        except identity.DocumentError as error:
            frappe.throw(
                _("Row {0}: {1}").format(row.idx, document_message(error)), title=_("Identity Document")
            )
        _check_dates(person, row)
    for row, key, first in zip(person.documents, keys, identity.first_of_each(keys), strict=True):
        row.identity_key = key
        row.unique_identity = key if first else None
    if not person.documents and not (person.no_document_reason or "").strip():
        frappe.throw(
            _("Enter an identity document of {0}, or the reason for having none.").format(person.full_name),
            title=_("Identity Document"),
        )
    _refuse_taken(person, sorted(set(keys)))
    _release_keys(person)


def owner_of(document_type: str, document_number: str) -> str | None:
    """Return the name of the person who holds this document (under any type of the same number space), or None.

    Reads without permissions: the caller decides what it may tell. Raises identity.DocumentError.
    """
    key = identity.identity_key(document_type, document_number)
    return frappe.db.get_value(
        "Beneficiary Document", {"unique_identity": key, "parenttype": "Beneficiary"}, "parent"
    )


@contextmanager
def plain_duplicates(row: "frappe.model.document.Document") -> Iterator[None]:
    """Turn the database's refusal of a second holder into the message that people understand.

    The check before saving cannot see what another transaction is writing at the same moment; the unique index can.
    """
    shown = len(frappe.message_log)
    try:
        yield
    except frappe.UniqueValidationError:
        # Frappe has already queued a message with the name of the technical column.
        del frappe.message_log[shown:]
        holder = frappe.db.get_value(
            "Beneficiary Document", {"unique_identity": row.unique_identity}, "parent"
        )
        _throw_taken(row, holder)


def _check_dates(person: "frappe.model.document.Document", row: "frappe.model.document.Document") -> None:
    if row.issued_on and row.valid_to and getdate(row.valid_to) < getdate(row.issued_on):
        frappe.throw(
            _("Row {0}: the document ends before it was issued.").format(row.idx),
            title=_("Identity Document"),
        )
    if row.issued_on and person.birth_date and getdate(row.issued_on) < getdate(person.birth_date):
        frappe.throw(
            _("Row {0}: the document was issued before the person's birth.").format(row.idx),
            title=_("Identity Document"),
        )


def _refuse_taken(person: "frappe.model.document.Document", keys: list[str]) -> None:
    if not keys:
        return
    table = frappe.qb.DocType("Beneficiary Document")
    query = (
        frappe.qb.from_(table)
        .select(table.parent, table.unique_identity)
        .where(table.unique_identity.isin(keys) & (table.parenttype == "Beneficiary"))
    )
    for holder, key in query.run():
        if holder != person.name:
            _throw_taken(next(row for row in person.documents if row.identity_key == key), holder)


def _throw_taken(row: "frappe.model.document.Document", holder: str | None) -> None:
    """Say whose document it is to those who may see the holder, and to others only that it exists elsewhere."""
    label = f"{row.document_type} {row.document_number}"
    if holder and frappe.has_permission("Beneficiary", "read", doc=holder):
        name = frappe.db.get_value("Beneficiary", holder, "full_name")
        message = _("The document {0} already belongs to {1} ({2}).").format(label, name, holder)
    else:
        message = _("The document {0} exists elsewhere. Ask the administrator.").format(label)
    frappe.throw(message, frappe.UniqueValidationError, title=_("Document Already Registered"))


def _release_keys(person: "frappe.model.document.Document") -> None:
    """Free the unique values of the stored rows: rows are written one by one, and a key may change rows in a save."""
    if person.is_new():
        return
    table = frappe.qb.DocType("Beneficiary Document")
    frappe.qb.update(table).set(table.unique_identity, None).where(
        (table.parent == person.name) & (table.parenttype == "Beneficiary")
    ).run()
