"""Numbers, money and dates as a Colombian document writes them."""

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from num2words import num2words  # type: ignore[import-untyped,unused-ignore]

# ISO code -> (singular, plural, singular of the hundredth, plural of the hundredth, suffix).
# "m/cte" (moneda corriente) is what Colombian contracts and negotiable instruments add to pesos.
_CURRENCIES = {
    "COP": ("peso", "pesos", "centavo", "centavos", "m/cte"),
    "USD": ("dólar estadounidense", "dólares estadounidenses", "centavo", "centavos", ""),
    "EUR": ("euro", "euros", "céntimo", "céntimos", ""),
}
_MONTHS = (
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
)
_LIMIT = Decimal(10) ** 15


def number_in_words(number: int, feminine: bool = False) -> str:
    """Return a whole number as it is written before a noun: "veintiún", "ciento una".

    Args:
        number: below 10**15 in size.
        feminine: agree with a feminine noun (cuotas, actas) and not with a masculine one (pesos, meses).

    Raises:
        ValueError: the number is too large to be written.
    """
    if abs(number) >= _LIMIT:
        raise ValueError(f"{number} is too large to be written in words")
    text = str(num2words(abs(number), lang="es"))
    text = _feminine(text) if feminine else _apocopated(text)
    return f"menos {text}" if number < 0 else text


def amount_in_words(amount: Decimal, currency: str = "COP") -> str:
    """Return an amount of money in words: "un millón de pesos m/cte", "mil pesos con cincuenta centavos m/cte".

    Args:
        amount: below 10**15 in size; more than two decimals are rounded half up.
        currency: ISO 4217 code; an unknown one is written as the code itself.

    Raises:
        ValueError: the amount is not a finite number or is too large.
    """
    if not amount.is_finite() or abs(amount) >= _LIMIT:
        raise ValueError(f"{amount} cannot be written in words")
    rounded = abs(amount).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    units = int(rounded)
    hundredths = int((rounded - units) * 100)
    one, many, one_cent, many_cents, suffix = _CURRENCIES.get(
        currency, (currency, currency, "centésimo", "centésimos", "")
    )
    words = number_in_words(units)
    # "un millón de pesos", yet "un millón un pesos": the noun follows "millón" through a preposition only.
    link = " de " if units and units % 1_000_000 == 0 else " "
    text = f"{words}{link}{one if units == 1 else many}"
    if hundredths:
        text += f" con {number_in_words(hundredths)} {one_cent if hundredths == 1 else many_cents}"
    if suffix:
        text += f" {suffix}"
    return f"menos {text}" if amount < 0 and rounded else text


def spanish_date(day: date) -> str:
    """Return a date as "22 de noviembre de 2026"."""
    return f"{day.day} de {_MONTHS[day.month - 1]} de {day.year}"


def spanish_date_formal(day: date) -> str:
    """Return a date as the closing of a contract: "a los veintidós (22) días del mes de noviembre de 2026"."""
    month = f"del mes de {_MONTHS[day.month - 1]} de {day.year}"
    if day.day == 1:
        return f"al primer (1.er) día {month}"
    return f"a los {number_in_words(day.day)} ({day.day}) días {month}"


def money(amount: Decimal, decimals: int = 0) -> str:
    """Return an amount as "$ 3.000.000": points for thousands, a comma for decimals, rounded half up."""
    rounded = amount.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    text = f"{abs(rounded):,.{decimals}f}".translate(str.maketrans(",.", ".,"))
    return f"-$ {text}" if rounded < 0 else f"$ {text}"


def _apocopated(text: str) -> str:
    """ "uno" loses its ending wherever it stands: what follows is always mil, millones or the noun."""
    return re.sub(r"\buno\b", "un", re.sub(r"\bveintiuno\b", "veintiún", text))


def _feminine(text: str) -> str:
    """Hundreds and "uno" agree with the noun; what counts millones or billones stays masculine, as they are."""
    cut = max((match.end() for match in re.finditer(r"millones|millón|billones|billón", text)), default=0)
    left, right = text[:cut], text[cut:]
    right = re.sub(r"(cient|quinient)os\b", r"\1as", right)
    # "veintiún mil cuotas": before mil the numeral does not agree.
    right = re.sub(r"\bveintiuno(?= mil\b)", "veintiún", re.sub(r"\buno(?= mil\b)", "un", right))
    right = re.sub(r"\bveintiuno\b", "veintiuna", right)
    return _apocopated(left) + re.sub(r"\buno\b", "una", right)
