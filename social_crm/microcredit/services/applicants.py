"""Who stands behind an application: the person, their unit, their group, and the users who may not judge it."""

import json
from collections.abc import Iterator
from typing import Any

import frappe
from frappe import _

# Fields of an application and of its guarantors that name who may not judge it.
_PEOPLE = ("credit_officer", "beneficiary")


def check_productive_unit(doc: Any) -> None:
    """Refuse the productive unit of somebody else."""
    if not doc.productive_unit:
        return
    owner = frappe.db.get_value("Productive Unit", doc.productive_unit, "beneficiary")
    if owner != doc.beneficiary:
        frappe.throw(
            _("{0} is not a productive unit of {1}.").format(doc.productive_unit, doc.beneficiary_name),
            title=_("Another Person's Unit"),
        )


def check_people(doc: Any) -> None:
    """Refuse a borrower or a guarantor who has died, or whose record was merged into another one.

    doc: an application, or what is read of one with its `guarantors`.
    """
    named = {doc.beneficiary: _("The borrower")}
    named |= {row.beneficiary: _("The guarantor") for row in doc.guarantors if row.beneficiary}
    # A look at two fields of the people that the application names.
    found = frappe.get_all(
        "Beneficiary",
        filters={"name": ["in", sorted(named)], "status": ["in", ["Deceased", "Merged"]]},
        fields=["name", "full_name", "status", "merged_into"],
        order_by="name asc",
    )
    for person in found:
        if person.status == "Merged":
            text = _("{0} {1} was merged into another record: choose {2}.").format(
                named[person.name], person.full_name, person.merged_into
            )
        else:
            text = _("{0} {1} has died: nothing new is lent or guaranteed in that name.").format(
                named[person.name], person.full_name
            )
        frappe.throw(text, title=_("Person not Possible"))


def interested_users(doc: Any) -> frozenset[str]:
    """Return the users who may neither vote nor decide: who wrote it, its officers, and users who are the applicant or a
    guarantor; those of today, those that the present save takes away, and those whom its versions know.

    A person is a user when a contact of theirs names the user.
    """
    before = doc.get_doc_before_save()
    stated = [doc, before] if before else [doc]
    users = {row.get(field) for row in stated for field in ("owner", "credit_officer")}
    people = {row.beneficiary for row in stated}
    people |= {guarantor.beneficiary for row in stated for guarantor in row.guarantors}
    for field, value in _known_before(doc):
        (users if field == "credit_officer" else people).add(value)
    return frozenset((users | _users_of(people)) - {None, ""})


def _users_of(people: set[Any]) -> set[str]:
    link, contact = frappe.qb.DocType("Dynamic Link"), frappe.qb.DocType("Contact")
    rows = (
        frappe.qb.from_(link)
        .join(contact)
        .on((contact.name == link.parent) & (link.parenttype == "Contact"))
        .select(contact.user, contact.email_id)
        .where((link.link_doctype == "Beneficiary") & link.link_name.isin(sorted(people - {None, ""})))
        .run()
    )
    return {name for row in rows for name in row if name}


def _known_before(doc: Any) -> Iterator[tuple[str, str | None]]:
    """Yield (field, value) of officers, applicants and guarantors that the application once named."""
    version = frappe.qb.DocType("Version")
    query = (
        frappe.qb.from_(version)
        .select(version.data)
        .where((version.ref_doctype == doc.doctype) & (version.docname == (doc.name or "")))
    )
    for (data,) in query.run():
        change = json.loads(data or "{}")
        rows = [cells for table, _at, _row, cells in change.get("row_changed") or [] if table == "guarantors"]
        for cells in (change.get("changed") or [], *rows):
            yield from ((field, old) for field, old, _new in cells if field in _PEOPLE)
        for table, row in change.get("removed") or []:
            if table == "guarantors":
                yield "beneficiary", row.get("beneficiary")
