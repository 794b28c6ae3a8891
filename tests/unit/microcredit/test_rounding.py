"""How amounts are rounded, whatever the decimal context of the caller is."""

from decimal import Context, Decimal, localcontext

import pytest

from social_crm.microcredit.domain.rounding import (
    as_percentage,
    round_money,
    round_to,
    settle,
    working_context,
)

D = Decimal
LONG = D("9" * 38)


@pytest.mark.parametrize(
    ("amount", "mode", "rounded"),
    [
        ("0.5", "half_up", 1), ("1.5", "half_up", 2), ("0.4999", "half_up", 0),
        ("0.5", "half_even", 0), ("1.5", "half_even", 2), ("0.50001", "half_even", 1),
        ("0.1", "up", 1), ("1", "up", 1), ("0", "up", 0),
    ],
)  # fmt: skip
def test_modes(amount: str, mode: str, rounded: int) -> None:
    assert round_to(D(amount), 0, mode) == rounded
    assert round_to(D(amount) * 50, 0, mode, D(50)) == rounded * 50
    assert round_to(D(amount) / 100, 2, mode) == D(rounded) / 100


def test_decimals_are_those_asked_for() -> None:
    assert str(round_to(D("1.23456"), 4)) == "1.2346"
    assert str(round_to(D(120), 2, unit=D(50))) == "100.00"
    assert str(round_to(D(125), 2, unit=D(50))) == "150.00"
    assert str(round_money(D("2.005"), 2)) == "2.01"
    assert str(as_percentage(D("0.26824179"))) == "26.82"
    assert str(as_percentage(D("0.273950"))) == "27.40"


def test_long_amounts_in_a_narrow_context() -> None:
    with localcontext(Context(prec=5)):
        assert round_to(LONG, 4) == LONG
        assert round_to(LONG, 4, unit=D(3)) == LONG
        assert round_to(LONG, 4, unit=D(9)) == LONG
        assert str(as_percentage(D("12345678.12345"))) == "1234567812.35"


def test_what_a_division_only_approaches_is_reached() -> None:
    with localcontext(working_context()):
        third = D(1) / 3
        assert len(str(third)) == 122
        assert settle(third * 3) == 1
        assert round_to(D(9) / 2 - D("1e-90"), 0) == 5
        assert round_to(D(900) + D("1e-90"), 0, "up") == 900
    with localcontext(working_context(7)), pytest.raises(ZeroDivisionError):
        D(1) / D(0)
    with localcontext(working_context(7)):
        assert str(D(1) / 3) == "0.3333333"
