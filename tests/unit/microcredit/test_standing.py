"""Where a loan stood, by stretches, against the replay of its ledger: over generated loans, days and moments.

A sample runs every time; SOCIAL_CRM_LOANS=10000 runs as many.
"""

import os
import random
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from ledger_cases import APR, FEB, MAR, TERMS, TWO_PAID, D, added, again, entry, generated, loan, pay, undo

from social_crm.microcredit.domain.entries import Loan
from social_crm.microcredit.domain.ledger import state
from social_crm.microcredit.domain.standing import NO_END, STILL, Segment, difference, history, segments

LOANS = int(os.environ.get("SOCIAL_CRM_LOANS", "80"))


def on(found: tuple[Segment, ...], day: date) -> Segment | None:
    hits = [segment for segment in found if segment.from_date <= day <= segment.to_date]
    assert len(hits) <= 1
    return hits[0] if hits else None


def check(found: Segment | None, made: Loan, day: date, moment: datetime | None) -> None:
    expected = state(made, day, moment)
    if expected.position.status == "Pending":
        assert found is None
        return
    assert found is not None
    position = expected.position
    assert (found.balance, found.days_late(day)) == (position.balance, position.days_late)
    assert found.is_written_off == (position.status == "Written Off")
    assert found.is_restructured == expected.is_restructured
    if not found.is_written_off:
        assert found.is_open == (position.unpaid > 0)
    assert (found.disbursed, found.disbursed_on) == (expected.disbursed, expected.versions[0].from_date)


def as_known(made: Loan, moment: datetime) -> tuple[Segment, ...]:
    return tuple(row.segment for row in history(made) if row.known_from <= moment < row.known_to)


@pytest.mark.parametrize("block", range(8))
def test_generated_lives(block: int) -> None:
    for seed in range(block, LOANS, 8):
        made, pick = generated(seed), random.Random(seed)
        first = made.terms.disbursed
        last = max(item.day for item in made.entries) + timedelta(days=300)
        moments = list(made.moments())
        moments += [moment - timedelta(microseconds=1) for moment in moments] + [datetime(2040, 1, 1)]
        now, known = segments(made), history(made)
        assert {row.segment for row in known if row.known_to == STILL} == set(now)
        assert all(row.known_from < row.known_to for row in known)
        # Each entry adds a few stretches, however long the life is; grace that is capitalised adds its own.
        capitalising = made.terms.total_grace + 2
        assert len(known) <= (3 + capitalising) * len(made.moments())
        days = [first + timedelta(days=pick.randrange(-3, (last - first).days)) for _ in range(12)]
        days += [item.value_date for item in made.entries]
        try:
            for day in days:
                check(on(now, day), made, day, None)
                moment = pick.choice(moments)
                check(on(as_known(made, moment), day), made, day, moment)
        except AssertionError as error:
            raise AssertionError(f"the loan of seed {seed} on {day}: {error}") from error


def test_days_late_are_counted_from_the_oldest_unpaid_due_date() -> None:
    first, second, third = segments(TWO_PAID)
    assert (first.from_date, first.late_since, first.balance) == (TERMS.disbursed, FEB, 3_000_000)
    assert (second.from_date, second.late_since) == (FEB, MAR)
    assert (third.from_date, third.late_since, third.to_date) == (MAR, APR, NO_END)
    assert [third.days_late(APR + timedelta(days=days)) for days in (-1, 0, 1, 61)] == [0, 0, 1, 61]


def test_what_is_paid_off_is_never_late() -> None:
    paid = loan(pay("all", FEB, 3_060_000), policy=TWO_PAID.policy)
    assert state(paid, FEB).position.unpaid > 0
    rest = state(paid, FEB).position.unpaid
    over = segments(added(paid, pay("rest", MAR, str(rest))))[-1]
    assert (over.is_open, over.late_since, over.balance) == (False, None, 0)


def test_capitalised_interest_moves_the_balance_without_an_entry() -> None:
    grace = replace(TERMS, principal_grace=2, total_grace=2, capitalise=True)
    found = segments(loan(terms=grace))
    assert [segment.from_date for segment in found] == [TERMS.disbursed, FEB, MAR]
    assert [segment.balance for segment in found] == [3_000_000, 3_060_000, 3_121_200]


def test_a_reversal_closes_what_was_known_and_opens_it_again() -> None:
    paid = pay("one", FEB, 283_679)
    at = datetime(2026, 3, 1, 9)
    undone = added(loan(paid), undo("back", paid, at))
    rows = history(undone)
    assert [(row.segment.from_date, row.known_to == STILL) for row in rows] == [
        (TERMS.disbursed, False),
        (TERMS.disbursed, False),
        (FEB, False),
        (TERMS.disbursed, True),
    ]
    assert rows[1].known_to == rows[3].known_from == at
    assert segments(undone) == segments(loan())
    assert segments(undone, at - timedelta(microseconds=1)) == segments(loan(paid))


def test_postings_of_one_moment_are_known_together() -> None:
    noon = datetime(2026, 4, 1, 12)
    both = loan(pay("one", FEB, 283_679, posted_at=noon), pay("two", MAR, 283_679, posted_at=noon))
    assert {row.known_from for row in history(both)} == {both.entries[0].posted_at, noon}


def test_money_that_came_back_leaves_no_stretch() -> None:
    out = loan().entries[0]
    back = added(loan(), undo("back", out, datetime(2026, 1, 20)))
    assert segments(back) == ()
    assert [row.known_to for row in history(back)] == [datetime(2026, 1, 20)]


def test_status_of_what_changed() -> None:
    changed = segments(added(TWO_PAID, again(date(2026, 5, 2), "waive")))[-1]
    assert (changed.is_restructured, changed.late_since) == (True, date(2026, 6, 2))
    gone = segments(added(TWO_PAID, entry("off", "write_off", date(2026, 9, 1))))[-1]
    assert (gone.is_written_off, gone.is_open, gone.balance, gone.late_since) == (True, False, 0, None)


def test_difference() -> None:
    before, after = segments(loan()), segments(TWO_PAID)
    assert difference(before, after) == (before, after)
    assert difference(after, after) == ((), ())
    assert sum((segment.disbursed for segment in after), D(0)) == 9_000_000
