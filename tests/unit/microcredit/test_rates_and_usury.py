"""Effective rates, the internal rate of return, and the usury cap."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_crm.microcredit.domain import rates, usury
from social_crm.microcredit.domain.rounding import as_percentage, round_to
from social_crm.microcredit.domain.schedule import Fee, Terms, build, exact_annual_rate

D = Decimal
RURAL = D("0.2739")
TERMS = Terms(D(3_000_000), D("0.02"), 12, date(2025, 11, 15), date(2025, 12, 15))


def true_rate(**changes: object) -> Decimal:
    return exact_annual_rate(build(Terms(**(TERMS.__dict__ | changes))))


def test_effective_rates() -> None:
    assert rates.effective_annual_rate(D("0.02")) == D("0.268242")
    assert rates.effective_annual_rate(D("0.24"), "annual_nominal", "monthly") == D("0.268242")
    assert rates.effective_annual_rate(D("0.24"), "annual_nominal", "quarterly") == D("0.262477")
    assert rates.effective_annual_rate(D("0.3"), "annual_effective", "weekly") == D("0.300000")
    # A monthly rate is one of months, whatever the instalments are.
    assert rates.effective_annual_rate(D("0.02"), "monthly", "weekly") == D("0.268242")
    assert rates.nominal_annual(D("0.02"), "monthly", "weekly") == D("0.24")
    assert rates.nominal_annual(D("1.01") ** 4 - 1, "annual_effective", "quarterly") == D("0.04")
    assert round_to(rates.equivalent_rate(D("0.268242"), 12), 6) == D("0.020000")


def test_internal_rate_of_known_flows() -> None:
    """-10, 3, 4, 4.5, 4 has 19.0528 % (a textbook example, computed with a spreadsheet too)."""
    flows = [(D(k), D(a)) for k, a in enumerate(("-10", "3", "4", "4.5", "4"))]
    found = rates.internal_rate(flows)
    assert found is not None
    assert round_to(found, 6) == D("0.190528")
    assert rates.internal_rate(flows[::-1]) == found


def test_internal_rate_where_there_is_none_or_little() -> None:
    assert rates.internal_rate([(D(0), D(-1)), (D(1), D(-1))]) is None
    assert rates.internal_rate([(D(0), D(-1)), (D(0), D(1))]) == 0
    assert rates.internal_rate([]) == 0
    assert rates.internal_rate([(D(0), D(-100)), (D(1), D(100))]) == 0
    half = rates.internal_rate([(D(0), D(-100)), (D(1), D(50))])
    assert half is not None
    assert round_to(half, 9) == D("-0.5")
    assert rates.internal_rate([(D(0), D(-1)), (D(1), D(3)), (D(2), D("-2.5"))]) is None
    assert rates.dated_rate([]) is None
    year = rates.dated_rate([(date(2026, 1, 1), D(-100)), (date(2027, 1, 1), D(130))])
    assert year is not None
    assert round_to(year, 9) == D("0.3")


@given(
    rate=st.integers(-5000, 50_000), times=st.lists(st.integers(1, 400), min_size=1, max_size=20, unique=True)
)
def test_internal_rate_finds_what_made_the_flows(rate: int, times: list[int]) -> None:
    factor = 1 + D(rate) / 10_000
    flows = [(D(time) / 10, D(100)) for time in times]
    price = sum((amount / factor**time for time, amount in flows), D(0))
    found = rates.internal_rate([(D(0), -price), *flows])
    assert found is not None
    assert abs(found - D(rate) / 10_000) < D("1e-15")


def test_the_cap_is_rounded_half_up() -> None:
    """17.23 % gives 25.85; half-even would give 25.84."""
    assert usury.usury_cap(D("0.1723")) == D("0.2585")
    assert as_percentage(usury.usury_cap(D("0.1723"))) == D("25.85")
    assert as_percentage(D("0.268242")) == D("26.82")


def test_two_percent_a_month_under_the_cap_of_november_2025() -> None:
    """Productivo rural 27.39 %: 2.00 % a month is 26.82 % and passes; 2.05 % is 27.57 % and does not."""
    assert usury.is_within(true_rate(), RURAL)
    assert as_percentage(true_rate(rate=D("0.0205"))) == D("27.57")
    assert not usury.is_within(true_rate(rate=D("0.0205")), RURAL)


def test_exactly_at_the_cap_passes() -> None:
    at_the_cap = rates.equivalent_rate(RURAL, 12)
    assert usury.is_within(true_rate(rate=at_the_cap), RURAL)
    assert usury.is_within(D("0.27394999"), RURAL)
    assert not usury.is_within(D("0.273950"), RURAL)


def test_a_flat_rate_is_judged_by_its_true_rate() -> None:
    assert as_percentage(true_rate(method="flat")) == D("50.67")
    assert not usury.is_within(true_rate(method="flat"), RURAL)


def test_the_highest_rate_allowed() -> None:
    assert usury.highest_rate(TERMS, RURAL) == D("0.0203")
    flat = usury.highest_rate(Terms(**(TERMS.__dict__ | {"method": "flat"})), RURAL)
    assert flat is not None
    assert usury.is_within(true_rate(method="flat", rate=flat), RURAL)
    assert not usury.is_within(true_rate(method="flat", rate=flat + D("0.0001")), RURAL)
    dear = Terms(**(TERMS.__dict__ | {"fees": (Fee("x", "upfront", "share", D("0.2")),)}))
    assert usury.highest_rate(dear, RURAL) is None
    assert usury.highest_rate(dear, RURAL, count_fees=False) == D("0.0203")


def cap(modality: str, rate: str, above: int | None, up_to: int | None, month: int = 11) -> usury.Cap:
    ends = {10: 31, 11: 30}
    return usury.Cap(
        modality,
        date(2025, month, 1),
        date(2025, month, ends[month]),
        D(rate),
        None if above is None else D(above),
        None if up_to is None else D(up_to),
    )


def test_the_cap_of_the_modality_the_month_and_the_amount() -> None:
    """Certified for November 2025; the ranges in minimum wages are configuration."""
    wage = D(1_423_500)
    caps = [
        cap("productivo rural", "0.2739", 6, 25),
        cap("popular productivo rural", "0.7356", None, 6),
        cap("productivo rural", "0.26", 6, 25, month=10),
    ]
    day = date(2025, 11, 30)
    assert usury.choose_cap(caps, "productivo rural", day, 6 * wage + 1, wage).rate == RURAL
    assert usury.choose_cap(caps, "productivo rural", day, 25 * wage, wage).rate == RURAL
    assert usury.choose_cap(caps, "productivo rural", date(2025, 10, 31), 9 * wage, wage).rate == D("0.26")
    for amount, reason in ((6 * wage, "below"), (25 * wage + 1, "above")):
        with pytest.raises(usury.UsuryError) as caught:
            usury.choose_cap(caps, "productivo rural", day, amount, wage)
        assert (caught.value.reason, caught.value.cap) == (reason, caps[0])
    for modality, when in (("consumo", day), ("productivo rural", date(2025, 12, 1))):
        with pytest.raises(usury.UsuryError) as caught:
            usury.choose_cap(caps, modality, when, 9 * wage, wage)
        assert caught.value.reason == "no_cap"
    correction = usury.Cap("productivo rural", date(2025, 11, 10), date(2025, 11, 30), D("0.28"))
    assert usury.choose_cap([*caps, correction], "productivo rural", day, wage, wage) == correction


def test_default_interest_is_capped_and_simple() -> None:
    assert usury.default_rate(D("0.5"), RURAL) == RURAL
    assert usury.default_rate(D("0.2"), RURAL) == D("0.2")
    one = usury.daily_default_interest(D(1_000_000), RURAL, 1)
    assert round_to(one, 2) == D("663.46")
    assert round_to(usury.daily_default_interest(D(1_000_000), RURAL, 30), 2) == D("19903.84")
