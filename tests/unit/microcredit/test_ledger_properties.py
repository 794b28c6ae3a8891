"""What every ledger keeps, over generated loans with lives of their own.

A sample runs every time; SOCIAL_CRM_LOANS=10000 runs as many.
"""

import os
import random
from dataclasses import replace
from datetime import datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from ledger_cases import generated

from social_crm.microcredit.domain.entries import Entry, Loan
from social_crm.microcredit.domain.journal import journal
from social_crm.microcredit.domain.ledger import LoanState, payoff, state

LOANS = int(os.environ.get("SOCIAL_CRM_LOANS", "80"))
LATER = datetime(2040, 1, 1)


def without_shares(found: LoanState) -> LoanState:
    """A state without which payment paid what."""
    bare = replace(found.position.allocation, shares=())
    return replace(found, position=replace(found.position, allocation=bare), versions=())


def days_of(loan: Loan) -> list:
    last = max(entry.day for entry in loan.entries)
    return [loan.terms.disbursed, *sorted({entry.day for entry in loan.entries}), last + timedelta(days=200)]


def check_amounts(loan: Loan) -> None:
    """Nothing falls below zero, every peso is in one place, and principal adds up."""
    for day in days_of(loan):
        found = state(loan, day)
        position = found.position
        assert sum(found.accounts.values()) == 0
        assert position.balance >= 0
        assert 0 <= position.overdue <= position.unpaid
        assert payoff(loan, day) >= 0
        assert found.surplus >= 0
        for instalment in position.instalments:
            assert 0 <= instalment.paid_principal <= instalment.row.principal
            assert 0 <= instalment.paid_interest <= instalment.row.interest
            assert 0 <= instalment.paid_default_interest <= instalment.default_interest
            assert instalment.unpaid >= 0
        paid_in = sum(
            e.amount for e in _in_force(loan, day) if e.kind in ("payment", "prepayment", "recovery")
        )
        shared = sum(share.amount for share in position.allocation.shares)
        assert shared + found.surplus + found.recovered == paid_in
        if position.status not in ("Written Off", "Pending"):
            rows = [instalment.row for instalment in position.instalments]
            financed = sum(
                fee.value * loan.terms.principal for fee in loan.terms.fees if fee.when == "financed"
            )
            owed = found.disbursed + Decimal(financed).quantize(
                Decimal(1).scaleb(-loan.terms.decimals), ROUND_HALF_UP
            )
            assert sum(row.principal - row.capitalised for row in rows) == owed
            open_principal = sum(i.row.principal - i.paid_principal for i in position.instalments)
            to_come = sum(i.row.capitalised for i in position.instalments if i.row.due > day)
            # Who pays ahead of interest that is still to be capitalised has it capitalised then.
            assert open_principal - to_come <= position.balance <= open_principal


def _in_force(loan: Loan, day: object) -> list[Entry]:
    gone = {entry.reverses for entry in loan.entries}
    return [e for e in loan.entries if e.kind != "reversal" and e.key not in gone and e.value_date <= day]


def check_reversal(loan: Loan, pick: random.Random) -> None:
    """An entry that was reversed leaves no trace."""
    gone = {entry.reverses for entry in loan.entries}
    open_keys = [e for e in loan.entries[1:] if e.kind != "reversal" and e.key not in gone]
    if not open_keys:
        return
    target = pick.choice(open_keys)
    end = days_of(loan)[-1]
    never = replace(loan, entries=tuple(e for e in loan.entries if e is not target))
    undone = replace(
        loan,
        entries=(*loan.entries, Entry("undo", "reversal", target.value_date, LATER, reverses=target.key)),
    )
    assert outcome(undone, end) == outcome(never, end)
    # Before the reversal was posted nothing is known of it.
    assert state(undone, end, LATER - timedelta(seconds=1)) == state(loan, end)


def outcome(loan: Loan, day: object) -> object:
    try:
        return state(loan, day)
    except Exception as error:
        return type(error), str(error)


def check_orders(loan: Loan, pick: random.Random) -> None:
    """Neither the order of reading, nor when it was posted, nor the order within a day changes where the loan stands."""
    end = days_of(loan)[-1]
    expected = state(loan, end)
    shuffled = list(loan.entries)
    pick.shuffle(shuffled)
    assert state(replace(loan, entries=tuple(shuffled)), end) == expected
    # On time instead of backdated: posted on the value date. Payments come in any order within it; of changes to the
    # schedule on one day the later one counts, so theirs stays.
    on_time = tuple(
        replace(
            e,
            posted_at=datetime.combine(e.value_date, time())
            + timedelta(minutes=pick.randrange(1440) if e.kind == "payment" else number),
            posting_day=None,
        )
        for number, e in enumerate(loan.entries)
    )
    found = state(replace(loan, entries=on_time), end)
    assert without_shares(found) == without_shares(expected)


def check_knowledge(loan: Loan) -> None:
    """What was known at a moment stays what was known at it."""
    for moment in loan.moments():
        rates = tuple(
            replace(rate, known_to=None)
            for rate in loan.policy.later_rates
            if rate.known_from <= moment and not (rate.known_to and rate.known_to <= moment)
        )
        then = replace(
            loan,
            entries=tuple(e for e in loan.entries if e.posted_at <= moment),
            policy=replace(loan.policy, later_rates=rates),
        )
        assert state(loan, moment.date(), moment) == state(then, moment.date())


def check_journal(loan: Loan) -> None:
    """Each voucher balances, and all of them add up to the accounts."""
    first, last = loan.terms.disbursed, loan.days_of_accounts()[-1]
    sums = dict.fromkeys(state(loan, last).accounts, Decimal(0))
    for voucher in journal(loan, first, last):
        assert sum(line.debit for line in voucher.lines) == sum(line.credit for line in voucher.lines) > 0
        for line in voucher.lines:
            assert (line.debit > 0) != (line.credit > 0)
            sums[line.account] += line.debit - line.credit
    assert sums == state(loan, last).accounts


@pytest.mark.parametrize("block", range(8))
def test_generated_lives(block: int) -> None:
    for seed in range(block, LOANS, 8):
        loan, pick = generated(seed), random.Random(seed)
        try:
            check_amounts(loan)
            check_reversal(loan, pick)
            check_orders(loan, pick)
            check_knowledge(loan)
            if seed % 10 == 0:
                check_journal(loan)
        except AssertionError as error:
            raise AssertionError(f"the loan of seed {seed}: {error}") from error
