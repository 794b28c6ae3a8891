"""A loan beside the business that is to pay it: month by month, and whether a visit shows that the income is falling."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

BELOW_INSTALMENTS, FALLEN = "below_instalments", "fallen"
# More months than any loan of this fund has.
MAX_MONTHS = 1200


@dataclass(frozen=True)
class Visit:
    """The monthly figures that a follow-up found. has_figures: somebody wrote some down, or found the business closed."""

    key: str
    day: date
    sales: Decimal
    costs: Decimal
    income: Decimal
    has_figures: bool = True


@dataclass(frozen=True)
class Flow:
    """Money of a day: what fell due, or what was paid."""

    day: date
    amount: Decimal


@dataclass(frozen=True)
class Month:
    """One month. month: "2026-03". visit: key of the visit that its figures are of; without one they are not known (None)."""

    month: str
    due: Decimal
    paid: Decimal
    visit: str | None = None
    sales: Decimal | None = None
    costs: Decimal | None = None
    income: Decimal | None = None

    @property
    def left(self) -> Decimal | None:
        """What the business leaves after the instalments of the month."""
        return None if self.income is None else self.income - self.due


@dataclass(frozen=True)
class WarningRule:
    """When a visit is a warning.

    below_instalments: whether an income below the instalments of the month is one. fall: of which part (0.30) the income
    must have fallen against the mean of the last `visits` visits before; 0 asks nothing.
    """

    below_instalments: bool = True
    fall: Decimal = Decimal("0.30")
    visits: int = 3


@dataclass(frozen=True)
class EarlyWarning:
    """What a visit shows. reasons: codes, never empty; mean: of the visits before it, None without any; fall: a fraction."""

    reasons: tuple[str, ...]
    income: Decimal
    due: Decimal
    mean: Decimal | None
    fall: Decimal | None


def month_of(day: date) -> str:
    """Return the month of a day: "2026-03"."""
    return f"{day.year:04d}-{day.month:02d}"


def by_month(visits: Iterable[Visit], due: Iterable[Flow], paid: Iterable[Flow]) -> tuple[Month, ...]:
    """Return every month from the first to the last of which anything is known.

    The figures of a visit are monthly ones: of several visits in a month the latest counts, and they are not added up.
    """
    last_visit: dict[str, Visit] = {}
    for visit in sorted(visits, key=lambda v: v.day):
        if visit.has_figures:
            last_visit[month_of(visit.day)] = visit
    dues, payments = _sums(due), _sums(paid)
    known = sorted({*last_visit, *dues, *payments})
    if not known:
        return ()
    found = []
    for month in _months(known[0], known[-1]):
        seen = last_visit.get(month)
        money = (dues.get(month, Decimal(0)), payments.get(month, Decimal(0)))
        if seen:
            found.append(Month(month, *money, seen.key, seen.sales, seen.costs, seen.income))
        else:
            found.append(Month(month, *money))
    return tuple(found)


def early_warning(
    visit: Visit, earlier: Sequence[Visit], due: Decimal, rule: WarningRule
) -> EarlyWarning | None:
    """Return what a visit warns of, or None.

    earlier: visits before it, the oldest first; due: what falls due in the month of the visit. A mean of nothing or of losses
    cannot fall; a visit without figures says nothing.
    """
    if not visit.has_figures:
        return None
    last = [found for found in earlier if found.has_figures][-rule.visits :] if rule.visits > 0 else []
    mean = sum((found.income for found in last), Decimal(0)) / len(last) if last else None
    fall = (mean - visit.income) / mean if mean is not None and mean > 0 else None
    reasons = []
    if rule.below_instalments and due > 0 and visit.income < due:
        reasons.append(BELOW_INSTALMENTS)
    if rule.fall > 0 and fall is not None and fall >= rule.fall:
        reasons.append(FALLEN)
    return EarlyWarning(tuple(reasons), visit.income, due, mean, fall) if reasons else None


def _sums(flows: Iterable[Flow]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for flow in flows:
        found[month_of(flow.day)] = found.get(month_of(flow.day), Decimal(0)) + flow.amount
    return found


def _months(first: str, last: str) -> list[str]:
    year, month = int(first[:4]), int(first[5:])
    found = []
    for number in range(MAX_MONTHS):
        at = month - 1 + number
        text = f"{year + at // 12:04d}-{at % 12 + 1:02d}"
        found.append(text)
        if text >= last:
            break
    return found
