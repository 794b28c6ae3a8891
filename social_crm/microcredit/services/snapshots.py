"""Loans as they stood on a day, as known at a moment, for whoever asks: what a report of the portfolio is about.

`read` replays each of them from its ledger: what a report needs instalment by instalment, and the reference for what is counted
from the table of standings. Where a person lives and who looks after a loan is as of today.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import frappe
from frappe.query_builder import DocType, Order
from frappe.utils import get_datetime, getdate
from pypika.terms import Criterion

from social_crm import permissions
from social_crm.microcredit.domain import ledger
from social_crm.microcredit.domain.ledger import Loan, LoanState
from social_crm.microcredit.domain.portfolio import Standing
from social_crm.microcredit.services import loans, standings
from social_crm.microcredit.services.money import decimals_of

# Loans that are read and replayed together.
_BATCH = 1000
# What the reports are filtered by: columns of the loan, and of the person.
_FILTERS = ("programme", "credit_officer", "product", "currency", "community")
# Loans that are still to be paid; what became of the others does not move with time.
UNPAID = ("Active", "In Arrears")


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


def is_current(asked: Question) -> bool:
    """Say whether today is asked for, with all that is known: the figures that the site keeps are the answer."""
    return asked.known_at is None and asked.as_of == getdate()


def is_stale(asked: Question) -> Criterion:
    """Return the criterion of the loans whose figures were not brought to the day yet, and move with time."""
    loan = DocType("Microcredit")
    dated = loan.position_as_of.isnull() | (loan.position_as_of != asked.as_of)
    return loan.status.isin(UNPAID) & dated


def read(asked: Question, only: Criterion | None = None) -> Iterator[Snapshot]:
    """Yield the loans that the user may see and that had been disbursed, the latest first; only: some of them.

    Raises PermissionError for who may not read microcredits.
    """
    permissions.require("Microcredit", "read")
    found = _rows(asked, only)
    for start in range(0, len(found), _BATCH):
        part = found[start : start + _BATCH]
        books = loans.read([row["name"] for row in part])
        for row in part:
            state = ledger.state(books[row["name"]], asked.as_of, asked.known_at)
            # Of a pending one nothing was known by then, or its money came back.
            if state.position.status != "Pending":
                yield Snapshot(row, books[row["name"]], state)


def owing(asked: Question) -> Criterion:
    """Return the criterion of the loans of which something was owed."""
    loan, standing = DocType("Microcredit"), DocType(standings.STANDING)
    owed = (
        frappe.qb.from_(standing)
        .select(standing.microcredit)
        .where(standings.holding(standing, asked.as_of, asked.known_at) & (standing.is_open == 1))
    )
    return loan.name.isin(owed)


def state_on(snapshot: Snapshot, day: date, known_at: datetime | None) -> LoanState:
    """Return where a loan that was read stood on another day."""
    return ledger.state(snapshot.book, day, known_at)


def column(field: str) -> Any:
    """Return the column of a loan, or of its borrower, by which a portfolio is filtered or divided."""
    return DocType("Beneficiary" if field == "community" else "Microcredit")[field]


def is_of_everything(asked: Question) -> bool:
    """Say whether a question is about every loan of a currency, and the user may see them all.

    Raises PermissionError for who may not read microcredits.
    """
    permissions.require("Microcredit", "read")
    asked_for = {field for field in _FILTERS if asked.filters.get(field)}
    return asked_for == {"currency"} and permissions.visible("Microcredit") is None


def selected(asked: Question) -> Any:
    """Return a query over the loans that the user may see and the question is about, with their borrowers.

    Nothing is chosen from it yet. Raises PermissionError for who may not read microcredits.
    """
    permissions.require("Microcredit", "read")
    loan, person = DocType("Microcredit"), DocType("Beneficiary")
    query = frappe.qb.from_(loan).left_join(person).on(person.name == loan.beneficiary)
    for field in _FILTERS:
        if asked.filters.get(field):
            query = query.where(column(field) == asked.filters[field])
    limit = permissions.visible("Microcredit")
    return query if limit is None else query.where(limit)


def rows(asked: Question) -> Any:
    """Return a query of the columns of loans that reports show, the latest first."""
    loan, person = DocType("Microcredit"), DocType("Beneficiary")
    return (
        selected(asked)
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
        .orderby(loan.disbursed_on, order=Order.desc)
        .orderby(loan.name, order=Order.desc)
    )


def _rows(asked: Question, only: Criterion | None) -> list[dict[str, Any]]:
    loan, entry = DocType("Microcredit"), DocType("Microcredit Ledger Entry")
    handed_over = (
        frappe.qb.from_(entry)
        .select(entry.microcredit)
        .where((entry.kind == "Disbursement") & (entry.value_date <= asked.as_of))
    )
    query = rows(asked).where(loan.name.isin(handed_over))
    return (query if only is None else query.where(only)).run(as_dict=True)
