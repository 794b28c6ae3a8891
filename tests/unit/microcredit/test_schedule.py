"""Golden schedules and the properties that every schedule keeps."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from social_crm.microcredit.domain.schedule import (
    MAX_PRINCIPAL,
    ScheduleError,
    Terms,
    add_months,
    build,
    effective_annual_rate,
)


def terms(**changes: object) -> Terms:
    values: dict[str, object] = {
        "principal": Decimal(3_000_000),
        "rate": Decimal("0.02"),
        "periods": 12,
        "disbursed": date(2026, 1, 15),
        "first_due": date(2026, 2, 15),
    } | changes
    return Terms(**values)  # type: ignore[arg-type]


def test_golden_equal_instalment() -> None:
    """3,000,000 at 2 % a month over 12 months; computed independently with the annuity formula."""
    schedule = build(terms())
    assert [row.total for row in schedule.rows] == [Decimal(283_679)] * 11 + [Decimal(283_675)]
    assert (schedule.rows[0].interest, schedule.rows[0].principal) == (Decimal(60_000), Decimal(223_679))
    assert schedule.total_interest == Decimal(404_144)
    assert schedule.total == Decimal(3_404_144)
    assert schedule.rows[-1].balance == 0
    assert schedule.rows[0].due == date(2026, 2, 15)
    assert schedule.rows[-1].due == date(2027, 1, 15)


def test_without_interest() -> None:
    schedule = build(terms(principal=Decimal(100), rate=Decimal(0), periods=3))
    assert [row.total for row in schedule.rows] == [33, 33, 34]


def test_a_single_instalment() -> None:
    (row,) = build(terms(periods=1)).rows
    assert (row.principal, row.interest, row.balance) == (3_000_000, 60_000, 0)


def test_broken_days_are_charged_once() -> None:
    """Ten days more (30E/360) before the first instalment: 20,000 more interest in row 1, nothing else moves."""
    regular, late = build(terms()), build(terms(first_due=date(2026, 2, 25)))
    assert late.rows[0].interest == regular.rows[0].interest + 20_000
    assert [row.principal for row in late.rows] == [row.principal for row in regular.rows]
    assert [row.interest for row in late.rows[1:]] == [row.interest for row in regular.rows[1:]]


def test_a_short_first_period() -> None:
    row = build(terms(disbursed=date(2026, 1, 31), first_due=date(2026, 2, 10))).rows[0]
    assert row.interest == Decimal(20_000)


def test_due_dates_stay_on_the_day_of_the_first() -> None:
    rows = build(terms(disbursed=date(2026, 12, 31), first_due=date(2027, 1, 31), periods=4)).rows
    assert [row.due for row in rows] == [
        date(2027, 1, 31),
        date(2027, 2, 28),
        date(2027, 3, 31),
        date(2027, 4, 30),
    ]


def test_a_currency_with_decimals() -> None:
    schedule = build(terms(principal=Decimal("1000.10"), decimals=2))
    assert sum(row.principal for row in schedule.rows) == Decimal("1000.10")
    assert schedule.rows[0].interest == Decimal("20.00")


def test_the_largest_loan() -> None:
    schedule = build(terms(principal=MAX_PRINCIPAL, periods=36))
    assert sum(row.principal for row in schedule.rows) == MAX_PRINCIPAL


def test_the_longest_loan() -> None:
    assert len(build(terms(principal=MAX_PRINCIPAL, rate=Decimal("0.001"), periods=1200)).rows) == 1200


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"principal": Decimal(0)}, "principal"),
        ({"principal": Decimal(-1)}, "principal"),
        ({"principal": Decimal("NaN")}, "principal"),
        ({"principal": Decimal(10) ** 40}, "principal"),
        ({"principal": Decimal("100.5")}, "principal"),
        ({"rate": Decimal("-0.01")}, "rate"),
        ({"rate": Decimal("1e18") + 1}, "rate"),
        ({"rate": Decimal("Infinity")}, "rate"),
        ({"periods": 0}, "periods"),
        ({"periods": 1201}, "periods"),
        ({"principal": Decimal(10), "periods": 100}, "periods"),
        ({"first_due": date(2026, 1, 15)}, "first_due"),
        ({"first_due": date(9999, 6, 1)}, "first_due"),
        ({"method": "none"}, "method"),
        ({"frequency": "daily"}, "frequency"),
        ({"decimals": 5}, "decimals"),
    ],
)
def test_refused_terms_name_the_field(changes: dict[str, object], field: str) -> None:
    with pytest.raises(ScheduleError) as caught:
        build(terms(**changes))
    assert caught.value.field == field


def test_effective_annual_rate() -> None:
    assert effective_annual_rate(Decimal("0.02")) == Decimal("0.268242")
    assert effective_annual_rate(Decimal("0.0205")) == Decimal("0.275722")


def test_add_months() -> None:
    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert add_months(date(2026, 12, 1), 1) == date(2027, 1, 1)
    assert add_months(date(2026, 1, 15), -1) == date(2025, 12, 15)


@settings(max_examples=300, deadline=None)
@given(
    principal=st.integers(1_000, 500_000_000),
    rate=st.integers(0, 1_000),
    periods=st.integers(1, 120),
    gap=st.integers(1, 60),
)
def test_every_schedule(principal: int, rate: int, periods: int, gap: int) -> None:
    agreed = terms(
        principal=Decimal(principal),
        rate=Decimal(rate) / 10_000,
        periods=periods,
        first_due=date(2026, 1, 15) + timedelta(days=gap),
    )
    try:
        schedule = build(agreed)
    except ScheduleError as error:
        assume(error.field != "periods")
        raise
    rows = schedule.rows
    assert sum(row.principal for row in rows) == principal
    assert rows[-1].balance == 0
    assert len(rows) <= periods
    opening = Decimal(principal)
    for row in rows:
        assert row.principal > 0
        assert row.interest >= 0
        assert row.total == row.principal + row.interest + row.fees
        assert row.balance == opening - row.principal >= 0
        assert row.total == row.total.to_integral_value()
        opening = row.balance
    # All instalments between the first (broken days) and the last (residue) are equal.
    assert len({row.total for row in rows[1:-1]}) <= 1
    assert [row.due for row in rows] == sorted({row.due for row in rows})
