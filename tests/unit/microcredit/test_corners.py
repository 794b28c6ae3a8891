"""Corners of schedules and positions, one by one: what mutation testing asked about."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from ledger_cases import FEB, IN_BETWEEN, TERMS, D, added, entry, loan, pay, prepay

from social_crm.microcredit.domain.allocation import Allocation
from social_crm.microcredit.domain.arrears import Position, summarise
from social_crm.microcredit.domain.dates import days_30e_360
from social_crm.microcredit.domain.entries import Policy
from social_crm.microcredit.domain.ledger import payoff, state
from social_crm.microcredit.domain.methods import run_at
from social_crm.microcredit.domain.schedule import (
    Fee,
    Row,
    ScheduleError,
    SeasonalDue,
    Terms,
    Tranche,
    build,
    exact_annual_rate,
    true_annual_rate,
)

ONE_MONTH = replace(TERMS, principal=D(100), periods=1)


def made(**changes: object) -> tuple[Row, ...]:
    return build(replace(TERMS, **changes)).rows  # type: ignore[arg-type]


def paid_on_the_first_due_date(amount: int, day: date, terms: Terms = TERMS) -> Position:
    return state(loan(pay("a", FEB, amount), terms=terms, policy=Policy()), day).position


def test_one_peso_is_overdue_too() -> None:
    found = paid_on_the_first_due_date(283_678, FEB + timedelta(days=1))
    assert (found.as_of, found.overdue, found.overdue_principal, found.days_late) == (
        date(2026, 2, 16),
        1,
        1,
        1,
    )
    to_come = paid_on_the_first_due_date(283_678, FEB)
    assert (to_come.next_due, to_come.next_amount, to_come.overdue) == (FEB, 1, 0)
    done = paid_on_the_first_due_date(3_404_144, FEB)
    assert (done.next_due, done.next_amount) == (None, 0)


def test_a_loan_without_instalments_owes_nothing() -> None:
    found = summarise((), FEB, Allocation((), D(0)))
    assert (found.status, found.days_late, found.balance, found.next_amount) == ("Paid", 0, 0, 0)


def test_fees_and_insurance_of_a_position() -> None:
    fee = Fee("x", "per_instalment", "amount", D(2_000))
    terms = replace(TERMS, insurance_per_mil=D("0.5"), fees=(fee,))
    assert build(terms).rows[0].total == 223_679 + 60_000 + 2_000 + 1_500
    part = paid_on_the_first_due_date(3_000, FEB + timedelta(days=1), terms).instalments[0]
    assert (part.paid_fees, part.paid_insurance, part.paid_interest, part.days_late) == (2_000, 1_000, 0, 1)
    full = paid_on_the_first_due_date(287_179, FEB + timedelta(days=1), terms)
    assert (full.instalments[0].paid_insurance, full.days_late, full.overdue) == (1_500, 0, 0)
    assert paid_on_the_first_due_date(287_178, FEB + timedelta(days=1), terms).days_late == 1


def test_days_of_months_with_thirty() -> None:
    assert days_30e_360(date(2025, 12, 31), date(2026, 3, 31)) == 90
    assert days_30e_360(date(2026, 1, 15), date(2026, 3, 31)) == 75
    assert days_30e_360(date(2026, 1, 31), date(2026, 2, 28)) == 28
    assert days_30e_360(date(2024, 2, 29), date(2025, 2, 28)) == 359


def test_a_rate_halfway_between_two_decimals() -> None:
    """50 % a quarter is 1.5^4 - 1 = 4.0625 a year, half up 4.063."""
    terms = replace(
        ONE_MONTH, rate=D(2), rate_period="annual_nominal", frequency="quarterly", first_due=date(2026, 4, 15)
    )
    assert true_annual_rate(build(terms), decimals=3) == D("4.063")
    assert true_annual_rate(build(terms), decimals=4) == D("4.0625")


def test_each_charge_in_the_true_rate() -> None:
    """100 for 102, and 1 of a fee or of insurance: 1.03^12 - 1."""
    fee = build(replace(ONE_MONTH, fees=(Fee("x", "per_instalment", "amount", D(1)),)))
    insured = build(replace(ONE_MONTH, insurance_per_mil=D(10)))
    assert insured.rows[0].insurance == 1
    for schedule in (fee, insured):
        assert true_annual_rate(schedule) == D("0.425761")
        assert true_annual_rate(schedule, count_fees=False, count_insurance=False) == D("0.268242")
    assert true_annual_rate(fee, count_insurance=False) == D("0.425761")
    assert true_annual_rate(insured, count_fees=False) == D("0.425761")
    # Without rounding on the way: the same at the second decimal of a percentage, and at the fortieth of the rate.
    assert abs(exact_annual_rate(insured) - (D("1.03") ** 12 - 1)) < D("1e-27")
    assert abs(exact_annual_rate(fee) - (D("1.03") ** 12 - 1)) < D("1e-27")


def test_charges_of_the_very_day_leave_no_rate() -> None:
    """By 30E/360 no day lies between 30 and 31 January: what is paid then is paid at once."""
    terms = replace(
        ONE_MONTH,
        disbursed=date(2026, 1, 30),
        first_due=date(2026, 1, 31),
        fees=(Fee("x", "per_instalment", "amount", D(1)),),
    )
    with pytest.raises(ScheduleError) as caught:
        true_annual_rate(build(terms))
    assert caught.value.field == "fees"
    assert str(caught.value) == "The charges of the first day are more than what is handed over."


def test_a_period_without_days_runs_its_interest_at_once() -> None:
    terms = replace(
        TERMS, frequency="seasonal", method="equal_principal", periods=None, disbursed=date(2026, 1, 15),
        first_due=date(2026, 1, 30),
        calendar=tuple(SeasonalDue(day, D(1)) for day in (date(2026, 1, 30), date(2026, 1, 31), date(2026, 3, 1))),
    )  # fmt: skip
    run = run_at(terms, date(2026, 1, 30))
    assert run is not None
    assert (run.number, run.interest) == (2, 0)
    assert run_at(terms, date(2026, 3, 1)) is None


def test_residue_first_with_two_rows_and_with_grace() -> None:
    halves = made(principal=D(101), rate=D(0), periods=2, residue="first")
    assert [row.principal for row in halves] == [50, 51]
    assert abs(made(periods=2)[0].total - made(periods=2, residue="first")[1].total) <= 1
    # 1000 in threes after two rows of grace: 334, 333, 333.
    grace = made(principal=D(1000), periods=5, principal_grace=2, residue="first", method="equal_principal")
    assert [row.principal for row in grace] == [0, 0, 334, 333, 333]
    assert [row.principal for row in made(principal=D(1000), periods=3, rate=D("0.02"), residue="first", method="flat")] == [
        334, 333, 333,
    ]  # fmt: skip


@pytest.mark.parametrize("periods", [2, 3, 12, 36])
@pytest.mark.parametrize("decimals", [0, 2])
@pytest.mark.parametrize("unit", [None, D(100)])
@pytest.mark.parametrize("rate_period", ["monthly", "annual_effective"])
@pytest.mark.parametrize("grace", [0, 1])
def test_residue_first_leaves_the_last_row_like_the_others(
    periods: int, decimals: int, unit: Decimal | None, rate_period: str, grace: int
) -> None:
    """All rows but the first are equal, to a few coins that the interest of each row was rounded by."""
    rate = D("0.02") if rate_period == "monthly" else D("0.268242")
    rows = made(
        periods=periods + grace, decimals=decimals, rounding_unit=unit, residue="first", rate=rate,
        rate_period=rate_period, principal_grace=grace,
    )  # fmt: skip
    level = rows[grace + 1].total
    assert len({row.total for row in rows[grace + 1 : -1]}) <= 1
    assert abs(rows[-1].total - level) <= (1 + D("0.02")) ** periods * Decimal(1).scaleb(-decimals)
    assert sum(row.principal for row in rows) == 3_000_000
    if unit:
        plain = made(
            periods=periods + grace, decimals=decimals, rounding_unit=unit, rate=rate, rate_period=rate_period,
            principal_grace=grace,
        )  # fmt: skip
        # A hundred pesos of rounding a row would be many more in the last.
        assert abs(rows[-1].total - level) <= abs(plain[-1].total - plain[-2].total)


def test_a_flat_charge_on_a_financed_fee() -> None:
    rows = made(method="flat", fees=(Fee("x", "financed", "amount", D(120_000)),))
    assert (rows[0].interest, rows[0].principal) == (62_400, 260_000)


def test_what_is_put_off_waits_through_a_tranche() -> None:
    tranches = (Tranche(TERMS.disbursed, D(2_000_000)), Tranche(date(2026, 3, 15), D(1_000_000)))
    rows = made(total_grace=3, tranches=tranches)
    assert [row.total for row in rows[:3]] == [0, 0, 0]
    assert rows[3].interest == 40_000 + 40_000 + 60_000 + 60_000


def test_interest_run_while_it_is_capitalised() -> None:
    """Half of the second row of a capitalised grace: 3,060,000 x 0.02 x 13 / 30 = 26,520."""
    terms = replace(TERMS, total_grace=3, capitalise=True)
    assert payoff(loan(terms=terms), date(2026, 2, 28)) == 3_060_000 + 26_520
    found = state(added(loan(terms=terms), prepay(date(2026, 2, 28), 1_026_520)), date(2026, 2, 28))
    assert found.position.balance == 2_060_000


def test_seasonal_shares_by_weight_and_by_unit() -> None:
    days = [date(2026, month, 15) for month in (2, 3, 4)]
    terms = {
        "frequency": "seasonal", "method": "equal_principal", "periods": None, "principal": D(1_000_000),
        "calendar": tuple(SeasonalDue(day, D(1)) for day in days),
    }  # fmt: skip
    assert [row.principal for row in made(**terms)] == [333_333, 333_334, 333_333]
    assert [row.principal for row in made(**terms, rounding_unit=D(100))] == [333_300, 333_400, 333_300]


def test_payoff_counts_charges_put_off() -> None:
    terms = replace(TERMS, total_grace=2, insurance_per_mil=D("0.5"))
    assert payoff(loan(terms=terms), IN_BETWEEN) == 3_000_000 + 120_000 + 30_000 + 3_000
    paid = loan(pay("a", FEB, 1_000), entry("b", "payment", FEB, 500), terms=terms)
    assert payoff(paid, IN_BETWEEN) == 3_000_000 + 150_000 + 3_000 - 1_500


def test_a_tranche_within_a_period() -> None:
    """A million on 20 February: 25 days by 30E/360, 23 by the calendar, until 15 March."""
    tranches = (Tranche(TERMS.disbursed, D(2_000_000)), Tranche(date(2026, 2, 20), D(1_000_000)))
    flat = made(tranches=tranches, method="flat")
    # 1,000,000 x 0.02 x 25 / 30 = 16,666.7
    assert [row.interest for row in flat[:3]] == [40_000, 56_667, 60_000]
    by_days = made(tranches=tranches, method="flat", day_count="actual/360")
    assert (
        by_days[1].interest == 37_333 + 15_333 + 1
    )  # 2,000,000 x 0.24 x 28 / 360 + 1,000,000 x 0.24 x 23 / 360
    rounded_up = made(tranches=tranches, method="flat", interest_rounding="up", day_count="actual/365")
    assert rounded_up[1].interest == 51_946  # 51,945.2
    waiting = made(tranches=tranches, total_grace=2, capitalise=True)
    assert [row.balance for row in waiting[:2]] == [2_040_000, 2_040_000 + 40_800 + 16_667 + 1_000_000]
    put_off = made(tranches=tranches, total_grace=3, method="flat")
    assert put_off[3].interest == 40_000 + 56_667 + 60_000 + 60_000


def test_exact_amounts_stay_exact_without_the_door() -> None:
    """1,000 at 50 % over two periods is exactly 900 a period, which "up" must leave."""
    assert made(principal=D(1000), rate=D("0.5"), periods=2, rounding="up")[0].total == 900


def test_a_regular_first_month_by_its_days() -> None:
    """31 days are 61,151 of interest; what is left of 283,679 is principal, and only broken days are charged apart."""
    first = made(day_count="actual/365")[0]
    assert (first.interest, first.total) == (61_151, 283_679)
    broken = made(day_count="actual/365", first_due=date(2026, 2, 20))[0]
    assert (broken.interest, broken.principal) == (71_014, 223_679)
