"""The portfolio on a day and between two days."""

from datetime import date
from decimal import Decimal

import pytest
from ledger_cases import loan, pay

from social_crm.microcredit.domain import portfolio
from social_crm.microcredit.domain.ledger import state
from social_crm.microcredit.domain.portfolio import ProvisionRange, Standing

D = Decimal
RANGES = (
    ProvisionRange(0, D("0.01")),
    ProvisionRange(30, D("0.05")),
    ProvisionRange(90, D("0.5")),
    ProvisionRange(None, D(1)),
)


def standing(key: str, balance: int, days: int = 0, **more: object) -> Standing:
    return Standing(key, D(balance), days, **more)  # type: ignore[arg-type]


def test_ranges_begin_and_end_where_they_say() -> None:
    days = (0, 1, 30, 31, 60, 61, 90, 91, 180, 181)
    assert [portfolio.ageing_of(day) for day in days] == [
        "0", "1-30", "1-30", "31-60", "31-60", "61-90", "61-90", "91-180", "91-180", "181+",
    ]  # fmt: skip


def test_restructured_loans_are_shown_apart() -> None:
    found = portfolio.risk(
        [standing("a", 600), standing("b", 300, 60), standing("c", 100, 61, is_restructured=True)]
    )
    assert found.gross == 1000
    assert found.par == {1: D("0.4"), 30: D("0.4"), 60: D("0.1"), 90: 0}
    assert (found.restructured, found.restructured_share) == (100, D("0.1"))
    assert found.ageing["31-60"] == 300
    assert portfolio.risk([]).restructured_share == 0


def test_provisions_by_range() -> None:
    amounts = [portfolio.provision(standing("a", 1050, day), RANGES) for day in (0, 1, 30, 31, 90, 91)]
    assert amounts == [11, 53, 53, 525, 525, 1050]
    for wrong in (
        RANGES[:-1],
        RANGES[::-1],
        (),
        (RANGES[1], RANGES[0], RANGES[-1]),
        (RANGES[-1], RANGES[-1]),
    ):
        with pytest.raises(ValueError, match="no end"):
            portfolio.provision(standing("a", 1), wrong)


def test_cohorts() -> None:
    assert portfolio.cohort_of(date(2026, 3, 31)) == "2026-03"
    assert [portfolio.cohort_of(date(2026, month, 1), "quarter") for month in (1, 3, 4, 12)] == [
        "2026-Q1", "2026-Q1", "2026-Q2", "2026-Q4",
    ]  # fmt: skip
    assert portfolio.cohort_of(date(2026, 3, 31), "year") == "2026"
    assert portfolio.months_on_book(date(2026, 1, 31), date(2026, 2, 28)) == 0
    assert portfolio.months_on_book(date(2026, 1, 28), date(2026, 2, 28)) == 1
    assert portfolio.months_on_book(date(2026, 1, 28), date(2025, 2, 28)) == 0


def test_vintages_divide_by_what_is_outstanding() -> None:
    january, february = date(2026, 1, 10), date(2026, 2, 10)
    snapshots = {
        date(2026, 3, 31): [
            standing("a", 100, 31, disbursed_on=january),
            standing("b", 300, disbursed_on=january),
            standing("c", 50, disbursed_on=february),
        ],
        date(2026, 1, 31): [
            standing("a", 500, disbursed_on=january),
            standing("c", 0, disbursed_on=february),
            standing("x", 1),
        ],
    }
    assert portfolio.vintages(snapshots) == {
        "2026-01": {date(2026, 1, 31): 0, date(2026, 3, 31): D("0.25")},
        "2026-02": {date(2026, 3, 31): 0},
    }
    assert portfolio.vintages(snapshots, days=31)["2026-01"][date(2026, 3, 31)] == 0


def test_roll_rates() -> None:
    before = [
        standing("a", 100),
        standing("b", 300),
        standing("c", 100, 5),
        standing("d", 100, 5),
        standing("e", 0),
    ]
    after = [
        standing("a", 90), standing("b", 290, 12), standing("c", 0, is_written_off=True), standing("new", 500),
    ]  # fmt: skip
    assert portfolio.roll_rates(before, after) == {
        "0": {"0": D("0.25"), "1-30": D("0.75")},
        "1-30": {"written_off": D("0.5"), "paid": D("0.5")},
    }


def test_what_is_expected_and_to_be_collected() -> None:
    made = loan(pay("a", date(2026, 2, 15), 100_000))
    day = date(2026, 3, 1)
    instalments = state(made, day).position.instalments
    flows = portfolio.expected_by_month(instalments, day)
    assert list(flows)[:2] == ["overdue", "2026-03"]
    assert flows["overdue"].principal == 183_679
    assert flows["overdue"].interest == 0
    # 14 days of default interest on 183,679.
    assert flows["overdue"].total == 183_679 + 1_706
    assert flows["2026-03"].total == 283_679
    assert list(portfolio.expected_by_month(instalments, day, "quarter"))[:2] == ["overdue", "2026-Q1"]
    week, overdue = portfolio.due_between(instalments, date(2026, 3, 9), date(2026, 3, 15))
    assert [item.row.number for item in week] == [2]
    assert [item.row.number for item in overdue] == [1]
    assert portfolio.due_between(instalments, date(2026, 3, 16), date(2026, 3, 20))[0] == ()


def test_vintages_by_age_wait_for_the_youngest_loan() -> None:
    """Disbursed on 1 and 31 January: two months later is 1 and 31 March, and the second is not reached on 15 March."""
    first, second = date(2026, 1, 1), date(2026, 1, 31)
    at_start = [Standing("a", D(100), 0, disbursed_on=first), Standing("b", D(300), 0, disbursed_on=second)]
    later = [Standing("a", D(100), 40, disbursed_on=first), Standing("b", D(300), 0, disbursed_on=second)]
    seen = {0: at_start, 1: later, 2: [Standing("a", D(100), 70, disbursed_on=first)]}
    assert portfolio.vintages_by_age(seen, date(2026, 3, 15)) == {"2026-01": {0: D(0), 1: D("0.25")}}
    assert portfolio.day_of_age(second, 1) == date(2026, 2, 28)
