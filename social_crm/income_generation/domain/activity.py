"""Which productive units are active as of a date, and the rate of active units (UPA).

Rules (the programme's own definition of UPA):

- A unit counts from the day on which it started, and for ever: a closed unit stays in the denominator.
- A unit with no follow-up visit within the configured days (90 unless the organisation says otherwise) is
  *unverified*: nobody can vouch for it, so it is not active. The last day of that term still counts as within it.
- A unit whose latest visit found it not operating is verified, and not active.
- Only what had happened by the asked date is looked at, so that a past figure can be asked for again.
- A closing stands for the days from its own up to, and without, the day on which the unit was reopened: reopening a
  unit changes no figure of the days before.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum


class UnitStatus(str, Enum):
    """The state of a unit as of a date; the values are the options of the field that shows it."""

    NOT_STARTED = "Not Started"
    ACTIVE = "Active"
    NOT_OPERATING = "Not Operating"
    UNVERIFIED = "Unverified"
    CLOSED = "Closed"


@dataclass(frozen=True)
class Visit:
    """One follow-up visit: the day and whether the unit was found operating."""

    visited_on: date
    operating: bool


@dataclass(frozen=True)
class Closing:
    """One closing: from its day up to, and without, the day on which the unit was reopened (None while it is closed)."""

    closed_on: date
    reopened_on: date | None = None


@dataclass(frozen=True)
class UnitHistory:
    """What is known about one unit. Visits may come in any order; on the same day the later in the tuple wins."""

    started_on: date | None
    closings: tuple[Closing, ...] = ()
    visits: tuple[Visit, ...] = ()


@dataclass(frozen=True)
class ActiveUnitRate:
    """The rate as of a date: `percent` has two decimals and is None while no unit has ever started."""

    as_of: date
    active: int
    ever_started: int
    percent: Decimal | None


def last_visit(unit: UnitHistory, as_of: date) -> Visit | None:
    """Return the latest visit on or before `as_of`, or None."""
    latest: Visit | None = None
    for visit in unit.visits:
        if visit.visited_on <= as_of and (latest is None or visit.visited_on >= latest.visited_on):
            latest = visit
    return latest


def status_as_of(unit: UnitHistory, as_of: date, unverified_after_days: int) -> UnitStatus:
    """Return the state of one unit at the end of the day `as_of`.

    unverified_after_days: days for which a visit vouches for the unit; must be positive (ValueError otherwise).
    """
    if unverified_after_days <= 0:
        raise ValueError("unverified_after_days must be positive")
    if unit.started_on is None or unit.started_on > as_of:
        return UnitStatus.NOT_STARTED
    if any(
        row.closed_on <= as_of and (row.reopened_on is None or as_of < row.reopened_on)
        for row in unit.closings
    ):
        return UnitStatus.CLOSED
    visit = last_visit(unit, as_of)
    if visit is None or (as_of - visit.visited_on).days > unverified_after_days:
        return UnitStatus.UNVERIFIED
    return UnitStatus.ACTIVE if visit.operating else UnitStatus.NOT_OPERATING


def count_by_status(
    units: Iterable[UnitHistory], as_of: date, unverified_after_days: int
) -> Mapping[UnitStatus, int]:
    """Count the units in each state as of a date; every state is a key, so that a zero is shown as zero."""
    counts = Counter(status_as_of(unit, as_of, unverified_after_days) for unit in units)
    return {status: counts[status] for status in UnitStatus}


def percentage(part: int, whole: int) -> Decimal | None:
    """Return 100 x part / whole, half-up to two decimals; None when there is nothing to divide by."""
    if whole == 0:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def active_unit_rate(units: Iterable[UnitHistory], as_of: date, unverified_after_days: int) -> ActiveUnitRate:
    """Return UPA: active units over all units ever started, as of a date."""
    counts = count_by_status(units, as_of, unverified_after_days)
    active = counts[UnitStatus.ACTIVE]
    ever_started = sum(counts.values()) - counts[UnitStatus.NOT_STARTED]
    return ActiveUnitRate(as_of, active, ever_started, percentage(active, ever_started))


def net_income(sales: Decimal, costs: Decimal) -> Decimal:
    """Return what the unit leaves for the family in the period of a visit: sales less costs, which may be a loss."""
    return sales - costs
