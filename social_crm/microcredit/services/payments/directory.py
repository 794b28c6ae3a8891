"""The loans that a payment may be for: those that the user sees, by number, by document, by solidarity group."""

from collections import defaultdict

import frappe
from frappe.query_builder import DocType

from social_crm import permissions
from social_crm.microcredit.domain.bank_matching import Directory, KnownLoan, document_key
from social_crm.social_crm.domain.census_text import fold

_STATES = {"Active": "open", "In Arrears": "open", "Written Off": "written_off"}


def read(currency: str, programme: str | None = None) -> Directory:
    """Return the directory of one currency, and of one programme where it is given. For the session's user."""
    loan = DocType("Microcredit")
    query = (
        frappe.qb.from_(loan)
        .select(loan.name, loan.beneficiary, loan.status, loan.application)
        .where(loan.currency == currency)
        .orderby(loan.name)
    )
    if programme:
        query = query.where(loan.programme == programme)
    limit = permissions.visible("Microcredit")
    rows = (query if limit is None else query.where(limit)).run()
    loans = tuple(KnownLoan(name, person, _STATES.get(status, "over")) for name, person, status, _own in rows)
    people = {person for _name, person, _status, _own in rows}
    return Directory(loans, _documents(people), _groups({own: name for name, _p, _s, own in rows if own}))


def _documents(people: set[str]) -> dict[str, tuple[str, ...]]:
    document = DocType("Beneficiary Document")
    found: dict[str, set[str]] = defaultdict(set)
    rows = (
        frappe.qb.from_(document)
        .select(document.parent, document.document_number)
        .where((document.parenttype == "Beneficiary") & document.parent.isin(sorted(people) or [""]))
        .run()
    )
    for person, number in rows:
        if key := document_key(number or ""):
            found[key].add(person)
    return {key: tuple(sorted(persons)) for key, persons in found.items()}


def _groups(loans: dict[str, str]) -> dict[str, tuple[str, ...]]:
    application, group = DocType("Microcredit Application"), DocType("Solidarity Group")
    query = (
        frappe.qb.from_(application)
        .join(group)
        .on(group.name == application.solidarity_group)
        .select(group.name, group.group_name, application.name)
        .where(group.status == "Active")
        .orderby(application.name)
    )
    limit = permissions.visible("Solidarity Group")
    found: dict[str, list[str]] = defaultdict(list)
    for name, title, asked in (query if limit is None else query.where(limit)).run():
        if asked in loans:
            for key in {fold(name), fold(title)}:
                found[key].append(loans[asked])
    return {key: tuple(names) for key, names in found.items()}
