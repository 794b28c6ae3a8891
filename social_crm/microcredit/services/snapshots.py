"""Loans as they stood on a day, as known at a moment, for whoever asks: what every report of the portfolio is made of.

Everything is replayed from the ledger, so the same question has the same answer whatever was posted since. Where a person
lives and who looks after a loan is as of today.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import frappe
from frappe.query_builder import DocType, Order
from frappe.utils import get_datetime, getdate

from social_crm import permissions
from social_crm.microcredit.domain import ledger
from social_crm.microcredit.domain.ledger import Loan, LoanState
from social_crm.microcredit.domain.portfolio import Standing
from social_crm.microcredit.services import loans
from social_crm.microcredit.services.money import decimals_of

# Loans that are read and replayed together.
_BATCH = 1000
# What the reports are filtered by: columns of the loan, and of the person.
_OF_LOAN = ("programme", "credit_officer", "product", "currency")


@dataclass(frozen=True)
class Question:
    """Of which loans, on which day, as known when.

    filters: community, programme, credit_officer, product and currency, by equality. known_at: None is everything known now.
    """

    filters: Mapping[str, Any]
    as_of: date
    known_at: datetime | None = None

    @property
    def decimals(self) -> int:
        """Decimals of the amounts in the currency asked for."""
        return decimals_of(self.filters.get("currency"))


@dataclass(frozen=True)
class Snapshot:
    """A loan with its columns (name, beneficiary, community, ...), its book, and where it stood."""

    loan: Mapping[str, Any]
    book: Loan
    state: LoanState

    @property
    def standing(self) -> Standing:
        """The loan as a portfolio counts it."""
        position = self.state.position
        return Standing(
            key=self.loan["name"],
            balance=position.balance,
            days_late=position.days_late,
            is_restructured=self.state.is_restructured,
            is_written_off=position.status == "Written Off",
            disbursed_on=self.state.versions[0].from_date,
        )


def question(filters: Mapping[str, Any] | None, one_currency: bool = True) -> Question:
    """Return what the filters of a report ask.

    filters: as_of (today), known_at (now) and those of `Question`. one_currency: amounts are added up, so without a currency
        it is the site's.
    """
    asked = {key: value for key, value in (filters or {}).items() if value}
    if one_currency:
        asked.setdefault("currency", default_currency())
    known_at = get_datetime(asked["known_at"]) if asked.get("known_at") else None
    return Question(asked, getdate(asked.get("as_of")), known_at)


def default_currency() -> str:
    """Return the currency of the site."""
    return frappe.db.get_default("currency") or "COP"


def read(asked: Question) -> Iterator[Snapshot]:
    """Yield the loans that the user may see and that had been disbursed, the latest first.

    Raises PermissionError for who may not read microcredits.
    """
    permissions.require("Microcredit", "read")
    rows = _rows(asked)
    for start in range(0, len(rows), _BATCH):
        part = rows[start : start + _BATCH]
        books = loans.read([row["name"] for row in part])
        for row in part:
            state = ledger.state(books[row["name"]], asked.as_of, asked.known_at)
            # Of a pending one nothing was known by then, or its money came back.
            if state.position.status != "Pending":
                yield Snapshot(row, books[row["name"]], state)


def state_on(snapshot: Snapshot, day: date, known_at: datetime | None) -> LoanState:
    """Return where a loan that was read stood on another day."""
    return ledger.state(snapshot.book, day, known_at)


def _rows(asked: Question) -> list[dict[str, Any]]:
    loan, person, entry = DocType("Microcredit"), DocType("Beneficiary"), DocType("Microcredit Ledger Entry")
    handed_over = (
        frappe.qb.from_(entry)
        .select(entry.microcredit)
        .where((entry.kind == "Disbursement") & (entry.value_date <= asked.as_of))
    )
    query = (
        frappe.qb.from_(loan)
        .left_join(person)
        .on(person.name == loan.beneficiary)
        .select(
            loan.name,
            loan.beneficiary,
            loan.beneficiary_name,
            person.community,
            loan.programme,
            loan.product,
            loan.credit_officer,
            loan.currency,
            loan.disbursed_on,
            loan.principal,
        )
        .where(loan.name.isin(handed_over))
        .orderby(loan.disbursed_on, order=Order.desc)
        .orderby(loan.name, order=Order.desc)
    )
    for field in _OF_LOAN:
        if asked.filters.get(field):
            query = query.where(loan[field] == asked.filters[field])
    if asked.filters.get("community"):
        query = query.where(person.community == asked.filters["community"])
    limit = permissions.visible("Microcredit")
    return (query if limit is None else query.where(limit)).run(as_dict=True)
