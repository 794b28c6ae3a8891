"""A statement of account says what the ledger says, line by line."""

import os
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from ledger_cases import (
    DISBURSED,
    FEB,
    IN_BETWEEN,
    MAR,
    TWO_PAID,
    added,
    entry,
    generated,
    loan,
    pay,
    prepay,
    undo,
)

from social_crm.microcredit.domain.instalments import COMPONENTS
from social_crm.microcredit.domain.ledger import state
from social_crm.microcredit.domain.statement import statement

LOANS = int(os.environ.get("SOCIAL_CRM_LOANS", "40"))
LATER = datetime(2040, 1, 1)


def shown(line) -> tuple:
    return line.entry.key, line.counts, line.paid["principal"], line.paid["interest"], line.balance


def test_every_entry_with_what_it_paid_and_left() -> None:
    found = statement(TWO_PAID, MAR)
    assert [shown(line) for line in found.lines] == [
        ("out", True, 0, 0, 3_000_000),
        ("one", True, 223_679, 60_000, 2_776_321),
        ("two", True, 228_153, 55_526, 2_548_168),
    ]
    assert found.paid == {
        "principal": 451_832,
        "interest": 115_526,
        "fees": 0,
        "insurance": 0,
        "default_interest": 0,
    }
    assert found.state is not None and found.state.position.balance == 2_548_168


def test_arrears_stand_as_they_were_on_the_day_of_each_line() -> None:
    late = loan(pay("late", FEB + timedelta(days=10), 100_000))
    _out, line = statement(late, MAR).lines
    # 223,679 + 60,000 + 1,484 of default interest for ten days, less the 100,000 that came.
    assert (line.overdue, line.days_late) == (185_163, 10)
    assert (line.paid["default_interest"], line.paid["interest"], line.paid["principal"]) == (
        1_484,
        60_000,
        38_516,
    )


def test_a_reversed_entry_and_its_reversal_stand_there_and_move_nothing() -> None:
    wrong = pay("wrong", FEB, 100_000)
    made = loan(wrong, undo("back", wrong, LATER), pay("right", MAR, 283_679))
    lines = statement(made, MAR).lines
    assert [(line.entry.key, line.counts) for line in lines] == [
        ("out", True),
        ("wrong", False),
        ("back", False),
        ("right", True),
    ]
    assert all(not any(line.paid.values()) for line in lines[1:3])
    assert [line.balance for line in lines[:3]] == [3_000_000] * 3
    # Before the reversal was known the payment counted.
    known = statement(made, FEB, datetime(2026, 2, 16))
    assert [(line.entry.key, line.counts) for line in known.lines] == [("out", True), ("wrong", True)]


def test_only_what_had_happened_by_the_day() -> None:
    assert [line.entry.key for line in statement(TWO_PAID, FEB).lines] == ["out", "one"]
    before = statement(TWO_PAID, DISBURSED - timedelta(days=1))
    assert before.lines == () and before.state is None
    assert not any(before.paid.values())


def test_a_prepayment_that_takes_back_what_was_paid_in_advance_adds_up() -> None:
    early = added(TWO_PAID, pay("early", IN_BETWEEN, 400_000))
    made = added(early, prepay(IN_BETWEEN + timedelta(days=1), 500_000))
    found = statement(made, IN_BETWEEN + timedelta(days=1))
    left = state(made, IN_BETWEEN + timedelta(days=1))
    assert found.lines[-1].balance == left.position.balance
    assert sum(found.paid.values()) == 2 * 283_679 + 900_000


def test_a_write_off_and_its_recovery() -> None:
    gone = added(TWO_PAID, entry("gone", "write_off", IN_BETWEEN))
    made = added(gone, entry("some", "recovery", IN_BETWEEN, 100_000))
    write_off, recovery = statement(made, IN_BETWEEN).lines[-2:]
    assert (write_off.balance, write_off.written_off) == (0, 2_548_168)
    assert recovery.written_off == 2_448_168


@pytest.mark.parametrize("seed", range(LOANS))
def test_lines_add_up_to_the_ledger(seed: int) -> None:
    made = generated(seed)
    last = max(one.value_date for one in made.entries)
    found = statement(made, last)
    assert sorted(line.entry.key for line in found.lines) == sorted(one.key for one in made.entries)
    here = state(made, last)
    if found.state is None:
        assert here.position.status == "Pending"
        return
    assert found.state == here
    assert found.lines[-1].balance == here.position.balance
    for component in COMPONENTS:
        shares = (one.amount for one in here.position.allocation.shares if one.component == component)
        assert found.paid[component] == sum(shares)
    done: list = []
    for line in found.lines:
        if line.counts:
            # Each line is what the ledger says of the entries up to it alone.
            done.append(line.entry)
            alone = state(replace(made, entries=tuple(done)), line.entry.value_date)
            position = alone.position
            assert (line.balance, line.overdue, line.days_late) == (
                position.balance,
                position.overdue,
                position.days_late,
            )
        assert line.counts or not any(line.paid.values())
