"""The journal of a loan over many days, without asking on days on which nothing happens.

It says exactly what `journal.journal` says day by day. Between two days into which nothing was posted, the accounts of a loan only
ever move one way: interest, charges and default interest are earned, and money held for the borrower is used up. So where the
accounts are equal at both ends, nothing happened in between.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from social_crm.microcredit.domain.entries import Entry, Loan, in_force
from social_crm.microcredit.domain.journal import MAX_DAYS, Voucher, vouchers
from social_crm.microcredit.domain.ledger import replayed


def journal_between(loan: Loan, first: date, last: date) -> tuple[Voucher, ...]:
    """Return the vouchers of all days from the first to the last, at most MAX_DAYS of them.

    Raises:
        ValueError: there are more.
    """
    if (last - first).days + 1 > MAX_DAYS:
        raise ValueError(f"At most {MAX_DAYS} days at once.")
    if last < first or not loan.entries or last < min(entry.day for entry in loan.entries):
        return ()
    found: list[Voucher] = []
    posted = [day for day in loan.days_of_accounts() if first <= day <= last]
    start = first
    for day in posted:
        found += _quiet(loan, start, day - timedelta(days=1))
        found += vouchers(loan, day)
        start = day + timedelta(days=1)
    return (*found, *_quiet(loan, start, last))


def _quiet(loan: Loan, first: date, last: date) -> list[Voucher]:
    """The vouchers of days into which nothing was posted, halving the time until both ends of a part are equal."""
    if last < first:
        return []
    entries = [entry for entry in loan.entries if entry.day < first]
    if not entries:
        return []
    loan = replace(loan, policy=loan.policy.as_in_accounts(first))
    known: dict[date, Mapping[str, Decimal]] = {}
    found: list[Voucher] = []
    # A part is halved until it is one day long: with so many days there are at most twice as many parts.
    waiting = [(first, last)]
    for _part in range(2 * ((last - first).days + 1)):
        if not waiting:
            break
        start, end = waiting.pop()
        if _at(loan, entries, start - timedelta(days=1), known) == _at(loan, entries, end, known):
            continue
        if start == end:
            found += vouchers(loan, start)
            continue
        middle = start + (end - start) // 2
        # The later half is put down first, so that the earlier one comes out first.
        waiting += [(middle + timedelta(days=1), end), (start, middle)]
    return found


def _at(
    loan: Loan, entries: list[Entry], day: date, known: dict[date, Mapping[str, Decimal]]
) -> Mapping[str, Decimal]:
    if day not in known:
        known[day] = replayed(loan, in_force(entries, day), day).accounts
    return known[day]
