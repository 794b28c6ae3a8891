"""Where payments go, where a loan stands, and that reversing a payment leaves no trace."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from social_crm.microcredit.domain.allocation import (
    AllocationError,
    Payment,
    allocate,
    check_payment,
    outstanding,
)
from social_crm.microcredit.domain.arrears import Posting, live_payments, position
from social_crm.microcredit.domain.portfolio import portfolio_at_risk
from social_crm.microcredit.domain.schedule import Terms, build

DISBURSED = date(2026, 1, 15)
ROWS = build(Terms(Decimal(3_000_000), Decimal("0.02"), 12, DISBURSED, date(2026, 2, 15))).rows


def pay(key: str, amount: int | str, day: date = date(2026, 2, 15), hour: int = 9) -> Payment:
    return Payment(key, day, Decimal(amount), datetime(day.year, day.month, day.day, hour))


def test_interest_before_principal() -> None:
    allocation = allocate(ROWS, [pay("a", 100_000)])
    assert allocation.paid(1, "interest") == 60_000
    assert allocation.paid(1, "principal") == 40_000
    assert allocation.of_payment("a", "interest") == 60_000
    assert allocation.of_payment("a", "principal") == 40_000


def test_principal_first_is_a_matter_of_order() -> None:
    allocation = allocate(
        ROWS, [pay("a", 100_000)], ("principal", "interest", "fees", "insurance", "default_interest")
    )
    assert allocation.paid(1, "principal") == 100_000
    with pytest.raises(ValueError, match="each component once"):
        allocate(ROWS, [], ("interest",))


def test_the_oldest_instalment_first() -> None:
    allocation = allocate(ROWS, [pay("a", 283_679 + 55_526 + 1)])
    assert allocation.paid(1, "principal") == 223_679
    assert allocation.paid(2, "interest") == 55_526
    assert allocation.paid(2, "principal") == 1
    assert allocation.unplaced == 0


def test_value_date_decides_and_then_posting() -> None:
    late_entry = pay("late", 60_000, date(2026, 2, 1), hour=23)
    first = pay("first", 60_000, date(2026, 2, 10))
    allocation = allocate(ROWS, [first, late_entry])
    assert allocation.of_payment("late", "interest") == 60_000
    assert allocation.of_payment("first", "principal") == 60_000
    same_day = allocate(ROWS, [pay("b", 60_000, hour=12), pay("a", 60_000, hour=15)])
    assert same_day.of_payment("b", "interest") == 60_000


@pytest.mark.parametrize(
    ("payment", "reason"),
    [
        (pay("x", 0), "amount"),
        (pay("x", -1), "amount"),
        (pay("x", "NaN"), "amount"),
        (pay("x", 10, date(2026, 1, 14)), "before_disbursement"),
        (pay("x", 3_404_145), "above_debt"),
    ],
)
def test_refused_payments(payment: Payment, reason: str) -> None:
    with pytest.raises(AllocationError) as caught:
        check_payment(ROWS, [], payment, DISBURSED)
    assert caught.value.reason == reason


def test_paying_all_of_it_is_accepted() -> None:
    check_payment(ROWS, [], pay("x", 3_404_144), DISBURSED)
    check_payment(ROWS, [pay("a", 3_404_143)], pay("x", 1), DISBURSED)
    with pytest.raises(AllocationError) as caught:
        check_payment(ROWS, [pay("a", 3_404_143)], pay("x", 2), DISBURSED)
    assert caught.value.limit == 1
    with pytest.raises(AllocationError):
        allocate(ROWS, [pay("a", 0)])


def test_what_no_claim_takes_is_left_over() -> None:
    found = allocate(ROWS, [pay("a", 3_404_144 + 5), pay("b", 7, date(2026, 2, 16))])
    assert found.unplaced == 12
    assert found.of_payment("b", "principal") == 0
    with_fees = [replace(ROWS[0], fees=Decimal(10), total=ROWS[0].total + 10)]
    first = allocate(with_fees, [pay("a", 4), pay("b", 7)])
    assert (first.of_payment("a", "fees"), first.of_payment("b", "fees")) == (4, 6)
    assert first.of_payment("b", "interest") == 1


def test_a_payment_on_the_day_of_disbursement_is_the_first_that_is_taken() -> None:
    with pytest.raises(AllocationError):
        check_payment(ROWS, [], pay("x", 1, DISBURSED - timedelta(days=1)), DISBURSED)
    check_payment(ROWS, [], pay("x", 1, DISBURSED), DISBURSED)


def test_on_the_due_date_nothing_is_late() -> None:
    on_the_day = position(ROWS, [], date(2026, 2, 15))
    assert (on_the_day.days_late, on_the_day.overdue, on_the_day.status) == (0, 0, "Active")
    assert (on_the_day.next_due, on_the_day.next_amount) == (date(2026, 2, 15), 283_679)
    next_day = position(ROWS, [], date(2026, 2, 16))
    assert (next_day.days_late, next_day.overdue, next_day.status) == (1, 283_679, "In Arrears")
    assert next_day.overdue_principal == 223_679
    assert next_day.next_due == date(2026, 3, 15)


def test_days_late_count_from_the_oldest_unpaid_instalment() -> None:
    payments = [pay("a", 283_679), pay("b", 100_000, date(2026, 3, 15))]
    late = position(ROWS, payments, date(2026, 4, 20))
    assert late.days_late == (date(2026, 4, 20) - date(2026, 3, 15)).days == 36
    assert late.overdue == 283_679 * 2 - 100_000
    assert late.paid == 383_679
    assert late.balance == 3_000_000 - 223_679 - (100_000 - 55_526)


def test_paid_off() -> None:
    done = position(ROWS, [pay("a", 3_404_144)], date(2026, 2, 15))
    assert (done.status, done.balance, done.unpaid, done.next_due) == ("Paid", 0, 0, None)
    assert position(ROWS, [pay("a", 3_404_144)], date(2026, 2, 14)).balance == 3_000_000


def test_live_payments_by_value_date_and_knowledge() -> None:
    kept = Posting(pay("kept", 1, date(2026, 2, 1)))
    undone = Posting(pay("undone", 1, date(2026, 2, 2)), reversed_at=datetime(2026, 3, 1))
    both = (kept, undone)
    assert [p.key for p in live_payments(both)] == ["kept"]
    assert [p.key for p in live_payments(both, known_at=datetime(2026, 2, 20))] == ["kept", "undone"]
    assert [p.key for p in live_payments(both, known_at=datetime(2026, 3, 1))] == ["kept"]
    assert [p.key for p in live_payments(both, known_at=datetime(2026, 2, 1, 9))] == ["kept"]
    assert live_payments(both, known_at=datetime(2026, 2, 1, 8)) == ()
    assert live_payments(both, as_of=date(2026, 1, 31)) == ()
    assert [p.key for p in live_payments(both, as_of=date(2026, 2, 1))] == ["kept"]


def test_portfolio_at_risk() -> None:
    loans = [(Decimal(100), 0), (Decimal(100), 60), (Decimal(200), 61)]
    assert portfolio_at_risk(loans, 60) == Decimal("0.500000")
    assert portfolio_at_risk(loans, 30) == Decimal("0.750000")
    assert portfolio_at_risk([], 30) == 0


amounts = st.lists(st.tuples(st.integers(1, 400_000), st.integers(0, 500)), max_size=12)


@settings(max_examples=300, deadline=None)
@given(entries=amounts, days=st.integers(0, 600), pick=st.integers(0, 11))
def test_every_history(entries: list[tuple[int, int]], days: int, pick: int) -> None:
    payments: list[Payment] = []
    for number, (amount, after) in enumerate(entries):
        if amount <= outstanding(ROWS, payments):
            payments.append(pay(f"p{number}", amount, DISBURSED + timedelta(days=after)))
    as_of = DISBURSED + timedelta(days=days)
    state = position(ROWS, payments, as_of)
    counted = [p for p in payments if p.value_date <= as_of]
    paid_in = sum((p.amount for p in counted), Decimal(0))
    # Every peso that came in is in exactly one place, and nothing falls below zero.
    assert state.allocation.unplaced == 0
    assert sum((s.amount for s in state.allocation.shares), Decimal(0)) == paid_in == state.paid
    assert 0 <= state.balance <= 3_000_000
    assert state.unpaid == 3_404_144 - paid_in >= 0
    assert 0 <= state.overdue <= state.unpaid
    assert all(s.amount > 0 for s in state.allocation.shares)
    assert (state.days_late > 0) == (state.overdue > 0)
    for instalment in state.instalments:
        assert 0 <= instalment.paid <= instalment.row.total
    # An instalment is touched only when all older ones are paid.
    unpaid_seen = False
    for instalment in state.instalments:
        assert not (unpaid_seen and instalment.paid)
        unpaid_seen = unpaid_seen or instalment.unpaid > 0
    # The order of entering does not matter, and reversing an entry restores the state exactly.
    assert position(ROWS, payments[::-1], as_of) == state
    extra = pay("extra", 1, DISBURSED + timedelta(days=pick))
    postings = [*(Posting(p) for p in payments), Posting(extra, reversed_at=datetime(2030, 1, 1))]
    assert position(ROWS, live_payments(postings), as_of) == state
