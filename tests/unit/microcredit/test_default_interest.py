"""Default interest of an instalment of which nothing was paid after its due date, against the law's formula and the ledger."""

from datetime import timedelta

import pytest
from ledger_cases import APR, DEFAULT, FEB, MAR, TERMS, D, loan

from social_crm.microcredit.domain.default_interest import daily_rates, days_at, since_due
from social_crm.microcredit.domain.entries import Policy
from social_crm.microcredit.domain.ledger import state
from social_crm.microcredit.domain.rounding import round_to
from social_crm.microcredit.domain.usury import daily_default_interest


@pytest.mark.parametrize("days", [0, 1, 30, 365])
def test_it_runs_from_the_day_after_the_due_date(days: int) -> None:
    exact = daily_default_interest(D(223_679), D("0.2739"), days)
    found = since_due(D(223_679), FEB, FEB + timedelta(days=days), daily_rates(DEFAULT), 0)
    assert found == round_to(exact, 0)


def test_the_same_as_the_ledger_says() -> None:
    unpaid, day = loan(), APR + timedelta(days=9)
    instalments = state(unpaid, day).position.instalments
    assert [item.row.due for item in instalments[:3]] == [FEB, MAR, APR]
    rates = daily_rates(DEFAULT)
    for item in instalments[:3]:
        assert (
            item.default_interest
            == since_due(item.row.principal, item.row.due, day, rates, TERMS.decimals)
            > 0
        )


def test_each_rate_runs_from_its_first_day_on() -> None:
    policy = Policy(default_rates=((FEB + timedelta(days=3), D("0.2")), (MAR, D("0.3"))))
    first, second = (rate for _day, rate in daily_rates(policy))
    # Nothing on 16 and 17 February; the first rate from the 18th to 14 March, the second on 15 and 16 March.
    assert list(days_at(daily_rates(policy), FEB, MAR + timedelta(days=1))) == [(first, 25), (second, 2)]
    assert list(days_at(daily_rates(policy), FEB, FEB + timedelta(days=2))) == []
