"""What a product may add to a plain schedule: grace of everything, fees, insurance, seasons, tranches, holidays, residue."""

from datetime import date
from decimal import Decimal

import pytest

from social_crm.microcredit.domain.dates import business_day, days_30e_360
from social_crm.microcredit.domain.schedule import (
    Fee,
    Schedule,
    ScheduleError,
    SeasonalDue,
    Terms,
    Tranche,
    build,
    true_annual_rate,
)

D = Decimal


def made(**changes: object) -> Schedule:
    values: dict[str, object] = {
        "principal": D(3_000_000),
        "rate": D("0.02"),
        "periods": 12,
        "disbursed": date(2026, 1, 15),
        "first_due": date(2026, 2, 15),
    } | changes
    return build(Terms(**values))  # type: ignore[arg-type]


def refused(**changes: object) -> str:
    with pytest.raises(ScheduleError) as caught:
        made(**changes)
    return caught.value.field


def test_grace_of_everything_capitalised() -> None:
    """3,000,000 x 1.02^2 = 3,121,200 after two rows; then ten rows of 3,121,200 x 0.02 / (1 - 1.02^-10) = 347,472.4."""
    schedule = made(total_grace=2, capitalise=True)
    assert [row.total for row in schedule.rows[:3]] == [0, 0, 347_472]
    assert [row.capitalised for row in schedule.rows[:3]] == [60_000, 61_200, 0]
    assert schedule.rows[1].balance == 3_121_200
    assert sum(row.principal for row in schedule.rows) == 3_000_000 + 121_200
    assert schedule.total == schedule.total_interest + 3_121_200
    assert abs(true_annual_rate(schedule) - D("0.268242")) < D("0.000005")


def test_grace_of_everything_put_off() -> None:
    schedule = made(total_grace=2)
    assert [row.total for row in schedule.rows[:2]] == [0, 0]
    assert schedule.rows[2].interest == 180_000
    assert schedule.rows[2].total == schedule.rows[3].total + 120_000
    assert sum(row.principal for row in schedule.rows) == 3_000_000
    # Interest that waits costs nothing: the true rate is a little lower.
    assert true_annual_rate(schedule) < D("0.268242")


def test_grace_of_everything_then_of_principal() -> None:
    rows = made(total_grace=1, principal_grace=3).rows
    assert [row.total for row in rows[:4]] == [0, 120_000, 60_000, 367_546]


def test_fees_upfront_financed_and_with_each_instalment() -> None:
    fees = (
        Fee("study", "upfront", "share", D("0.01")),
        Fee("papers", "financed", "amount", D(50_000)),
        Fee("visit", "per_instalment", "amount", D(2_000)),
    )
    schedule = made(fees=fees)
    assert (schedule.amount, schedule.net) == (3_050_000, 2_970_000)
    assert {row.fees for row in schedule.rows} == {2_000}
    assert schedule.total_fees == 30_000 + 50_000 + 24_000
    assert sum(row.principal for row in schedule.rows) == 3_050_000
    assert true_annual_rate(schedule, count_fees=False) < D("0.2683") < true_annual_rate(schedule)
    assert refused(fees=(Fee("x", "upfront", "share", D(1)),)) == "fees"
    assert refused(fees=(Fee("x", "later", "share", D(1)),)) == "fees"
    assert refused(fees=(Fee("x", "upfront", "amount", D(-1)),)) == "fees"


def test_an_upfront_fee_in_the_true_rate() -> None:
    """100 for 102 after a month, with 2 held back: 98 grow to 102, (102/98)^12 - 1 = 61.61 %."""
    schedule = made(principal=D(100), periods=1, fees=(Fee("x", "upfront", "amount", D(2)),))
    assert true_annual_rate(schedule) == ((D(102) / 98) ** 12 - 1).quantize(D("0.000001"))
    assert true_annual_rate(schedule, count_fees=False) == D("0.268242")


def test_insurance_per_mil_of_the_balance() -> None:
    schedule = made(insurance_per_mil=D("0.5"))
    assert schedule.rows[0].insurance == 1_500
    assert schedule.rows[1].insurance == 1_388  # 2,776,321 x 0.5 per mil
    assert schedule.rows[0].total == 283_679 + 1_500
    assert schedule.total_insurance == sum(row.insurance for row in schedule.rows)
    assert true_annual_rate(schedule, count_insurance=False) < true_annual_rate(schedule)
    assert (
        made(insurance_per_mil=D(1), frequency="quarterly", first_due=date(2026, 4, 15)).rows[0].insurance
        == 9_000
    )
    assert refused(insurance_per_mil=D(1000)) == "insurance_per_mil"
    waiting = made(insurance_per_mil=D("0.5"), total_grace=2)
    assert [row.insurance for row in waiting.rows[:3]] == [0, 0, 4_500]


def test_a_seasonal_calendar_by_harvest() -> None:
    """Coffee: interest in March, the main harvest in June, the smaller one in December; 30E/360 days between them."""
    calendar = (
        SeasonalDue(date(2026, 3, 30), D(0)),
        SeasonalDue(date(2026, 6, 30), D(2)),
        SeasonalDue(date(2026, 12, 15), D(1)),
    )
    schedule = made(
        frequency="seasonal",
        method="equal_principal",
        periods=None,
        first_due=date(2026, 3, 30),
        calendar=calendar,
    )
    assert [row.principal for row in schedule.rows] == [0, 2_000_000, 1_000_000]
    days = [75, 90, 165]
    assert [
        days_30e_360(a, b)
        for a, b in ((date(2026, 1, 15), date(2026, 3, 30)), (date(2026, 3, 30), date(2026, 6, 30)))
    ] == days[:2]
    assert [row.interest for row in schedule.rows] == [150_000, 180_000, 110_000]
    assert [row.due for row in schedule.rows] == [item.due for item in calendar]
    flat = made(
        frequency="seasonal",
        method="flat",
        periods=3,
        first_due=date(2026, 3, 30),
        calendar=calendar,
        day_count="actual/365",
    )
    assert [row.interest for row in flat.rows] == [145_973, 181_479, 331_397]
    assert D("0.25") < true_annual_rate(schedule) < D("0.28")
    common = {"frequency": "seasonal", "periods": None, "first_due": date(2026, 3, 30)}
    assert refused(**common, method="equal_principal") == "calendar"
    assert refused(**common, calendar=calendar) == "method"
    assert refused(**common, method="flat", calendar=calendar[:2][::-1]) == "calendar"
    assert refused(**common, method="flat", calendar=calendar[:1]) == "calendar"
    assert refused(calendar=calendar) == "calendar"
    assert refused(**common, method="flat", calendar=calendar, principal_grace=1) == "principal_grace"


def test_tranches_cost_interest_from_their_own_day() -> None:
    tranches = (Tranche(date(2026, 1, 15), D(2_000_000)), Tranche(date(2026, 3, 5), D(1_000_000)))
    schedule = made(tranches=tranches)
    first, second, third = schedule.rows[:3]
    # 2,000,000 x 0.02 / (1 - 1.02^-12) = 189,119.2
    assert (first.total, first.interest) == (189_119, 40_000)
    # Ten days of the million (30E/360) come on top in the period in which it was handed over.
    assert second.interest == 43_684  # 37,017.62 + 6,666.67
    assert second.balance == first.balance - second.principal + 1_000_000
    # From then on the level instalment of what is owed over the ten rows left.
    level = (second.balance * D("0.02") / (1 - D("1.02") ** -10)).quantize(D(1))
    assert third.total == level
    assert sum(row.principal for row in schedule.rows) == 3_000_000
    assert abs(true_annual_rate(schedule) - D("0.268")) < D("0.003")
    on_a_due_date = made(tranches=(tranches[0], Tranche(date(2026, 2, 15), D(1_000_000))))
    assert on_a_due_date.rows[1].interest == 57_018
    assert refused(tranches=tranches[:1]) == "tranches"
    assert refused(tranches=tranches[::-1]) == "tranches"
    assert refused(tranches=(tranches[0], Tranche(date(2027, 3, 5), D(1_000_000)))) == "tranches"
    assert refused(tranches=tranches, residue="first") == "residue"


def test_flat_and_equal_principal_in_tranches() -> None:
    tranches = (Tranche(date(2026, 1, 15), D(1_200_000)), Tranche(date(2026, 2, 15), D(1_800_000)))
    flat = made(tranches=tranches, method="flat").rows
    assert [(row.principal, row.interest) for row in flat[:2]] == [(100_000, 24_000), (263_636, 60_000)]
    equal = made(tranches=tranches, method="equal_principal").rows
    assert equal[1].interest == 58_000
    assert sum(row.principal for row in equal) == 3_000_000


def test_instalments_rounded_to_hundreds() -> None:
    schedule = made(rounding_unit=D(100), rounding="up")
    assert {row.total for row in schedule.rows[:-1]} == {D(283_700)}
    assert schedule.rows[-1].total == 283_400 + schedule.rows[-1].total % 100
    assert sum(row.principal for row in schedule.rows) == 3_000_000
    fifties = made(rounding_unit=D(50), method="equal_principal", periods=7)
    assert {row.principal % 50 for row in fifties.rows[:-1]} == {0}
    assert refused(rounding_unit=D(0)) == "rounding_unit"


def test_the_residue_in_the_first_instalment() -> None:
    schedule = made(residue="first")
    assert len({row.total for row in schedule.rows[1:]}) <= 2
    assert abs(schedule.rows[-1].total - 283_679) <= 1
    assert schedule.rows[0].total < 283_679
    equal = made(principal=D(100), rate=D(0), periods=3, residue="first", method="equal_principal")
    assert [row.principal for row in equal.rows] == [34, 33, 33]
    hundreds = made(residue="first", rounding_unit=D(100))
    assert abs(hundreds.rows[-1].total - 283_700) <= 1
    assert sum(row.principal for row in hundreds.rows) == 3_000_000
    assert made(residue="first", periods=1).rows == made(periods=1).rows
    assert made(residue="first", method="bullet").rows == made(method="bullet").rows
    assert refused(residue="first", instalment=D(300_000)) == "residue"


def test_due_dates_on_business_days() -> None:
    """15 February 2026 is a Sunday; 15 March too, and Monday 23 March a Colombian holiday (not the 16th)."""
    sundays = frozenset({6})
    following = made(holiday_rule="next", rest_weekdays=sundays, holidays=frozenset({date(2026, 3, 16)}))
    assert [row.due for row in following.rows[:3]] == [
        date(2026, 2, 16),
        date(2026, 3, 17),
        date(2026, 4, 15),
    ]
    before = made(holiday_rule="previous", rest_weekdays=sundays)
    assert before.rows[0].due == date(2026, 2, 14)
    # Amounts do not move with the date.
    assert [row.total for row in following.rows] == [row.total for row in made().rows]
    assert made(rest_weekdays=sundays).rows[0].due == date(2026, 2, 15)
    early = business_day(date(2026, 2, 15), "previous", frozenset(), sundays, date(2026, 2, 14))
    assert early == date(2026, 2, 16)
    every_day = frozenset(range(7))
    assert business_day(date(2026, 2, 15), "next", frozenset(), every_day, date(2026, 1, 1)) == date(
        2026, 2, 15
    )
    assert business_day(date.max, "next", frozenset({date.max}), frozenset(), date(2026, 1, 1)) == date.max


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"rate_period": "daily"}, "rate_period"),
        ({"day_count": "30/365"}, "day_count"),
        ({"rounding": "down"}, "rounding"),
        ({"interest_rounding": "down"}, "interest_rounding"),
        ({"residue": "middle"}, "residue"),
        ({"holiday_rule": "skip"}, "holiday_rule"),
        ({"periods": None}, "periods"),
        ({"total_grace": 12}, "total_grace"),
        ({"principal_grace": -1}, "principal_grace"),
        ({"instalment": D(300_000), "total_grace": 1}, "instalment"),
    ],
)
def test_refused_products_name_the_field(changes: dict[str, object], field: str) -> None:
    assert refused(**changes) == field
