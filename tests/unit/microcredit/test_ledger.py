"""The life of a loan in the ledger, with figures reckoned by hand."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from ledger_cases import (
    APR,
    DEFAULT,
    DISBURSED,
    FEB,
    MAR,
    TERMS,
    D,
    added,
    again,
    entry,
    loan,
    open_of,
    pay,
    refused,
    undo,
)

from social_crm.microcredit.domain.entries import Entry, LaterRate, LedgerError, Loan, Policy, first_open_day
from social_crm.microcredit.domain.journal import journal, vouchers
from social_crm.microcredit.domain.journal_span import journal_between
from social_crm.microcredit.domain.ledger import accept, payoff, state
from social_crm.microcredit.domain.replay import Replay
from social_crm.microcredit.domain.schedule import Fee, build


def test_before_and_on_the_day_of_disbursement() -> None:
    assert state(loan(), DISBURSED - timedelta(days=1)).position.status == "Pending"
    found = state(loan(), DISBURSED)
    assert (found.position.status, found.position.balance, found.disbursed) == (
        "Active",
        3_000_000,
        3_000_000,
    )
    assert found.position.unpaid == 3_404_144
    assert (found.accounts["principal"], found.accounts["cash"]) == (3_000_000, -3_000_000)
    assert found.versions[0].rows == build(TERMS).rows
    assert found.versions[0].new_rows == build(TERMS).rows


def test_an_instalment_falls_due_on_its_day() -> None:
    assert state(loan(), FEB - timedelta(days=1)).accounts["interest_receivable"] == 0
    on_the_day = state(loan(), FEB)
    assert on_the_day.accounts["interest_receivable"] == 60_000
    assert (on_the_day.position.days_late, on_the_day.default_interest) == (0, 0)


def test_default_interest_runs_daily_on_overdue_principal_from_the_day_after() -> None:
    """(1.2739)^(1/365) - 1 = 0.00066346 a day on 223,679: 148.40 a day. Never on the 60,000 of interest."""
    assert state(loan(), FEB + timedelta(days=1)).default_interest == 148
    assert state(loan(), FEB + timedelta(days=10)).default_interest == 1_484
    paid = loan(pay("a", FEB + timedelta(days=10), 100_000))
    found = state(paid, FEB + timedelta(days=10))
    shares = {s.component: s.amount for s in found.position.allocation.shares}
    assert shares == {"default_interest": 1_484, "interest": 60_000, "principal": 38_516}
    # 185,163 of principal for 18 days more: 2,211.28, so 3,695.31 in all.
    later = state(paid, MAR)
    assert later.default_interest == 3_695 - 1_484
    assert later.position.instalments[0].default_interest == 3_695
    assert later.position.overdue == 185_163 + 2_211
    assert later.accounts["default_interest_income"] == -3_695


def test_two_overdue_instalments_and_a_change_of_rate() -> None:
    """From 1 March 20 % (0.00049963 a day): 14 days at the first rate, then 15 + 5 days; the second row 5 days."""
    policy = Policy(default_rates=((date(2026, 3, 1), D("0.2")), (date(2020, 1, 1), D("0.2739"))))
    found = state(loan(policy=policy), date(2026, 3, 20))
    first, second = found.position.instalments[:2]
    assert first.default_interest == (D("148.4024") * 13 + D("111.7572") * 20).quantize(D(1))
    assert second.default_interest == (228_153 * D("0.000499636") * 5).quantize(D(1))
    starts_late = Policy(default_rates=((date(2026, 3, 1), D("0.2")),))
    assert state(loan(policy=starts_late), date(2026, 2, 28)).default_interest == 0
    assert state(loan(policy=starts_late), date(2026, 3, 1)).default_interest == 112
    assert state(loan(policy=Policy()), date(2026, 3, 20)).default_interest == 0


def test_only_default_interest_left_is_not_late() -> None:
    order = ("fees", "insurance", "interest", "principal", "default_interest")
    found = state(
        loan(pay("a", FEB + timedelta(days=10), 283_679), policy=replace(DEFAULT, order=order)),
        FEB + timedelta(days=20),
    )
    assert (found.position.days_late, found.position.overdue, found.default_interest) == (0, 1_484, 1_484)
    assert found.position.status == "Active"


def test_backdated_is_as_on_time_and_known_only_later() -> None:
    entered = datetime(2026, 3, 1, 9)
    late_news = added(loan(), pay("a", FEB, 283_679, posted_at=entered))
    on_time = added(loan(), pay("a", FEB, 283_679))
    for day in (FEB, date(2026, 2, 28), date(2026, 6, 1)):
        assert state(late_news, day) == state(on_time, day)
    before = state(late_news, date(2026, 2, 28), known_at=entered - timedelta(seconds=1))
    assert before == state(loan(), date(2026, 2, 28))
    assert before.position.days_late == 13


def test_a_reversal_restores_and_is_known_from_its_own_moment() -> None:
    payment = pay("a", FEB, 283_679)
    undone = added(added(loan(), payment), undo("u", payment, datetime(2026, 4, 1, 9)))
    assert state(undone, APR) == state(loan(), APR)
    assert state(undone, APR, datetime(2026, 4, 1, 8)) == state(loan(payment), APR)
    assert [refused(undone, undo("v", payment, datetime(2026, 4, 2))).reason] == ["already_reversed"]
    again = added(undone, pay("b", FEB, 283_679, posted_at=datetime(2026, 4, 2)))
    assert state(again, APR).position.balance == 2_776_321


def test_paid_in_advance() -> None:
    found = state(loan(pay("a", FEB, 283_679 + 55_526 + 1)), FEB)
    assert (found.position.balance, open_of(found, 2)) == (3_000_000 - 223_679 - 1, 228_152)
    # The interest of March is earned when it is paid, and not again when it falls due.
    assert found.accounts["interest_income"] == -115_526
    assert state(loan(pay("a", FEB, 283_679 + 55_526 + 1)), MAR).accounts["interest_income"] == -115_526
    done = state(loan(pay("a", FEB, 3_404_144)), FEB)
    assert (done.position.status, done.position.balance, done.closed_on) == ("Paid", 0, FEB)


def test_closing_and_opening_again() -> None:
    all_of_it = pay("a", FEB, 3_404_144)
    paid = loan(all_of_it)
    assert state(paid, date(2027, 1, 1)).closed_on == FEB
    assert state(paid, FEB - timedelta(days=1)).closed_on is None
    undone = added(paid, undo("u", all_of_it, datetime(2026, 3, 1)))
    assert state(undone, FEB).closed_on is None


def test_write_off_and_recovery() -> None:
    day = date(2026, 4, 1)
    off = added(loan(pay("one", FEB, 283_679)), entry("off", "write_off", day))
    found = state(off, day)
    assert (found.position.status, found.position.balance, found.position.unpaid) == ("Written Off", 0, 0)
    # 17 days of default interest on 228,153.
    assert found.written_off == {
        "principal": 2_776_321, "interest": 55_526, "fees": 0, "insurance": 0, "default_interest": 2_573,
    }  # fmt: skip
    assert found.accounts["write_off_loss"] == 2_776_321 + 55_526 + 2_573
    assert payoff(off, day) == 0
    recovered = added(off, entry("back", "recovery", date(2026, 6, 1), 500_000))
    later = state(recovered, date(2027, 6, 1))
    assert (later.recovered, later.accounts["recovery_income"]) == (500_000, -500_000)
    assert (later.position.balance, later.closed_on) == (0, None)
    assert refused(off, pay("p", date(2026, 6, 1), 1)).reason == "written_off"
    too_much = refused(recovered, entry("r", "recovery", date(2026, 7, 1), 2_334_421))
    assert (too_much.reason, too_much.limit) == ("above_written_off", 2_334_420)
    assert refused(loan(), entry("r", "recovery", day, 1)).reason == "not_written_off"
    # A payment of an earlier day makes the write-off smaller.
    backdated = added(off, pay("p", MAR, 283_679, posted_at=datetime(2026, 5, 1)))
    assert state(backdated, day).written_off["principal"] == 2_548_168


def test_fees_in_the_accounts() -> None:
    fees = (Fee("a", "upfront", "share", D("0.01")), Fee("b", "financed", "amount", D(50_000)))
    found = state(loan(terms=replace(TERMS, fees=fees)), DISBURSED)
    assert found.accounts["cash"] == -2_970_000
    assert found.accounts["principal"] == found.position.balance == 3_050_000
    assert found.accounts["fees_income"] == -80_000
    insured = state(loan(terms=replace(TERMS, insurance_per_mil=D("0.5"))), FEB)
    assert insured.accounts["insurance_payable"] == -1_500


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        (pay("x", FEB, 0), "amount"),
        (pay("x", FEB, -5), "amount"),
        (pay("x", FEB, "NaN"), "amount"),
        (pay("x", FEB, "0.5"), "amount"),
        (entry("x", "write_off", FEB, 5), "amount"),
        (pay("x", DISBURSED - timedelta(days=1), 5), "before_disbursement"),
        (pay("x", FEB, 5, posted_at=datetime(2026, 2, 14)), "date"),
        (pay("x", FEB, 3_404_145), "above_debt"),
        (pay("x", FEB, 10**15), "above_debt"),
        (pay("out", FEB, 5), "key"),
        (entry("x", "gift", FEB, 5), "kind"),
        (entry("x", "prepayment", FEB, 5), "mode"),
        (entry("x", "restructuring", FEB, mode="capitalise"), "terms"),
        (again(FEB, "forget"), "mode"),
        (again(FEB, "waive", first_due=FEB), "terms"),
        (undo("x", pay("nobody", FEB, 1), datetime(2026, 3, 1)), "unknown_entry"),
        (undo("x", entry("out", "disbursement", FEB, 1), datetime(2026, 3, 1)), "date"),
        (entry("x", "disbursement", FEB, 5), "above_agreed"),
    ],
)
def test_refused_entries(new: Entry, reason: str) -> None:
    assert refused(loan(), new).reason == reason


def test_further_refusals() -> None:
    with_payment = loan(pay("a", FEB, 100))
    out = with_payment.entries[0]
    assert refused(with_payment, undo("x", out, datetime(2026, 3, 1))).reason == "not_reversible"
    undone = added(with_payment, undo("u", with_payment.entries[1], datetime(2026, 3, 1)))
    assert refused(undone, undo("x", undone.entries[2], datetime(2026, 3, 1))).reason == "not_reversible"
    assert state(added(undone, undo("y", out, datetime(2026, 3, 2))), MAR).position.status == "Pending"
    nothing = Loan(TERMS, ())
    assert refused(nothing, pay("a", FEB, 1)).reason == "before_disbursement"
    assert accept(nothing, entry("out", "disbursement", DISBURSED, 100)).posting_day == DISBURSED
    paid = loan(pay("a", FEB, 3_404_144))
    assert refused(paid, entry("x", "write_off", MAR)).reason == "nothing_owed"
    assert refused(paid, again(MAR, "waive")).reason == "nothing_owed"
    assert refused(paid, pay("x", MAR, 1)).limit == 0
    with pytest.raises(ValueError, match="each component once"):
        state(loan(policy=Policy(order=("interest",))), FEB)


def test_closed_days() -> None:
    closed = frozenset({FEB, FEB + timedelta(days=1)})
    late = pay("a", FEB, 283_679, posted_at=datetime(2026, 2, 15, 18))
    posted = accept(loan(), late, closed)
    assert (posted.posting_day, posted.is_adjustment) == (FEB + timedelta(days=2), True)
    assert not accept(loan(), late).is_adjustment
    assert refused(loan(), replace(late, posting_day=FEB), closed).reason == "closed_day"
    every_day = frozenset(FEB + timedelta(days=k) for k in range(500))
    with pytest.raises(LedgerError):
        first_open_day(FEB, every_day)


def test_the_journal_of_a_day() -> None:
    start = added(loan(), pay("a", FEB, 283_679))
    (out,) = vouchers(start, DISBURSED)
    assert [(line.account, line.debit, line.credit) for line in out.lines] == [
        ("cash", 0, 3_000_000),
        ("principal", 3_000_000, 0),
    ]
    accrual, payment = vouchers(start, FEB)
    assert (accrual.kind, accrual.source, payment.kind, payment.source) == ("accrual", "", "payment", "a")
    assert [(line.account, line.debit, line.credit) for line in accrual.lines] == [
        ("interest_receivable", 60_000, 0),
        ("interest_income", 0, 60_000),
    ]
    assert [(line.account, line.debit, line.credit) for line in payment.lines] == [
        ("cash", 283_679, 0),
        ("principal", 0, 223_679),
        ("interest_receivable", 0, 60_000),
    ]
    assert vouchers(start, FEB + timedelta(days=1)) == ()


def test_a_closed_day_never_changes() -> None:
    """Two weeks of default interest were booked; the backdated payment takes them back on the day it is posted."""
    until, posted = date(2026, 2, 28), date(2026, 3, 2)
    before = journal(loan(), DISBURSED, until)
    late_news = added(loan(), pay("a", FEB, 283_679, posted_at=datetime(2026, 3, 2, 9)))
    assert journal(late_news, DISBURSED, until) == before
    accrual, adjustment = vouchers(late_news, posted)
    assert adjustment.is_adjustment
    taken_back = next(line for line in adjustment.lines if line.account == "default_interest_income")
    assert taken_back.debit == sum(
        line.credit - line.debit
        for voucher in (*journal(late_news, DISBURSED, date(2026, 3, 1)), accrual)
        for line in voucher.lines
        if line.account == "default_interest_income"
    )
    with pytest.raises(ValueError, match="3660"):
        journal(loan(), date(2000, 1, 1), date(2026, 1, 1))
    assert journal(loan(), FEB, FEB - timedelta(days=1)) == ()


DECEMBER = date(2026, 12, 1)


def late_rate(**more: object) -> LaterRate:
    """A lower cap of December that is registered on 10 January."""
    known_from = datetime(2027, 1, 10, 9)
    values: dict[str, object] = {
        "first": DECEMBER,
        "rate": D("0.10"),
        "known_from": known_from,
        "day": known_from.date(),
    }
    return LaterRate(**(values | more))  # type: ignore[arg-type]


def test_a_cap_that_is_registered_late_changes_nothing_that_was_known() -> None:
    before = loan()
    after = replace(before, policy=replace(DEFAULT, later_rates=(late_rate(),)))
    day, earlier = date(2027, 1, 31), datetime(2027, 1, 9)
    assert state(after, day, earlier) == state(before, day)
    assert state(after, day).default_interest < state(before, day).default_interest
    # It counts from its first day, as if it had been registered on time.
    on_time = Policy(default_rates=(*DEFAULT.default_rates, (DECEMBER, D("0.10"))))
    assert state(after, day) == state(replace(before, policy=on_time), day)


def test_a_cap_that_was_a_mistake_leaves_no_trace_but_what_was_known_then() -> None:
    gone = datetime(2027, 1, 20, 9)
    mistake = late_rate(known_to=gone, until=gone.date())
    made = replace(loan(), policy=replace(DEFAULT, later_rates=(mistake,)))
    day = date(2027, 1, 31)
    assert state(made, day) == state(loan(), day)
    believed = state(made, day, datetime(2027, 1, 15))
    assert believed.default_interest < state(made, day).default_interest
    assert state(made, day, gone) == state(loan(), day)


def test_a_late_cap_moves_the_accounts_of_the_day_on_which_it_was_registered() -> None:
    made = replace(loan(), policy=replace(DEFAULT, later_rates=(late_rate(),)))
    first, last = DISBURSED, date(2027, 2, 1)
    was, now = journal(loan(), first, last), journal(made, first, last)
    assert [v for v in now if v.day < late_rate().day] == [v for v in was if v.day < late_rate().day]
    adjusted = next(v for v in now if v.day == late_rate().day)
    taken_off = next(line for line in adjusted.lines if line.account == "default_interest_income")
    assert taken_off.debit > 0
    assert journal_between(made, first, last) == now
    sums = dict.fromkeys(state(made, last).accounts, D(0))
    for voucher in now:
        for line in voucher.lines:
            sums[line.account] += line.debit - line.credit
    assert sums == state(made, last).accounts


def test_a_replay_must_say_as_of_which_knowledge() -> None:
    with pytest.raises(ValueError, match="as_known"):
        Replay(replace(loan(), policy=replace(DEFAULT, later_rates=(late_rate(),))))
