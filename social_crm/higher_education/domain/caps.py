"""What the fund may pay for one semester: caps counted in minimum wages (SMMLV) of the year of the semester."""

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal


@dataclass(frozen=True)
class Cap:
    """One cap: how many monthly minimum wages, what such a wage was, and the amount that follows (COP, whole pesos)."""

    wages: Decimal
    minimum_wage: Decimal

    @property
    def amount(self) -> Decimal:
        """The highest amount in whole pesos; a fraction of a peso is not above it and is not owed either."""
        return (self.wages * self.minimum_wage).quantize(Decimal(1), rounding=ROUND_DOWN)

    def allows(self, amount: Decimal) -> bool:
        """Tell whether an amount is within the cap; the cap itself is."""
        return amount <= self.amount


@dataclass(frozen=True)
class Payments:
    """What was paid of one kind, against what was approved."""

    approved: Decimal
    paid: tuple[Decimal, ...]

    @property
    def total(self) -> Decimal:
        return sum(self.paid, Decimal(0))

    @property
    def pending(self) -> Decimal:
        """What is still to be paid; negative when more was paid than approved."""
        return self.approved - self.total

    @property
    def is_complete(self) -> bool:
        return self.pending == 0


def payment_key(student: str, kind: str, reference: str) -> str:
    """Return what makes two payments the same: student, kind and reference, however the reference was typed.

    Capitals, spaces and punctuation do not make another payment. ValueError when the reference holds no letter or
    digit, because nothing would then tell two payments apart.
    """
    significant = "".join(character for character in reference.upper() if character.isalnum())
    if not significant:
        raise ValueError("a payment needs a reference")
    return f"{student}|{kind}|{significant}"
