"""The usury cap: what the law lets a loan cost, and the highest rate that stays within it.

Sources: Código Penal art. 305 and Código de Comercio art. 884 (one and a half times the current bank interest, IBC); the
Superfinanciera certifies the IBC of each modality of credit every month, as an effective annual rate. Rates here are
fractions (0.2739 is 27.39 %) and are compared as percentages of two decimals, so that the rounding of instalments to whole
pesos does not refuse a loan exactly at the cap.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from social_crm.microcredit.domain.rates import equivalent_rate
from social_crm.microcredit.domain.rounding import as_percentage, round_to, working_context
from social_crm.microcredit.domain.schedule import build, exact_annual_rate, with_rate
from social_crm.microcredit.domain.search import largest_passing
from social_crm.microcredit.domain.terms import ScheduleError, Terms

USURY_FACTOR = Decimal("1.5")
DAYS_A_YEAR = 365
# No cap lets a period cost more than a hundred times the loan; the search for the highest rate ends there.
_HIGHEST = Decimal(100)


class UsuryError(ValueError):
    """No cap can be found; `reason` is "no_cap" (none for the modality and month), "below" or "above" (its amounts)."""

    def __init__(self, reason: str, message: str, cap: "Cap | None" = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.cap = cap


@dataclass(frozen=True)
class Cap:
    """The cap of a modality for loans disbursed from one day to another.

    rate: effective annual, as a fraction. above, up_to: the amounts of the modality in minimum monthly wages (SMMLV), above
    the first and not above the second; None has no bound.
    """

    modality: str
    valid_from: date
    valid_to: date
    rate: Decimal
    above: Decimal | None = None
    up_to: Decimal | None = None


def usury_cap(ibc: Decimal) -> Decimal:
    """Return one and a half times the current bank interest, half up to four decimals: 0.1723 gives 0.2585."""
    with localcontext(working_context()):
        return round_to(ibc * USURY_FACTOR, 4)


def choose_cap(
    caps: Iterable[Cap], modality: str, disbursed: date, amount: Decimal, minimum_wage: Decimal
) -> Cap:
    """Return the cap of a modality in force on the day of disbursement, whose range holds the amount.

    minimum_wage: a month, of the year of disbursement. Of several caps the one that began last counts.

    Raises:
        UsuryError: there is none, or the amount does not belong to the modality.
    """
    in_force = [
        cap for cap in caps if cap.modality == modality and cap.valid_from <= disbursed <= cap.valid_to
    ]
    if not in_force:
        raise UsuryError("no_cap", f"No usury cap is known for {modality} on {disbursed}.")
    in_force.sort(key=lambda cap: cap.valid_from, reverse=True)
    for cap in in_force:
        too_small = cap.above is not None and amount <= cap.above * minimum_wage
        too_large = cap.up_to is not None and amount > cap.up_to * minimum_wage
        if not too_small and not too_large:
            return cap
    latest = in_force[0]
    below = latest.above is not None and amount <= latest.above * minimum_wage
    reason = "below" if below else "above"
    raise UsuryError(reason, f"The amount is {reason} what {modality} allows.", latest)


def is_within(rate: Decimal, cap: Decimal) -> bool:
    """Say whether an effective annual rate is not above a cap, both as percentages of two decimals."""
    return as_percentage(rate) <= as_percentage(cap)


def highest_rate(
    terms: Terms,
    cap: Decimal,
    count_fees: bool = True,
    count_insurance: bool = True,
    step: Decimal = Decimal("0.0001"),
) -> Decimal | None:
    """Return the highest rate, in the period and method of the terms, whose true rate is within a cap.

    step: the rate is a multiple of it (0.0001 gives rates such as 2.04 %). None: not even 0 is within it.
    """

    def passes(count: int) -> bool:
        try:
            made = build(with_rate(terms, count * step))
            return is_within(exact_annual_rate(made, count_fees, count_insurance), cap)
        except ScheduleError:
            return False

    if not passes(0):
        return None
    return largest_passing(passes, int(_HIGHEST / step) + 1) * step


def default_rate(agreed: Decimal, cap: Decimal) -> Decimal:
    """Return the effective annual rate of default interest: the agreed one, but never above the cap."""
    return min(agreed, cap)


def daily_default_interest(overdue_principal: Decimal, annual_effective: Decimal, days: int) -> Decimal:
    """Return default interest, unrounded: simple, on principal alone, at the daily equivalent of an effective rate."""
    with localcontext(working_context()):
        return overdue_principal * equivalent_rate(annual_effective, DAYS_A_YEAR) * days
