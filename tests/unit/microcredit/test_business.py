"""A loan beside the business that pays it: months, and what a visit warns of."""

from datetime import date
from decimal import Decimal

import pytest

from social_crm.microcredit.domain.business import (
    BELOW_INSTALMENTS,
    FALLEN,
    Flow,
    Visit,
    WarningRule,
    by_month,
    early_warning,
)

RULE = WarningRule()


def visit(day: date, sales: int, costs: int, has_figures: bool = True) -> Visit:
    money = (Decimal(sales), Decimal(costs))
    return Visit(day.isoformat(), day, *money, money[0] - money[1], has_figures)


def test_months_without_a_visit_are_unknown_and_not_zero():
    months = by_month(
        [visit(date(2025, 11, 3), 900, 400), visit(date(2026, 1, 20), 800, 500)],
        [Flow(date(2025, 12, 5), Decimal(300)), Flow(date(2026, 1, 5), Decimal(300))],
        [Flow(date(2025, 12, 7), Decimal(100)), Flow(date(2025, 12, 9), Decimal(150))],
    )
    assert [(m.month, m.due, m.paid, m.income, m.left) for m in months] == [
        ("2025-11", 0, 0, 500, 500),
        ("2025-12", 300, 250, None, None),
        ("2026-01", 300, 0, 300, 0),
    ]


def test_the_latest_visit_of_a_month_counts_and_visits_are_not_added_up():
    visits = [
        visit(date(2026, 1, 25), 800, 100),
        visit(date(2026, 1, 4), 500, 100),
        visit(date(2026, 1, 30), 0, 0, has_figures=False),
    ]
    (month,) = by_month(visits, [], [])
    assert (month.visit, month.sales, month.costs, month.income) == ("2026-01-25", 800, 100, 700)


def test_nothing_known_is_no_month():
    assert by_month([], [], []) == ()


def test_an_income_below_the_instalments_of_the_month():
    seen = visit(date(2026, 3, 10), 700, 401)
    found = early_warning(seen, [], Decimal(300), RULE)
    assert found and found.reasons == (BELOW_INSTALMENTS,) and found.income == 299
    assert early_warning(visit(date(2026, 3, 10), 700, 400), [], Decimal(300), RULE) is None
    # A month without instalments asks nothing of the income; neither does a fund that switched this off.
    assert early_warning(seen, [], Decimal(0), RULE) is None
    assert early_warning(seen, [], Decimal(300), WarningRule(below_instalments=False)) is None


def test_an_income_that_fell_against_the_mean_of_the_last_visits():
    earlier = [visit(date(2026, month, 1), 5000 if month == 1 else 1000, 0) for month in (1, 2, 3, 4)]
    found = early_warning(visit(date(2026, 5, 1), 700, 0), earlier, Decimal(0), RULE)
    # The 5,000 of January is the fourth visit back: the mean is of three.
    assert found and found.reasons == (FALLEN,) and found.mean == 1000 and found.fall == Decimal("0.3")
    assert early_warning(visit(date(2026, 5, 1), 701, 0), earlier, Decimal(0), RULE) is None
    four = WarningRule(visits=4)
    assert early_warning(visit(date(2026, 5, 1), 1400, 0), earlier, Decimal(0), four).mean == 2000
    assert (
        early_warning(visit(date(2026, 5, 1), 0, 0), earlier, Decimal(0), WarningRule(fall=Decimal(0)))
        is None
    )


def test_both_reasons_at_once():
    found = early_warning(
        visit(date(2026, 5, 1), 100, 90), [visit(date(2026, 4, 1), 500, 0)], Decimal(50), RULE
    )
    assert found and found.reasons == (BELOW_INSTALMENTS, FALLEN)


@pytest.mark.parametrize("earlier_income", [0, -200])
def test_a_mean_of_nothing_or_of_losses_cannot_fall(earlier_income):
    earlier = [visit(date(2026, 4, 1), 0, -earlier_income)]
    assert early_warning(visit(date(2026, 5, 1), 0, 500), earlier, Decimal(0), RULE) is None


def test_visits_without_figures_say_nothing_and_count_in_no_mean():
    assert early_warning(visit(date(2026, 5, 1), 0, 0, has_figures=False), [], Decimal(300), RULE) is None
    earlier = [visit(date(2026, 3, 1), 1000, 0), visit(date(2026, 4, 1), 0, 0, has_figures=False)]
    assert early_warning(visit(date(2026, 5, 1), 700, 0), earlier, Decimal(0), RULE).mean == 1000
    no_visits = WarningRule(visits=0)
    assert early_warning(visit(date(2026, 5, 1), 1, 0), earlier, Decimal(0), no_visits) is None


def test_a_business_found_closed_earns_nothing():
    found = early_warning(visit(date(2026, 5, 1), 0, 0), [], Decimal(300), RULE)
    assert found and found.reasons == (BELOW_INSTALMENTS,)
