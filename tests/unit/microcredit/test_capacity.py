"""What a household can pay, and what a solidarity group answers for."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger_cases import TERMS

from social_crm.microcredit.domain.capacity import (
    CapacityError,
    Item,
    capacity,
    highest_a_month,
    highest_principal,
    joint_liability,
)
from social_crm.microcredit.domain.schedule import SeasonalDue, build

D = Decimal


def test_a_household_by_the_month() -> None:
    """1,200,000 a month, 100,000 a week (433,333), half of a harvest of 2,400,000 a year (100,000)."""
    incomes = [
        Item("wages", D(1_200_000)),
        Item("eggs", D(100_000), "weekly"),
        Item("harvest", D(2_400_000), "yearly", D("0.5")),
    ]
    found = capacity(incomes, [Item("food", D(30_000), "daily")], [Item("shop", D(120_000))], D("0.7"))
    assert (found.income, found.expenses, found.debts) == (1_733_333, 912_500, 120_000)
    assert (found.free, found.payable) == (700_833, 490_583)
    poor = capacity([], [Item("food", D(10))])
    assert (poor.free, poor.payable) == (-10, 0)


@pytest.mark.parametrize(
    ("item", "field"),
    [
        (Item("x", D(-1)), "amount"),
        (Item("x", D("NaN")), "amount"),
        (Item("x", D(1), "hourly"), "frequency"),
        (Item("x", D(1), "weekly", D("1.1")), "counted"),
    ],
)
def test_refused_items(item: Item, field: str) -> None:
    with pytest.raises(CapacityError) as caught:
        capacity([item], [])
    assert caught.value.field == field
    with pytest.raises(CapacityError) as caught:
        capacity([], [], share=D("1.5"))
    assert caught.value.field == "share"


def test_what_instalments_take_a_month() -> None:
    assert highest_a_month(build(TERMS)) == 283_679
    quarterly = build(replace(TERMS, frequency="quarterly", first_due=date(2026, 4, 15)))
    assert highest_a_month(quarterly) * 3 == max(row.total for row in quarterly.rows)
    season = replace(
        TERMS, frequency="seasonal", method="equal_principal", periods=None, first_due=date(2026, 7, 15),
        calendar=(SeasonalDue(date(2026, 7, 15), D(1)),), rate=D(0),
    )  # fmt: skip
    # 181 days are 5.95 months.
    assert highest_a_month(build(season)).quantize(D(1)) == 504_144


def test_the_largest_loan_that_fits() -> None:
    found = highest_principal(TERMS, D(100_000))
    assert found == 1_057_000
    assert highest_a_month(build(replace(TERMS, principal=found))) <= 100_000
    assert highest_a_month(build(replace(TERMS, principal=found + 1000))) > 100_000
    assert highest_principal(TERMS, D(10**9)) == 3_000_000
    assert highest_principal(TERMS, D(0)) == 0


def test_the_others_answer_for_one() -> None:
    members = [("ana", D(100)), ("berta", D(200)), ("carla", D(300)), ("dora", D(400))]
    assert joint_liability(members, {"ana": D(100)}) == {"berta": 34, "carla": 33, "dora": 33}
    assert joint_liability(members, {"ana": D(90)}, "by_share") == {"berta": 20, "carla": 30, "dora": 40}
    assert joint_liability(members, {"ana": D(100), "dora": D(50)}) == {"berta": 75, "carla": 75}
    assert joint_liability(members, {}) == {"ana": 0, "berta": 0, "carla": 0, "dora": 0}
    assert joint_liability(members[:1], {"ana": D(100)}) == {}
    assert joint_liability([*members, ("elsa", D(0))], {"ana": D("0.05")}, "by_share", 2)["elsa"] == 0
    idle = [("elsa", D(0)), *members]
    assert joint_liability(idle, {"ana": D(100)}, "by_share") == {
        "elsa": 0,
        "berta": 23,
        "carla": 33,
        "dora": 44,
    }
    for wrong in (
        (members, {"zoe": D(1)}, "equal"),
        ([*members, members[0]], {}, "equal"),
        (members, {"ana": D(-1)}, "equal"),
        (members, {}, "drawn by lot"),
    ):
        with pytest.raises(CapacityError):
            joint_liability(*wrong)


@given(
    debts=st.lists(st.integers(0, 10**9), min_size=1, max_size=12),
    weights=st.lists(st.integers(1, 10**6), min_size=12),
)
def test_shares_of_a_group_add_up(debts: list[int], weights: list[int]) -> None:
    members = [(str(at), D(weights[at])) for at in range(len(debts))]
    overdue = {str(at): D(debt) for at, debt in enumerate(debts) if debt}
    for rule in ("equal", "by_share"):
        shares = joint_liability(members, overdue, rule)
        if len(overdue) < len(members):
            assert sum(shares.values()) == sum(debts)
            assert not set(shares) & set(overdue)
        else:
            assert shares == {}
