"""What was agreed about a loan, and whether a schedule can be made of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from social_crm.microcredit.domain.dates import DAY_COUNTS, HOLIDAY_RULES, PERIODS_A_YEAR
from social_crm.microcredit.domain.rounding import MODES, round_to

MAX_PERIODS = 1200
# The largest amount that the money columns of a site hold.
MAX_PRINCIPAL = Decimal("999999999999")
# Keeps a row's interest on the largest amount within the digits that are kept.
MAX_RATE = Decimal(10) ** 18
# Digits before the point that the arithmetic carries exactly.
MAX_DIGITS = 40

METHODS = ("equal_instalment", "equal_principal", "flat", "bullet")
RATE_PERIODS = ("monthly", "annual_nominal", "annual_effective")
RESIDUES = ("last", "first")
FEE_TIMES = ("upfront", "financed", "per_instalment")
FEE_KINDS = ("amount", "share")


class ScheduleError(ValueError):
    """Terms from which no schedule can be made; `field` names the term at fault."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Fee:
    """A charge beside interest.

    when: "upfront" is held back from what is handed over, "financed" is added to what is owed, "per_instalment" is
    charged with every instalment.
    kind: "amount" for money, "share" for a fraction of the principal lent (0.01 is 1 %).
    """

    name: str
    when: str
    kind: str
    value: Decimal


@dataclass(frozen=True)
class SeasonalDue:
    """A due date of a seasonal calendar, and the weight of the principal that it repays (0: interest alone)."""

    due: date
    share: Decimal


@dataclass(frozen=True)
class Tranche:
    """A part of the principal, handed over on a day."""

    day: date
    amount: Decimal


@dataclass(frozen=True)
class Terms:
    """What was agreed.

    principal: amount lent, above zero, with at most `decimals` decimals.
    rate: interest as a fraction (0.02 is 2 %), zero or more, for `rate_period`: "monthly", "annual_nominal" or
        "annual_effective".
    periods: number of instalments, 1 to 1200; None where `instalment` or `calendar` says it.
    disbursed, first_due: dates; the first instalment falls due after the money is handed over.
    method: one of METHODS. frequency: a key of PERIODS_A_YEAR; "seasonal" takes its dates from `calendar`.
    decimals: of the currency; the peso has none.
    day_count: one of DAY_COUNTS.
    rounding, interest_rounding: keys of MODES, for the level amount and for the interest of each row.
    principal_grace: rows at the beginning that pay interest alone. total_grace: rows among them that pay nothing; their
        interest is added to the principal (`capitalise`) or charged with the first row that pays.
    instalment: agreed amount of an equal instalment, or of the principal in it where that is level, instead of the one that
        `periods` gives.
    rounding_unit: what level amounts are rounded to, such as 50 pesos. residue: "last" or "first" repaying row.
    insurance_per_mil: of the opening balance, a month.
    holiday_rule, holidays, rest_weekdays: see `dates.business_day`; interest does not move with the date.
    tranches: parts in which the principal is handed over, the first on `disbursed`; empty: all of it on that day.
    """

    principal: Decimal
    rate: Decimal
    periods: int | None
    disbursed: date
    first_due: date
    method: str = "equal_instalment"
    frequency: str = "monthly"
    decimals: int = 0
    rate_period: str = "monthly"
    day_count: str = "30/360"
    rounding: str = "half_up"
    interest_rounding: str = "half_up"
    principal_grace: int = 0
    instalment: Decimal | None = None
    total_grace: int = 0
    capitalise: bool = False
    rounding_unit: Decimal | None = None
    residue: str = "last"
    fees: tuple[Fee, ...] = ()
    insurance_per_mil: Decimal = Decimal(0)
    holiday_rule: str = "none"
    holidays: frozenset[date] = frozenset()
    rest_weekdays: frozenset[int] = frozenset()
    calendar: tuple[SeasonalDue, ...] = ()
    tranches: tuple[Tranche, ...] = ()

    @property
    def grace(self) -> int:
        """Rows at the beginning that repay no principal."""
        return max(self.principal_grace, self.total_grace)

    @property
    def rows_at_most(self) -> int:
        """Number of rows that the schedule cannot exceed."""
        if self.frequency == "seasonal":
            return len(self.calendar)
        return MAX_PERIODS if self.periods is None else self.periods


def check(terms: Terms) -> None:
    """Refuse terms outside their bounds.

    Raises:
        ScheduleError: naming the term.
    """
    for field, allowed in _CHOICES:
        value = getattr(terms, field)
        if value not in allowed:
            raise ScheduleError(field, f"{field} must be one of {', '.join(allowed)}.")
    if not 0 <= terms.decimals <= 4:
        raise ScheduleError("decimals", "A currency has 0 to 4 decimals.")
    _check_money("principal", terms.principal, terms.decimals)
    if not terms.rate.is_finite() or not 0 <= terms.rate <= MAX_RATE:
        raise ScheduleError("rate", "The rate must be a fraction from 0 to 10^18.")
    if terms.first_due <= terms.disbursed:
        raise ScheduleError("first_due", "The first instalment must fall due after the disbursement.")
    _check_periods(terms)
    _check_calendar(terms)
    _check_instalment(terms)
    _check_grace(terms)
    _check_rounding(terms)
    _check_charges(terms)
    _check_tranches(terms)


_CHOICES: tuple[tuple[str, Iterable[str]], ...] = (
    ("method", METHODS),
    ("frequency", tuple(PERIODS_A_YEAR)),
    ("rate_period", RATE_PERIODS),
    ("day_count", DAY_COUNTS),
    ("rounding", tuple(MODES)),
    ("interest_rounding", tuple(MODES)),
    ("residue", RESIDUES),
    ("holiday_rule", HOLIDAY_RULES),
)


def _check_money(field: str, amount: Decimal, decimals: int) -> None:
    if not amount.is_finite() or amount <= 0 or amount.adjusted() >= MAX_DIGITS:
        raise ScheduleError(field, f"The amount must be above zero and below 10^{MAX_DIGITS}.")
    if round_to(amount, decimals) != amount:
        raise ScheduleError(field, f"The amount may have at most {decimals} decimals.")


def _check_periods(terms: Terms) -> None:
    if terms.periods is None:
        if terms.instalment is None and terms.frequency != "seasonal":
            raise ScheduleError("periods", "The number of instalments is missing.")
    elif not 1 <= terms.periods <= MAX_PERIODS:
        raise ScheduleError("periods", f"The number of instalments must be from 1 to {MAX_PERIODS}.")


def _check_instalment(terms: Terms) -> None:
    if terms.instalment is None:
        return
    _check_money("instalment", terms.instalment, terms.decimals)
    if terms.method == "bullet" or terms.grace or terms.frequency == "seasonal":
        raise ScheduleError("instalment", "An agreed instalment needs level amounts and no grace.")


def _check_grace(terms: Terms) -> None:
    for field in ("principal_grace", "total_grace"):
        grace = getattr(terms, field)
        if not 0 <= grace < terms.rows_at_most:
            raise ScheduleError(field, "The grace must be 0 or more, and shorter than the loan.")
    if terms.method == "bullet" and terms.principal_grace:
        raise ScheduleError(
            "principal_grace", "A loan repaid in one piece has no grace of principal of its own."
        )
    if terms.frequency == "seasonal" and terms.grace:
        raise ScheduleError("principal_grace", "In a seasonal calendar a share of 0 is the grace.")


def _check_rounding(terms: Terms) -> None:
    if terms.rounding_unit is not None:
        _check_money("rounding_unit", terms.rounding_unit, terms.decimals)
    if terms.residue == "first" and (
        terms.instalment is not None or len(terms.tranches) > 1 or terms.frequency == "seasonal"
    ):
        raise ScheduleError("residue", "Only a plain loan can take the residue in its first instalment.")


def _check_charges(terms: Terms) -> None:
    for fee in terms.fees:
        if fee.when not in FEE_TIMES or fee.kind not in FEE_KINDS:
            raise ScheduleError("fees", f"A fee is {', '.join(FEE_TIMES)}, as {' or '.join(FEE_KINDS)}.")
        if not fee.value.is_finite() or fee.value < 0 or fee.value.adjusted() >= MAX_DIGITS:
            raise ScheduleError("fees", "A fee must be zero or more.")
    if not terms.insurance_per_mil.is_finite() or not 0 <= terms.insurance_per_mil < 1000:
        raise ScheduleError("insurance_per_mil", "The insurance must be from 0 to 1000 per mil.")


def _check_calendar(terms: Terms) -> None:
    if terms.frequency != "seasonal":
        if terms.calendar:
            raise ScheduleError("calendar", "Only a seasonal loan has a calendar.")
        return
    if terms.method not in ("equal_principal", "flat"):
        raise ScheduleError("method", "A seasonal calendar says what is repaid: equal principal or flat.")
    if not 1 <= len(terms.calendar) <= MAX_PERIODS or terms.periods not in (None, len(terms.calendar)):
        raise ScheduleError("calendar", f"A seasonal calendar has 1 to {MAX_PERIODS} dates, one a period.")
    dates = [item.due for item in terms.calendar]
    if dates[0] != terms.first_due or any(after <= before for before, after in pairwise(dates)):
        raise ScheduleError("calendar", "The dates must follow each other, from the first due date on.")
    shares = [item.share for item in terms.calendar]
    if any(not share.is_finite() or not 0 <= share <= 1000 for share in shares) or not shares[-1]:
        raise ScheduleError("calendar", "Each share must be 0 to 1000, and the last one above 0.")


def _check_tranches(terms: Terms) -> None:
    if not terms.tranches:
        return
    for tranche in terms.tranches:
        _check_money("tranches", tranche.amount, terms.decimals)
    days = [tranche.day for tranche in terms.tranches]
    if days[0] != terms.disbursed or days != sorted(days):
        raise ScheduleError("tranches", "The first tranche is handed over on the day of disbursement.")
    if sum((tranche.amount for tranche in terms.tranches), Decimal(0)) != terms.principal:
        raise ScheduleError("tranches", "The tranches must add up to the principal.")
