"""The journal over many days is the journal day by day; accounts by dated rules; every voucher balances under any rules."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from ledger_cases import FEB, MAR, TWO_PAID, generated, loan, pay, undo

from social_crm.microcredit.domain import account_rules
from social_crm.microcredit.domain.account_rules import AccountRule, Chart, Place
from social_crm.microcredit.domain.accounts import ACCOUNTS
from social_crm.microcredit.domain.fund_journal import fund_voucher
from social_crm.microcredit.domain.journal import Line, journal
from social_crm.microcredit.domain.journal_span import journal_between
from social_crm.microcredit.domain.ledger import state

D = Decimal
START = date(2026, 1, 1)


def test_it_says_what_the_days_say_one_by_one():
    for seed in range(0, 24, 2):
        made = generated(seed)
        days = [made.terms.disbursed, *(entry.day for entry in made.entries)]
        first, last = min(days) - timedelta(days=3), max(days) + timedelta(days=70)
        assert journal_between(made, first, last) == journal(made, first, last), seed
        pick = random.Random(seed)
        start = first + timedelta(days=pick.randrange(90))
        end = start + timedelta(days=pick.randrange(120))
        assert journal_between(made, start, end) == journal(made, start, end), seed


def test_nothing_before_the_loan_and_not_too_many_days():
    assert journal_between(loan(), date(2020, 1, 1), date(2020, 12, 31)) == ()
    assert journal_between(loan(), MAR, FEB) == ()
    with pytest.raises(ValueError):
        journal_between(loan(), date(2000, 1, 1), date(2026, 1, 1))


def test_a_payment_and_its_reversal_mirror_each_other_and_leave_what_ran_meanwhile():
    paid = pay("three", date(2026, 4, 15), 283_679)
    made = loan(*TWO_PAID.entries[1:], paid)
    back = undo("back", paid, paid.posted_at.replace(hour=18))
    found = [v for v in journal_between(loan(*made.entries[1:], back), paid.day, paid.day) if v.source]
    first, second = ({line.account: line.debit - line.credit for line in v.lines} for v in found)
    assert [v.kind for v in found] == ["payment", "reversal"]
    assert {account: -change for account, change in first.items()} == second


def rule(account="cash", code="1", first=START, **more):
    return AccountRule(account, code, f"Account {code}", first, **more)


def test_the_most_specific_rule_in_force():
    chart = Chart(
        [
            rule(code="general"),
            rule(code="later", first=date(2026, 6, 1)),
            rule(code="programme", programme="P"),
            rule(code="product", product="M", valid_to=date(2026, 3, 31)),
            rule(code="both", product="M", programme="P", first=date(2026, 3, 1)),
        ]
    )

    def code(day, programme="", product=""):
        found = chart.rule_for("cash", Place(programme, product), day)
        return found and found.code

    assert code(date(2025, 12, 31)) is None
    assert code(date(2026, 2, 1)) == "general"
    assert code(date(2026, 7, 1)) == "later"
    assert code(date(2026, 7, 1), "P") == "programme"
    assert code(date(2026, 7, 1), "Other") == "later"
    assert code(date(2026, 2, 1), "P", "M") == "product"
    assert code(date(2026, 3, 1), "P", "M") == "both"
    assert code(date(2026, 3, 31), "Q", "M") == "product"
    assert code(date(2026, 4, 1), "Q", "M") == "general"
    assert chart.rule_for("principal", Place(), date(2026, 2, 1)) is None
    assert account_rules.missing(("cash", "principal"), chart, Place(), START) == ("principal",)


def test_rules_that_speak_of_the_same_day_twice():
    old = rule(valid_to=date(2026, 1, 31))
    assert account_rules.overlapping(rule(first=date(2026, 2, 1)), [old]) is None
    assert account_rules.overlapping(rule(first=date(2026, 1, 31)), [old]) is old
    assert account_rules.overlapping(rule(first=date(2025, 1, 1), valid_to=date(2025, 12, 31)), [old]) is None
    assert account_rules.overlapping(rule(first=date(2025, 1, 1)), [old]) is old
    assert account_rules.overlapping(rule(programme="P"), [old]) is None
    assert account_rules.overlapping(rule("principal"), [old]) is None


def test_two_neutral_accounts_that_are_one_of_the_chart_are_netted():
    lines = [
        ("1110", Line("cash", D(100), D(0))),
        ("1370", Line("principal", D(0), D(80))),
        ("1370", Line("interest_receivable", D(0), D(20))),
    ]
    assert account_rules.netted(lines) == (("1110", D(100), D(0)), ("1370", D(0), D(100)))
    assert account_rules.netted([("A", Line("cash", D(5), D(0))), ("A", Line("principal", D(0), D(5)))]) == ()
    assert account_rules.total_of(line for _account, line in lines) == 100


def test_whatever_the_rules_are_every_voucher_balances_and_all_of_them_add_up_to_the_ledger():
    for seed in range(1, 60, 3):
        made, pick = generated(seed), random.Random(seed)
        names = {account: pick.choice("ABCDE") for account in ACCOUNTS}
        first, last = made.terms.disbursed, max(entry.day for entry in made.entries)
        sums = dict.fromkeys("ABCDE", D(0))
        for voucher in journal_between(made, first, last):
            assert account_rules.is_balanced(voucher.lines)
            pairs = [(names[line.account], line) for line in voucher.lines]
            found = account_rules.netted(pairs)
            assert sum((debit - credit for _name, debit, credit in found), D(0)) == 0
            for name, debit, credit in found:
                sums[name] += debit - credit
        expected = dict.fromkeys("ABCDE", D(0))
        for account, amount in state(made, last).accounts.items():
            expected[names[account]] += amount
        assert sums == expected


def test_money_put_into_a_fund_and_taken_out_of_it():
    put_in, taken_out = fund_voucher(FEB, "M1", D(500)), fund_voucher(FEB, "M2", D(-200))
    assert [line.debit - line.credit for line in put_in.lines] == [500, -500]
    assert [line.debit - line.credit for line in taken_out.lines] == [-200, 200]
    assert [(v.kind, v.source, v.is_adjustment) for v in (put_in, taken_out)] == [
        ("contribution", "M1", False),
        ("withdrawal", "M2", False),
    ]
    assert account_rules.is_balanced(put_in.lines)
    with pytest.raises(ValueError):
        fund_voucher(FEB, "M3", D(0))
