"""Who answers for a loan: nobody twice, not the borrower, and nobody for more loans than the product allows.

A guarantor is a person of ours, or somebody whose document is typed. Both are one: the number of a document is compared
without points and spaces, and with the documents of the persons registered here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint

from social_crm.microcredit.services.money import to_decimal
from social_crm.microcredit.services.products import Version
from social_crm.social_crm.domain.identity import RULES, normalise_number


@dataclass(frozen=True)
class Identity:
    """By what a guarantor is known: persons of ours, and keys of documents."""

    people: frozenset[str]
    documents: frozenset[str]

    def meets(self, other: "Identity") -> bool:
        """Whether both are one person."""
        return bool(self.people & other.people or self.documents & other.documents)


def check(doc: Any, version: Version) -> None:
    """Refuse guarantors who cannot answer for this loan: the borrower, one person twice, somebody of the same household.

    How many a product asks for is judged when the application is to be decided, by `missing`.
    """
    seen: list[Identity] = []
    borrower = identity_of(doc.beneficiary, None) if doc.guarantors else None
    for row in doc.guarantors:
        row.document_key = document_key(row.document_number)
        own = identity_of(row.beneficiary, row.document_key)
        if own.meets(borrower):
            _refuse(_("{0} is the borrower and cannot be the guarantor.").format(row.guarantor_name))
        if any(own.meets(other) for other in seen):
            _refuse(_("{0} is named twice among the guarantors.").format(row.guarantor_name))
        seen.append(own)
        if cint(version.values.get("guarantor_other_household")):
            home = _family(doc.beneficiary)
            if home and any(_family(person) == home for person in own.people):
                _refuse(_("{0} lives in the borrower's household.").format(row.guarantor_name))
        _check_how_many(doc, row, own, cint(version.values.get("guarantor_max_loans")))


def missing(doc: Any, version: Version) -> int:
    """Return how many guarantors the product still asks for."""
    above = version.amount("guarantors_above")
    amount = to_decimal(doc.approved_amount) or to_decimal(doc.requested_amount)
    if above and amount <= above:
        return 0
    return max(cint(version.values.get("min_guarantors")) - len(doc.guarantors), 0)


def document_key(number: str | None) -> str | None:
    """Return the form in which typed numbers of documents are compared: "1.234" and "01 234" are both "1234"."""
    clean = normalise_number("", number)
    return clean.lstrip("0") or clean or None


def identity_of(person: str | None, key: str | None) -> Identity:
    """Return by what somebody is known who is registered, typed or both."""
    people, documents = {person} - {None, ""}, {key} - {None, ""}
    # Across all communities, and for a comparison alone: a person's promises are known to whoever lends again.
    if documents:
        keys = [f"{space}:{key}" for space in sorted({rule.space for rule in RULES.values()})]
        people |= set(
            frappe.get_all("Beneficiary Document", filters={"identity_key": ["in", keys]}, pluck="parent")
        )
    if people:
        # As above.
        rows = frappe.get_all(
            "Beneficiary Document", filters={"parent": ["in", sorted(people)]}, pluck="document_number"
        )
        documents |= {document_key(number) for number in rows}
    return Identity(frozenset(people), frozenset(documents - {None, ""}))


def _check_how_many(doc: Any, row: Any, own: Identity, most: int) -> None:
    if not most or not (own.people or own.documents):
        return
    guarantor = frappe.qb.DocType("Microcredit Guarantor")
    application = frappe.qb.DocType("Microcredit Application")
    loan = frappe.qb.DocType("Microcredit")
    same = guarantor.beneficiary.isin(_some(own.people)) | guarantor.document_key.isin(_some(own.documents))
    # Counted across all communities, without saying which: a person's promises are known to whoever lends again.
    found = (
        frappe.qb.from_(guarantor)
        .join(application)
        .on(application.name == guarantor.parent)
        .left_join(loan)
        .on(loan.application == application.name)
        .select(application.name)
        .distinct()
        .where(same & (application.name != (doc.name or "")))
        .where(
            (application.status == "Approved") | ((application.status == "Disbursed") & (loan.balance > 0))
        )
        .run()
    )
    if len(found) >= most:
        _refuse(
            _("{0} already guarantees {1} open microcredits; this product allows {2}.").format(
                row.guarantor_name, len(found), most
            )
        )


def _some(values: Iterable[str]) -> list[str]:
    """The values for a condition, which must not be empty."""
    return sorted(values) or ["-"]


def _family(person: str) -> str | None:
    return frappe.db.get_value("Beneficiary", person, "family")


def _refuse(text: str) -> None:
    frappe.throw(text, title=_("Guarantor not Possible"))
