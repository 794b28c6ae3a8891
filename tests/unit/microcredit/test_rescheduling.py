"""Tranches, prepayments and restructurings, with figures reckoned by hand."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from ledger_cases import (
    APR,
    DEFAULT,
    DISBURSED,
    FEB,
    IN_BETWEEN,
    MAR,
    TERMS,
    TWO_PAID,
    D,
    added,
    again,
    entry,
    loan,
    pay,
    prepay,
    refused,
)

from social_crm.microcredit.domain import methods, rescheduling
from social_crm.microcredit.domain.entries import PREPAYMENT_MODES, LedgerError, Loan, Policy
from social_crm.microcredit.domain.ledger import payoff, state
from social_crm.microcredit.domain.schedule import Fee, SeasonalDue, Tranche, build


def test_what_closes_the_loan_on_a_day() -> None:
    """2,548,168 and the interest of 15 of 30 days: 25,481.68."""
    assert payoff(TWO_PAID, MAR) == 2_548_168
    assert payoff(TWO_PAID, IN_BETWEEN) == 2_573_650
    assert payoff(loan(), FEB + timedelta(days=10)) == 3_000_000 + 60_000 + 1_484 + 18_509
    assert payoff(loan(), date(2027, 2, 1)) == state(loan(), date(2027, 2, 1)).position.unpaid
    closed = added(TWO_PAID, prepay(IN_BETWEEN, 2_573_650))
    found = state(closed, IN_BETWEEN)
    assert (found.position.status, found.closed_on, found.surplus) == ("Paid", IN_BETWEEN, 0)
    assert found.accounts["interest_income"] == -(60_000 + 55_526 + 25_482)
    assert payoff(closed, IN_BETWEEN) == 0
    assert refused(TWO_PAID, prepay(IN_BETWEEN, 2_573_651)).limit == 2_573_650


def test_prepayment_that_lowers_the_instalment() -> None:
    """1,548,168 over the ten rows left: 1,548,168 x 0.02 / (1 - 1.02^-10) = 172,352.2."""
    found = state(added(TWO_PAID, prepay(IN_BETWEEN, 1_025_482)), IN_BETWEEN)
    of_the_day, first, second = (item.row for item in found.position.instalments[2:5])
    assert (of_the_day.due, of_the_day.principal, of_the_day.interest) == (IN_BETWEEN, 1_000_000, 25_482)
    # The first row repays as after a whole month and charges the 15 days that are left of it.
    assert (first.due, first.principal, first.interest) == (APR, 172_352 - 30_963, 15_482)
    assert second.total == 172_352
    assert len(found.position.instalments) == 13
    assert found.position.balance == 1_548_168
    assert [v.reason for v in found.versions] == ["disbursement", "prepayment"]
    assert found.versions[1].first_new == 4
    assert len(found.versions[1].new_rows) == 10
    assert found.position.instalments[-1].row.due == date(2027, 1, 15)


def test_prepayment_that_shortens_the_term() -> None:
    found = state(added(TWO_PAID, prepay(IN_BETWEEN, 1_025_482, "shorten_term")), IN_BETWEEN)
    rows = found.versions[-1].new_rows
    assert [row.total for row in rows[1:-1]] == [283_679] * 4
    assert rows[0].principal == 283_679 - 30_963
    assert len(rows) == 6
    assert sum(row.principal for row in rows) == 1_548_168


@pytest.mark.parametrize("method", ["equal_principal", "flat"])
def test_prepayment_of_level_principal(method: str) -> None:
    terms = replace(TERMS, method=method)
    start = loan(pay("one", FEB, 310_000), terms=terms)
    shorter = state(added(start, prepay(FEB, 1_000_000, "shorten_term")), FEB).versions[-1].new_rows
    assert [row.principal for row in shorter] == [250_000] * 7
    lower = state(added(start, prepay(FEB, 1_000_000)), FEB).versions[-1].new_rows
    assert [row.principal for row in lower] == [159_091] * 10 + [159_090]
    # The flat charge, too, is on what is left.
    assert lower[0].interest == shorter[0].interest == 35_000


def test_prepayment_of_one_payment_at_the_end() -> None:
    terms = replace(TERMS, method="bullet")
    found = state(
        added(loan(terms=terms), prepay(date(2026, 1, 30), 1_030_000, "shorten_term")),
        DISBURSED + timedelta(30),
    )
    rows = found.versions[-1].new_rows
    assert rows[-1].principal == 2_000_000
    assert [row.interest for row in rows[:2]] == [20_000, 40_000]


def test_prepayment_during_grace_charges_what_was_put_off() -> None:
    """Two rows of 60,000 put off and half of the third: 150,000 before any principal."""
    terms = replace(TERMS, total_grace=4)
    found = state(added(loan(terms=terms), prepay(IN_BETWEEN, 1_150_000)), IN_BETWEEN)
    row = next(item.row for item in found.position.instalments if item.row.due == IN_BETWEEN)
    assert (row.interest, row.principal) == (150_000, 1_000_000)
    assert [item.total for item in found.versions[-1].new_rows[:2]] == [0, 0]
    assert found.versions[-1].new_rows[2].interest == 20_000 + 40_000 + 40_000


def test_a_prepayment_pays_what_is_overdue_first() -> None:
    start = loan()
    day = FEB + timedelta(days=10)
    small = state(added(start, prepay(day, 100_000)), day)
    assert len(small.versions) == 1
    assert small.position.instalments[0].paid == 100_000
    # 285,163 are overdue and 18,509 have run; less than that is an ordinary payment in advance.
    little = state(added(start, prepay(day, 285_163 + 18_509)), day)
    assert len(little.versions) == 1
    more = state(added(start, prepay(day, 285_163 + 18_509 + 1)), day)
    assert more.versions[-1].new_rows[0].balance < 2_776_320
    assert more.position.balance == 2_776_320


def test_a_prepayment_takes_back_what_was_paid_in_advance() -> None:
    """The whole of March was paid in February: on 30 March 283,679 more are principal but for the interest of 15 days."""
    early = loan(pay("one", FEB, 283_679 + 283_679))
    found = state(added(early, prepay(date(2026, 3, 1), 100_000)), date(2026, 3, 1))
    # 16 days (30E/360) of 2,776,321 at 2 %: 29,614.
    assert found.position.balance == 2_776_321 - (283_679 + 100_000 - 29_614)
    assert found.surplus == 0
    assert found.accounts["interest_income"] == -(60_000 + 29_614)
    allocation = found.position.allocation
    assert allocation.of_payment("pre", "interest") == 29_614 - 55_526
    assert sum(share.amount for share in allocation.shares) == 283_679 * 2 + 100_000


def test_a_second_prepayment_and_an_agreed_instalment() -> None:
    terms = replace(TERMS, periods=None, instalment=D(300_000))
    one = added(loan(terms=terms), prepay(FEB, 1_060_000, "shorten_term", key="p1"))
    assert state(one, FEB).position.instalments[1].row.principal == 1_000_000 - 240_000
    shorter = state(one, FEB).versions[-1].new_rows
    assert {row.total for row in shorter[:-1]} == {D(300_000)}
    two = added(one, prepay(MAR, 1_000_000, "lower_instalment", key="p2"))
    lower = state(two, MAR).versions[-1].new_rows
    assert len(lower) == len(shorter) - 1
    assert lower[0].total < 300_000


@pytest.mark.parametrize("mode", ["capitalise", "first_row", "waive"])
def test_restructuring(mode: str) -> None:
    """Nothing was paid by 25 February: 60,000 overdue, 18,509 run since, 1,484 of default interest."""
    day = FEB + timedelta(days=10)
    start = added(loan(), again(day, mode))
    found = state(start, day)
    unpaid = 60_000 + 18_509 + 1_484
    assert found.position.days_late == 0
    assert found.is_restructured
    assert (found.position.status, found.position.overdue) == ("Active", 0)
    rows = found.versions[-1].new_rows
    assert len(rows) == 6
    if mode == "capitalise":
        assert found.position.balance == 3_000_000 + unpaid == sum(row.principal for row in rows)
        assert found.accounts["interest_receivable"] == 0
    else:
        assert found.position.balance == 3_000_000
    if mode == "first_row":
        first = found.position.instalments[0]
        assert (first.default_interest, first.row.interest) == (1_484, rows[0].interest)
        assert first.row.interest == 66_000 + 60_000 + 18_509  # 33 days by 30E/360
        assert state(start, rows[0].due).accounts["interest_income"] == -(60_000 + 18_509 + 66_000)
    if mode == "waive":
        assert found.accounts["waiver_loss"] == unpaid
    # After the end of the new schedule it is owed in full, with default interest on what was carried too.
    assert state(start, rows[-1].due).position.unpaid > sum(row.total for row in rows)


def test_restructuring_with_payments_before_and_in_advance() -> None:
    paid = loan(pay("one", FEB, 283_679 + 155_526))
    day = date(2026, 3, 1)
    found = state(added(paid, again(day, "capitalise")), day)
    # 155,526 had been paid ahead: 29,614 of it is the interest of 16 days, the rest is principal.
    assert found.position.balance == 2_776_321 - (155_526 - 29_614)
    assert [i.row.number for i in found.position.instalments] == list(range(1, 9))
    assert found.position.instalments[1].row.due == day
    after_the_end = date(2027, 3, 1)
    late = state(added(loan(), again(after_the_end, "waive")), after_the_end)
    assert late.position.balance == 3_000_000


def test_signed_rows_are_kept_while_they_add_up() -> None:
    day = FEB
    signed = tuple(replace(row, interest=row.interest + 1, total=row.total + 1) for row in build(TERMS).rows)
    kept = loan()
    kept = replace(kept, rows=signed)
    assert state(kept, day).versions[0].rows == signed
    less = replace(kept, rows=signed[:-1])
    assert state(less, day).versions[0].rows == build(TERMS).rows
    terms = replace(TERMS, first_due=MAR, disbursed=FEB, principal=D(2_776_321), periods=6)
    new_rows = tuple(replace(row, fees=D(7), total=row.total + 7) for row in build(terms).rows)
    agreed = replace(again(FEB, "waive", first_due=MAR), rows=new_rows)
    found = state(loan(pay("one", FEB, 283_679), agreed), FEB)
    assert [row.fees for row in found.versions[-1].new_rows] == [7] * 6
    # A backdated payment changed what was owed: then they are reckoned anew.
    changed = state(loan(pay("one", FEB, 283_680), agreed), FEB)
    assert [row.fees for row in changed.versions[-1].new_rows] == [0] * 6


def test_signed_rows_do_not_count_what_was_carried_twice() -> None:
    day = FEB + timedelta(days=10)
    first = state(loan(again(day, "first_row")), day)
    signed = loan(replace(again(day, "first_row"), rows=first.versions[-1].new_rows))
    assert state(signed, day).position == first.position


def test_interest_run_is_rounded_as_the_loan_rounds() -> None:
    """14 of 30 days of 50,964: 23,783.2."""
    terms = replace(TERMS, interest_rounding="up")
    paid = loan(pay("one", FEB, 283_679), pay("two", MAR, 283_679), terms=terms)
    balance = state(paid, MAR).position.balance
    assert payoff(paid, date(2026, 3, 29)) - balance == 23_784


def test_tranches_as_the_schedule_has_them() -> None:
    second = entry("more", "disbursement", date(2026, 3, 5), 1_000_000)
    first = entry("out", "disbursement", DISBURSED, 2_000_000)
    both = added(Loan(TERMS, (first,), DEFAULT), second)
    planned = replace(
        TERMS, tranches=(Tranche(DISBURSED, D(2_000_000)), Tranche(date(2026, 3, 5), D(1_000_000)))
    )
    found = state(both, date(2026, 3, 5))
    principal = [
        (i.row.number, i.row.due, i.row.principal, i.row.interest) for i in found.position.instalments
    ]
    assert principal == [(r.number, r.due, r.principal, r.interest) for r in build(planned).rows]
    assert found.disbursed == 3_000_000
    assert found.accounts["cash"] == -3_000_000
    assert state(both, FEB).position.instalments[0].row.total == 189_119
    # What was paid ahead of the second tranche stays where it was.
    ahead = added(Loan(TERMS, (first, pay("a", FEB, 189_119 + 50_000)), DEFAULT), second)
    assert state(ahead, date(2026, 3, 5)).position.instalments[1].paid == 50_000
    too_much = refused(both, entry("x", "disbursement", date(2026, 3, 6), 1))
    assert (too_much.reason, too_much.limit) == ("above_agreed", 0)
    assert (
        refused(Loan(TERMS, (first,), DEFAULT), entry("x", "disbursement", date(2027, 3, 6), 1)).reason
        == "date"
    )
    after_change = added(Loan(TERMS, (first,), DEFAULT), prepay(FEB, 500_000))
    assert refused(after_change, second).reason == "changed_schedule"


@pytest.mark.parametrize("residue", ["last", "first"])
def test_what_was_paid_in_advance_of_a_further_part_is_placed_anew(residue: str) -> None:
    """Two parts, and 700,000 paid ahead between them: no row holds more than it charges, and the rows are what is owed."""
    terms = replace(TERMS, residue=residue, day_count="actual/360")
    first = entry("out", "disbursement", DISBURSED, 2_000_000)
    made = Loan(terms, (first, pay("early", FEB, 700_000)), Policy())
    made = added(made, entry("more", "disbursement", MAR, 1_000_000))
    found = state(made, MAR)
    rows = [item.row for item in found.position.instalments]
    assert sum(row.principal for row in rows) == 3_000_000
    assert found.position.paid == 700_000
    assert found.surplus == 0
    for item in found.position.instalments:
        assert item.unpaid >= 0
        assert item.paid_principal <= item.row.principal
        assert item.paid_interest <= item.row.interest


FEES = (
    Fee("Estudio", "upfront", "share", D("0.01")),
    Fee("Garantía", "financed", "amount", D(30_000)),
    Fee("Cobro", "per_instalment", "amount", D(1_500)),
)


def test_terms_of_what_has_been_handed_over() -> None:
    """Fees stay those of the whole amount agreed, in money; of parts the last row takes the residue."""
    agreed = replace(TERMS, fees=FEES, residue="first")
    first, second = Tranche(TERMS.disbursed, D(2_000_000)), Tranche(MAR, D(1_000_000))
    money = tuple(
        Fee(name, when, "amount", value)
        for name, when, value in (
            ("Estudio", "upfront", D(30_000)),
            ("Garantía", "financed", D(30_000)),
            ("Cobro", "per_instalment", D(1_500)),
        )
    )
    part = replace(agreed, principal=D(2_000_000), fees=money, residue="last")
    assert rescheduling.drawn(agreed, [first]) == part
    both = replace(agreed, fees=money, residue="last", tranches=(first, second))
    assert rescheduling.drawn(agreed, [first, second]) == both
    whole = Tranche(TERMS.disbursed, D(3_000_000))
    assert rescheduling.drawn(agreed, [whole]) == replace(agreed, fees=money)


def test_terms_of_what_a_prepayment_leaves() -> None:
    """The rest of the rows, charges of each instalment alone, and nothing of parts or of the first residue."""
    old = replace(TERMS, fees=FEES, residue="first", tranches=(Tranche(TERMS.disbursed, D(3_000_000)),))
    run = methods.run_at(old, IN_BETWEEN)
    assert run is not None
    left = replace(
        old, principal=D(1_000_000), disbursed=IN_BETWEEN, first_due=APR, periods=10, fees=FEES[2:], tranches=(),
        residue="last",
    )  # fmt: skip
    assert rescheduling.after_prepayment(old, run, D(1_000_000), IN_BETWEEN, "lower_instalment") == left
    shorter = rescheduling.after_prepayment(old, run, D(1_000_000), IN_BETWEEN, "shorten_term")
    assert shorter == replace(left, periods=None, instalment=run.level)
    # A level that would not repay what is left in its time cannot be kept.
    assert rescheduling.after_prepayment(old, run, D(10**9), IN_BETWEEN, "shorten_term") == replace(
        left, principal=D(10**9)
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"method": "bullet"},
        {"principal_grace": 6},
        {
            "method": "equal_principal",
            "frequency": "seasonal",
            "periods": None,
            "calendar": (SeasonalDue(MAR, D(1)), SeasonalDue(APR, D(1)), SeasonalDue(date(2026, 8, 1), D(2))),
        },
    ],
)
def test_without_a_level_amount_no_term_is_shortened(changes: dict[str, object]) -> None:
    old = replace(TERMS, **changes)  # type: ignore[arg-type]
    day = date(2026, 3, 1)
    run = methods.run_at(old, day)
    assert run is not None
    both = [rescheduling.after_prepayment(old, run, D(1_000_000), day, mode) for mode in PREPAYMENT_MODES]
    assert both[0] == both[1]
    assert both[0].instalment is None
    if old.calendar:
        assert both[0].calendar == old.calendar[run.number - 1 :]


def test_terms_of_what_is_agreed_anew() -> None:
    new = replace(TERMS, fees=FEES, periods=18, tranches=(Tranche(TERMS.disbursed, D(3_000_000)),))
    made = rescheduling.restructured(new, D("1234567.89"), MAR, 2)
    assert made == replace(
        new, principal=D("1234567.89"), disbursed=MAR, decimals=2, fees=FEES[2:], tranches=()
    )
    with pytest.raises(LedgerError) as caught:
        rescheduling.rows_of(replace(TERMS, periods=0))
    assert caught.value.reason == "terms"
    assert str(caught.value) == "periods: The number of instalments must be from 1 to 1200."


def shared(made: Loan, day: date) -> dict[str, Decimal]:
    """What each entry placed in all; money that was taken back and placed anew comes to nothing."""
    found: dict[str, Decimal] = {}
    for share in state(made, day).position.allocation.shares:
        found[share.payment] = found.get(share.payment, D(0)) + share.amount
    return found


@pytest.mark.parametrize("mode", PREPAYMENT_MODES)
@pytest.mark.parametrize("day", [MAR, IN_BETWEEN, date(2027, 2, 1)])
def test_each_entry_names_what_it_placed(day: date, mode: str) -> None:
    made = added(TWO_PAID, prepay(day, 1_000_000, mode))
    assert shared(made, day) == {"one": 283_679, "two": 283_679, "pre": 1_000_000}
    early = added(loan(pay("early", FEB, 700_000)), again(IN_BETWEEN, "capitalise"))
    assert shared(early, IN_BETWEEN) == {"early": 700_000, "again": 0}
    first = entry("out", "disbursement", DISBURSED, 2_000_000)
    part = added(
        Loan(TERMS, (first, pay("early", FEB, 700_000)), Policy()),
        entry("more", "disbursement", MAR, 1_000_000),
    )
    assert shared(part, MAR) == {"early": 700_000, "more": 0}
