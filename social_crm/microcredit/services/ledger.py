"""The ledger of a loan: the one place where an entry is added, and where a loan stands because of its entries."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import frappe
from frappe.utils import getdate, now_datetime

from social_crm.microcredit.domain import ledger as domain
from social_crm.microcredit.domain import stored
from social_crm.microcredit.domain.arrears import Position
from social_crm.microcredit.domain.ledger import Entry, LedgerError, Loan, LoanState
from social_crm.microcredit.domain.schedule import Row, Terms
from social_crm.microcredit.services import closing, figures, funds, loans, refusals, standings

# Sorts after every name that the site gives: an entry in the making is the latest of its moment.
_NEW = "~"


@dataclass(frozen=True)
class Fact:
    """What is to be posted; the fields are those of the domain's `Entry`.

    posting_day: empty is the first open day from today on. voucher: the document that says it. reason: of a reversal.
    """

    kind: str
    value_date: date
    amount: Decimal = Decimal(0)
    mode: str = ""
    terms: Terms | None = None
    rows: tuple[Row, ...] = ()
    reverses: str = ""
    posting_day: date | None = None
    voucher: Any = None
    reason: str | None = None


@dataclass(frozen=True)
class Posted:
    """An entry that was added and the loan as of today with it. cash: money that came in (below zero: went out)."""

    name: str
    entry: Entry
    state: LoanState
    cash: Decimal


def lock(*names: str | None, fund: str | None = None) -> Any:
    """Lock loans, then their funds and another one, until the transaction ends; return the first loan, as last committed.

    Whoever posts takes all locks that it needs at once, before anything is written, and each kind in the order of names: so
    postings wait and never block each other. Names may be empty or given twice.
    """
    found = {name: _locked(name) for name in sorted({name for name in names if name})}
    kept = {loan.fund for loan in found.values() if loan} | {fund}
    for name in sorted({name for name in kept if name}):
        funds.lock(name)
    return found.get(names[0]) if names else None


def _locked(loan: str) -> Any:
    return frappe.db.get_value(
        "Microcredit",
        loan,
        ["name", "beneficiary", "currency", "disbursed_on", "status", "fund", "programme"],
        as_dict=True,
        for_update=True,
    )


def post(loan: str, fact: Fact) -> Posted:
    """Add an entry to the ledger of a loan, move the money of its fund and write the loan's figures anew.

    The caller has checked permissions. Errors: everything that `domain.accept` refuses, in words; a fund that has not as much.
    """
    locked = lock(loan)
    refusals.check_not_annulled(locked)
    book = loans.read_one(loan, latest=True)
    accepted = prepare(book, fact, locked.currency)
    after = with_entry(book, accepted)
    name = _insert(loan, locked.currency, accepted, fact)
    cash = _cash(after) - _cash(book)
    if locked.fund:
        funds.move(locked.fund, funds.Movement(_movement(accepted), cash, accepted.day, ledger_entry=name))
    return Posted(name, replace(accepted, key=name), refresh(loan, known_from=accepted.posted_at), cash)


def prepare(book: Loan, fact: Fact, currency: str | None) -> Entry:
    """Return the entry that a fact would make, or say why the ledger does not take it. Locks the books against closing."""
    now = now_datetime()
    entry = Entry(
        key=_NEW,
        kind=fact.kind,
        value_date=fact.value_date,
        posted_at=now,
        amount=fact.amount,
        posting_day=fact.posting_day,
        mode=fact.mode,
        terms=fact.terms,
        rows=fact.rows,
        reverses=fact.reverses,
    )
    refusals.check_dates(entry, now.date())
    first = min(entry.posting_day or now.date(), now.date())
    try:
        return domain.accept(book, entry, closing.closed_from(first))
    except LedgerError as error:
        refusals.throw(error, currency)
        raise


def with_entry(book: Loan, entry: Entry) -> Loan:
    """Return a loan with one more entry."""
    return Loan(book.terms, (*book.entries, entry), book.policy, book.rows)


def state_of(loan: str, as_of: Any = None, known_at: datetime | None = None) -> LoanState:
    """Return where a loan stands on a day (today), as known at a moment (now)."""
    return domain.state(loans.read_one(loan), getdate(as_of), known_at)


def position_of(loan: str, as_of: Any = None, known_at: datetime | None = None) -> Position:
    """Return the figures and instalments of a loan on a day (today), as known at a moment (now)."""
    return state_of(loan, as_of, known_at).position


def refresh(loan: str, as_of: Any = None, known_from: datetime | None = None) -> LoanState:
    """Write today's figures of a loan and of its repayments, under the loan's lock; write only what changed.

    known_from: when the entry was posted that changed them (now).
    """
    lock(loan)
    book = loans.read_one(loan, latest=True)
    state = domain.state(book, getdate(as_of))
    figures.write(loan, state)
    standings.write({loan: book}, known_from or now_datetime())
    return state


def entry_of(doctype: str, name: str) -> str | None:
    """Return the name of the ledger entry that a voucher made (not of its reversal)."""
    return frappe.db.get_value(
        "Microcredit Ledger Entry",
        {"voucher_doctype": doctype, "voucher_name": name, "kind": ["!=", "Reversal"]},
    )


def _insert(loan: str, currency: str, entry: Entry, fact: Fact) -> str:
    doc = frappe.new_doc("Microcredit Ledger Entry")
    doc.update(
        {
            "microcredit": loan,
            "currency": currency,
            "kind": loans.KIND_LABELS[entry.kind],
            "value_date": entry.value_date,
            "posting_day": entry.day,
            "posted_at": entry.posted_at,
            "is_adjustment": int(entry.is_adjustment),
            "amount": float(entry.amount),
            "mode": loans.MODE_LABELS[entry.mode],
            "terms": json.dumps(stored.terms_to_json(entry.terms)) if entry.terms else None,
            "rows": json.dumps(stored.rows_to_json(entry.rows)) if entry.rows else None,
            "reverses": entry.reverses or None,
            "voucher_doctype": fact.voucher.doctype if fact.voucher else None,
            "voucher_name": fact.voucher.name if fact.voucher else None,
            "user": frappe.session.user,
            "reason": fact.reason,
        }
    )
    doc.flags.by_ledger = True
    # Nobody may create entries by hand; whoever may submit the voucher posts them through here.
    doc.insert(ignore_permissions=True)
    return doc.name


def _movement(entry: Entry) -> str:
    if entry.kind in ("payment", "prepayment"):
        return "Repayment"
    return loans.KIND_LABELS[entry.kind]


def _cash(book: Loan) -> Decimal:
    """Money that a loan has brought back less what was handed over for it, over all that was posted."""
    if not book.entries:
        return Decimal(0)
    return domain.state(book, max(entry.value_date for entry in book.entries)).accounts["cash"]


def in_force(entries: Sequence[Entry]) -> list[Entry]:
    """Return the entries that were not reversed, and no reversals, in the order of posting."""
    reversed_keys = {entry.reverses for entry in entries if entry.kind == "reversal"}
    return [entry for entry in entries if entry.kind != "reversal" and entry.key not in reversed_keys]


def state_with(book: Loan, entry: Entry) -> LoanState:
    """Return where a loan would stand today with one more entry."""
    return domain.state(with_entry(book, entry), max(getdate(), entry.value_date))
