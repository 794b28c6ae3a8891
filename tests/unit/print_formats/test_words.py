"""Golden texts of amounts, numbers and dates in Colombian Spanish."""

from datetime import date
from decimal import Decimal

import pytest

from social_crm.print_formats.domain.words import (
    amount_in_words,
    money,
    number_in_words,
    spanish_date,
    spanish_date_formal,
)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "cero pesos m/cte"),
        ("1", "un peso m/cte"),
        ("2", "dos pesos m/cte"),
        ("21", "veintiún pesos m/cte"),
        ("31", "treinta y un pesos m/cte"),
        ("100", "cien pesos m/cte"),
        ("101", "ciento un pesos m/cte"),
        ("1000", "mil pesos m/cte"),
        ("1001", "mil un pesos m/cte"),
        ("21000", "veintiún mil pesos m/cte"),
        ("31000", "treinta y un mil pesos m/cte"),
        ("101000", "ciento un mil pesos m/cte"),
        ("121021", "ciento veintiún mil veintiún pesos m/cte"),
        ("283679", "doscientos ochenta y tres mil seiscientos setenta y nueve pesos m/cte"),
        ("1000000", "un millón de pesos m/cte"),
        ("1000001", "un millón un pesos m/cte"),
        ("1001000", "un millón mil pesos m/cte"),
        ("3000000", "tres millones de pesos m/cte"),
        ("21000000", "veintiún millones de pesos m/cte"),
        ("31500000", "treinta y un millones quinientos mil pesos m/cte"),
        ("1000000000", "mil millones de pesos m/cte"),
        ("21000000000", "veintiún mil millones de pesos m/cte"),
        ("1000000000000", "un billón de pesos m/cte"),
        ("2000000000001", "dos billones un pesos m/cte"),
        ("1000.50", "mil pesos con cincuenta centavos m/cte"),
        ("1.01", "un peso con un centavo m/cte"),
        ("10.21", "diez pesos con veintiún centavos m/cte"),
        ("0.995", "un peso m/cte"),
        ("999999.999", "un millón de pesos m/cte"),
        ("-5000", "menos cinco mil pesos m/cte"),
        ("-0.001", "cero pesos m/cte"),
    ],
)
def test_pesos(amount: str, words: str) -> None:
    assert amount_in_words(Decimal(amount)) == words


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        ("1", "USD", "un dólar estadounidense"),
        ("1000000.10", "USD", "un millón de dólares estadounidenses con diez centavos"),
        ("21", "EUR", "veintiún euros"),
        ("5.01", "EUR", "cinco euros con un céntimo"),
        ("7", "XAF", "siete XAF"),
    ],
)
def test_other_currencies(amount: str, currency: str, words: str) -> None:
    assert amount_in_words(Decimal(amount), currency) == words


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "1e15", "-1e15"])
def test_what_cannot_be_written(amount: str) -> None:
    with pytest.raises(ValueError, match="cannot be written"):
        amount_in_words(Decimal(amount))


@pytest.mark.parametrize(
    ("number", "feminine", "words"),
    [
        (12, True, "doce"),
        (1, True, "una"),
        (1, False, "un"),
        (21, True, "veintiuna"),
        (31, True, "treinta y una"),
        (200, True, "doscientas"),
        (501, True, "quinientas una"),
        (700, True, "setecientas"),
        (900, False, "novecientos"),
        (21000, True, "veintiún mil"),
        (500000, True, "quinientas mil"),
        (200000200, True, "doscientos millones doscientas"),
        (-3, False, "menos tres"),
    ],
)
def test_numbers(number: int, feminine: bool, words: str) -> None:
    assert number_in_words(number, feminine) == words


def test_a_number_too_large() -> None:
    with pytest.raises(ValueError, match="too large"):
        number_in_words(10**15)


def test_dates() -> None:
    assert spanish_date(date(2026, 11, 22)) == "22 de noviembre de 2026"
    assert spanish_date(date(2026, 1, 1)) == "1 de enero de 2026"
    assert spanish_date_formal(date(2026, 11, 22)) == "a los veintidós (22) días del mes de noviembre de 2026"
    assert spanish_date_formal(date(2026, 5, 21)) == "a los veintiún (21) días del mes de mayo de 2026"
    assert spanish_date_formal(date(2026, 9, 1)) == "al primer (1.er) día del mes de septiembre de 2026"


@pytest.mark.parametrize(
    ("amount", "decimals", "text"),
    [
        ("3000000", 0, "$ 3.000.000"),
        ("283679.5", 0, "$ 283.680"),
        ("-1234.5", 2, "-$ 1.234,50"),
        ("0", 0, "$ 0"),
        ("-0.4", 0, "$ 0"),
        ("999999999999", 0, "$ 999.999.999.999"),
    ],
)
def test_money(amount: str, decimals: int, text: str) -> None:
    assert money(Decimal(amount), decimals) == text
