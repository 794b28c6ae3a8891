"""Where payments go and where a loan stands: what the ledger makes of one schedule and its payments."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_cases import DISBURSED, FEB, TERMS, D, loan, pay, refused, undo

from social_crm.microcredit.domain.allocation import Allocation
from social_crm.microcredit.domain.arrears import Position
from social_crm.microcredit.domain.entries import Entry, Policy
from social_crm.microcredit.domain.ledger import accept, state
from social_crm.microcredit.domain.portfolio import portfolio_at_risk
from social_crm.microcredit.domain.schedule import Fee, Terms

# Without default interest: 3,404,144 in all, 283,679 a row (60,000 + 223,679 in the first), 283,675 in the last.
PLAIN = Policy()


def standing(
    payments: list[Entry], day: date = FEB, terms: Terms = TERMS, policy: Policy = PLAIN
) -> Position:
    return state(loan(*payments, terms=terms, policy=policy), day).position


def shares(*payments: Entry, terms: Terms = TERMS, policy: Policy = PLAIN) -> Allocation:
    return standing(list(payments), max(one.value_date for one in payments), terms, policy).allocation


def test_interest_before_principal() -> None:
    allocation = shares(pay("a", FEB, 100_000))
    assert allocation.paid(1, "interest") == 60_000
    assert allocation.paid(1, "principal") == 40_000
    assert allocation.of_payment("a", "interest") == 60_000
    assert allocation.of_payment("a", "principal") == 40_000


def test_principal_first_is_a_matter_of_order() -> None:
    order = ("principal", "interest", "fees", "insurance", "default_interest")
    found = standing([pay("a", FEB, 100_000)], policy=Policy(order))
    assert found.allocation.paid(1, "principal") == found.instalments[0].paid_principal == 100_000
    with pytest.raises(ValueError, match="each component once"):
        standing([], policy=Policy(("interest",)))


def test_the_oldest_instalment_first() -> None:
    allocation = shares(pay("a", FEB, 283_679 + 55_526 + 1))
    assert allocation.paid(1, "principal") == 223_679
    assert allocation.paid(2, "interest") == 55_526
    assert allocation.paid(2, "principal") == 1
    assert allocation.unplaced == 0


def test_value_date_decides_and_then_posting() -> None:
    late_entry = pay("late", date(2026, 2, 1), 60_000, posted_at=datetime(2026, 2, 20))
    first = pay("first", date(2026, 2, 10), 60_000)
    allocation = shares(first, late_entry)
    assert allocation.of_payment("late", "interest") == 60_000
    assert allocation.of_payment("first", "principal") == 60_000
    same_day = shares(
        pay("b", FEB, 60_000, posted_at=datetime(2026, 2, 15, 12)),
        pay("a", FEB, 60_000, posted_at=datetime(2026, 2, 15, 15)),
    )
    assert same_day.of_payment("b", "interest") == 60_000


@pytest.mark.parametrize(
    ("payment", "reason"),
    [
        (pay("x", FEB, 0), "amount"),
        (pay("x", FEB, -1), "amount"),
        (pay("x", FEB, "NaN"), "amount"),
        (pay("x", date(2026, 1, 14), 10), "before_disbursement"),
        (pay("x", FEB, 3_404_145), "above_debt"),
    ],
)
def test_refused_payments(payment: Entry, reason: str) -> None:
    assert refused(loan(policy=PLAIN), payment).reason == reason


def test_paying_all_of_it_is_accepted() -> None:
    accept(loan(policy=PLAIN), pay("x", FEB, 3_404_144))
    almost = loan(pay("a", FEB, 3_404_143), policy=PLAIN)
    accept(almost, pay("x", FEB, 1))
    assert refused(almost, pay("x", FEB, 2)).limit == 1


def test_components_are_paid_in_their_order_by_several_payments() -> None:
    terms = replace(TERMS, fees=(Fee("x", "per_instalment", "amount", D(10)),))
    first = shares(pay("a", FEB, 4), pay("b", FEB, 7, posted_at=datetime(2026, 2, 15, 13)), terms=terms)
    assert (first.of_payment("a", "fees"), first.of_payment("b", "fees")) == (4, 6)
    assert first.of_payment("b", "interest") == 1


def test_a_payment_on_the_day_of_disbursement_is_the_first_that_is_taken() -> None:
    assert refused(loan(), pay("x", DISBURSED - timedelta(days=1), 1)).reason == "before_disbursement"
    assert accept(loan(), pay("x", DISBURSED, 1)).value_date == DISBURSED


def test_on_the_due_date_nothing_is_late() -> None:
    on_the_day = standing([])
    assert (on_the_day.days_late, on_the_day.overdue, on_the_day.status) == (0, 0, "Active")
    assert (on_the_day.next_due, on_the_day.next_amount) == (date(2026, 2, 15), 283_679)
    next_day = standing([], date(2026, 2, 16))
    assert (next_day.days_late, next_day.overdue, next_day.status) == (1, 283_679, "In Arrears")
    assert next_day.overdue_principal == 223_679
    assert next_day.next_due == date(2026, 3, 15)


def test_days_late_count_from_the_oldest_unpaid_instalment() -> None:
    payments = [pay("a", FEB, 283_679), pay("b", date(2026, 3, 15), 100_000)]
    late = standing(payments, date(2026, 4, 20))
    assert late.days_late == (date(2026, 4, 20) - date(2026, 3, 15)).days == 36
    assert late.overdue == 283_679 * 2 - 100_000
    assert late.paid == 383_679
    assert late.balance == 3_000_000 - 223_679 - (100_000 - 55_526)


def test_paid_off() -> None:
    done = standing([pay("a", FEB, 3_404_144)])
    assert (done.status, done.balance, done.unpaid, done.next_due) == ("Paid", 0, 0, None)
    assert standing([pay("a", FEB, 3_404_144)], date(2026, 2, 14)).balance == 3_000_000


def test_what_counts_by_value_date_and_knowledge() -> None:
    kept = pay("kept", date(2026, 2, 1), 1)
    undone = pay("undone", date(2026, 2, 2), 2)
    both = loan(kept, undone, undo("undo", undone, datetime(2026, 3, 1)), policy=PLAIN)

    def paid(day: date = FEB, known_at: datetime | None = None) -> Decimal:
        return state(both, day, known_at).position.paid

    assert paid() == 1
    assert paid(known_at=datetime(2026, 2, 20)) == 3
    assert paid(known_at=datetime(2026, 3, 1)) == 1
    assert paid(known_at=datetime(2026, 2, 1, 12)) == 1
    assert paid(known_at=datetime(2026, 2, 1, 11)) == 0
    assert paid(date(2026, 1, 31)) == 0
    assert paid(date(2026, 2, 1)) == 1


def test_portfolio_at_risk() -> None:
    loans = [(Decimal(100), 0), (Decimal(100), 60), (Decimal(200), 61)]
    assert portfolio_at_risk(loans, 60) == Decimal("0.500000")
    assert portfolio_at_risk(loans, 30) == Decimal("0.750000")
    assert portfolio_at_risk([], 30) == 0


amounts = st.lists(st.tuples(st.integers(1, 400_000), st.integers(0, 500)), max_size=12)


@settings(max_examples=150, deadline=None)
@given(entries=amounts, days=st.integers(0, 600), pick=st.integers(0, 11))
def test_every_history(entries: list[tuple[int, int]], days: int, pick: int) -> None:
    payments: list[Entry] = []
    for number, (amount, after) in enumerate(entries):
        if sum(one.amount for one in payments) + amount <= 3_404_144:
            payments.append(pay(f"p{number}", DISBURSED + timedelta(days=after), amount))
    as_of = DISBURSED + timedelta(days=days)
    found = standing(payments, as_of)
    paid_in = sum((one.amount for one in payments if one.value_date <= as_of), Decimal(0))
    # Every peso that came in is in exactly one place, and nothing falls below zero.
    assert found.allocation.unplaced == 0
    assert sum((s.amount for s in found.allocation.shares), Decimal(0)) == paid_in == found.paid
    assert 0 <= found.balance <= 3_000_000
    assert found.unpaid == 3_404_144 - paid_in >= 0
    assert 0 <= found.overdue <= found.unpaid
    assert all(s.amount > 0 for s in found.allocation.shares)
    assert (found.days_late > 0) == (found.overdue > 0)
    for instalment in found.instalments:
        assert 0 <= instalment.paid <= instalment.row.total
    # An instalment is touched only when all older ones are paid.
    unpaid_seen = False
    for instalment in found.instalments:
        assert not (unpaid_seen and instalment.paid)
        unpaid_seen = unpaid_seen or instalment.unpaid > 0
    # The order of entering does not matter, and reversing an entry restores the state exactly.
    assert standing(payments[::-1], as_of) == found
    extra = pay("extra", DISBURSED + timedelta(days=pick), 1)
    assert standing([*payments, extra, undo("undo", extra, datetime(2030, 1, 1))], as_of) == found
