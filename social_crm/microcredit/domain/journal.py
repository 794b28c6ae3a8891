"""The journal: balanced postings of each day, by neutral accounts.

A day's postings are what the accounts are at its end less what they were at the end of the day before, both as the entries
that had appeared by then tell it, by the rates of default interest that were known. So a closed day never changes: a later
entry with an earlier value date, and a cap that is registered late, move the accounts of their own day.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from social_crm.microcredit.domain.accounts import ACCOUNTS
from social_crm.microcredit.domain.entries import Entry, Loan, in_force
from social_crm.microcredit.domain.ledger import replayed

# Ten years of days; whoever needs more asks for the next ten.
MAX_DAYS = 3660


@dataclass(frozen=True)
class Line:
    """One side of a posting: either debit or credit is above zero."""

    account: str
    debit: Decimal
    credit: Decimal


@dataclass(frozen=True)
class Voucher:
    """Balanced lines of one day with one source.

    source: key of an entry, or "" for what fell due or ran on the day. kind: of the entry, or "accrual".
    is_adjustment: the entry counts from an earlier day than it appears on.
    """

    day: date
    source: str
    kind: str
    is_adjustment: bool
    lines: tuple[Line, ...]


def vouchers(loan: Loan, day: date) -> tuple[Voucher, ...]:
    """Return the vouchers of one day: first what fell due or ran on it, then each entry in order of posting."""
    yesterday, then = day - timedelta(days=1), loan.policy.as_in_accounts(day)
    before = [entry for entry in loan.entries if entry.day < day]
    todays = sorted((e for e in loan.entries if e.day == day), key=lambda e: (e.posted_at, e.key))
    found: list[Voucher] = []
    last = _accounts(replace(loan, policy=loan.policy.as_in_accounts(yesterday)), before, yesterday)
    loan = replace(loan, policy=then)
    now = _accounts(loan, before, day)
    _add(found, day, None, last, now)
    for entry in todays:
        before.append(entry)
        last, now = now, _accounts(loan, before, day)
        _add(found, day, entry, last, now)
    return tuple(found)


def journal(loan: Loan, first: date, last: date) -> tuple[Voucher, ...]:
    """Return the vouchers of all days from the first to the last, at most MAX_DAYS of them.

    Raises:
        ValueError: there are more.
    """
    days = (last - first).days + 1
    if days > MAX_DAYS:
        raise ValueError(f"At most {MAX_DAYS} days at once.")
    return tuple(
        voucher for ahead in range(max(days, 0)) for voucher in vouchers(loan, first + timedelta(days=ahead))
    )


def _accounts(loan: Loan, entries: list[Entry], day: date) -> Mapping[str, Decimal]:
    return replayed(loan, in_force(entries, day), day).accounts


def _add(
    found: list[Voucher],
    day: date,
    entry: Entry | None,
    before: Mapping[str, Decimal],
    after: Mapping[str, Decimal],
) -> None:
    lines = []
    for account in ACCOUNTS:
        change = after[account] - before[account]
        if change:
            lines.append(Line(account, max(change, Decimal(0)), max(-change, Decimal(0))))
    if lines:
        key, kind, adjusts = (entry.key, entry.kind, entry.is_adjustment) if entry else ("", "accrual", False)
        found.append(Voucher(day, key, kind, adjusts, tuple(lines)))
