"""The life of a loan in the ledger, with figures reckoned by hand."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from ledger_cases import DEFAULT, DISBURSED, TERMS, D, added, entry, loan, pay, undo

from social_crm.microcredit.domain.entries import Entry, LedgerError, Loan, Policy, first_open_day
from social_crm.microcredit.domain.journal import journal, vouchers
from social_crm.microcredit.domain.ledger import LoanState, accept, payoff, state
from social_crm.microcredit.domain.schedule import Fee, Tranche, build

FEB, MAR, APR = date(2026, 2, 15), date(2026, 3, 15), date(2026, 4, 15)
# Both paid on their due dates; then 2,548,168 of principal is left.
TWO_PAID = loan(pay("one", FEB, 283_679), pay("two", MAR, 283_679))
IN_BETWEEN = date(2026, 3, 30)


def prepay(day: date, amount: int, mode: str = "lower_instalment", key: str = "pre") -> Entry:
    return entry(key, "prepayment", day, amount, mode=mode)


def again(day: date, mode: str, **terms: object) -> Entry:
    new = replace(TERMS, **({"periods": 6, "first_due": day + timedelta(days=31), "disbursed": day} | terms))
    return entry("again", "restructuring", day, mode=mode, terms=new)


def refused(to: Loan, new: Entry, closed: frozenset[date] = frozenset()) -> LedgerError:
    with pytest.raises(LedgerError) as caught:
        accept(to, new, closed)
    return caught.value


def open_of(found: LoanState, number: int) -> Decimal:
    return next(i.unpaid for i in found.position.instalments if i.row.number == number)


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
