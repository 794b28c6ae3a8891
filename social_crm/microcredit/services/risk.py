"""What is at risk in the portfolio that the reader may see: by group, by cohort, and what moved between two days.

Counted in the database from the table of standings, in a few statements whatever the size of the portfolio. What comes back are
sums of balances that stand alike, and the domain counts these as it counts single loans. `replayed.py` gives the same answers
loan by loan.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import frappe
from frappe.query_builder import DocType
from frappe.query_builder.functions import Round
from pypika import Case, Field, Interval
from pypika.functions import Cast, Count
from pypika.terms import Term, ValueWrapper

from social_crm.microcredit.domain import portfolio as domain
from social_crm.microcredit.domain.portfolio import AGEING, PAR_DAYS, ProvisionRange, Risk, Standing
from social_crm.microcredit.services import snapshots, standings
from social_crm.microcredit.services.money import exact_sum, to_decimal
from social_crm.microcredit.services.snapshots import Question

# By what a portfolio may be divided: the name shown, and the column of a loan.
GROUPS = {
    "Community": "community",
    "Credit Officer": "credit_officer",
    "Programme": "programme",
    "Product": "product",
}
# How many days, or months on book, a table of cohorts may have.
MAX_SNAPSHOTS = 36
# Loans whose days late lie between two of these stand alike in every range and every PAR.
_BOUNDS = tuple(sorted({*PAR_DAYS, *(last for _label, last in AGEING if last is not None)}))
_LATEST = _BOUNDS[-1] + 1


@dataclass(frozen=True)
class Group:
    """A part of the portfolio with a balance. key: of the part, None where a loan has none; loans: those with a balance."""

    key: str | None
    loans: int
    risk: Risk
    provision: Decimal


@dataclass(frozen=True)
class Cohorts:
    """PAR of each cohort at each time, and how many loans and how much money each cohort was given."""

    shares: dict[str, dict[Any, Decimal]]
    given: dict[str, tuple[int, Decimal]]


@dataclass(frozen=True)
class Roll:
    """What moved. opening: balances of the first day by range; shares: where each went, as fractions of it."""

    opening: dict[str, Decimal]
    shares: dict[str, dict[str, Decimal]]

    @classmethod
    def between(cls, before: Sequence[Standing], after: Sequence[Standing]) -> "Roll":
        """What moved between two days; each key stands in both."""
        opening = domain.ageing((loan.balance, loan.days_late) for loan in before)
        return cls(opening, domain.roll_rates(before, after))


def by_group(asked: Question, group: str, ranges: Sequence[ProvisionRange]) -> tuple[list[Group], Group]:
    """Return what is at risk in each part of the portfolio, the largest balance first, and in all of it."""
    table, key = _standing(), snapshots.column(GROUPS[group])
    late = _late(table, asked.as_of).as_("late_range")
    set_aside = _provision(table, asked, ranges)
    loan = DocType("Microcredit")
    query = (
        snapshots.selected(asked)
        .join(table)
        .on(table.microcredit == loan.name)
        .where(standings.holding(table, asked.as_of, asked.known_at) & (table.balance > 0))
        .select(key.as_("part"), table.is_restructured, late, Count("*"))
        .select(exact_sum(table.balance), exact_sum(set_aside))
        .groupby(key, table.is_restructured, late)
    )
    parts: dict[str | None, list[tuple[Standing, int, Decimal]]] = defaultdict(list)
    for part, restructured, days, count, balance, provision in query.run():
        standing = Standing("", to_decimal(balance), days, bool(restructured))
        parts[part or None].append((standing, count, to_decimal(provision)))
    found = [_group(key, rows) for key, rows in parts.items()]
    return in_order(found), _group(None, [row for rows in parts.values() for row in rows])


def in_order(parts: Iterable[Group]) -> list[Group]:
    """Return parts of a portfolio, the largest balance first."""
    return sorted(parts, key=lambda part: (-part.risk.gross, part.key or ""))


def cohorts(asked: Question, days: Sequence[date], late: int, by: str) -> Cohorts:
    """Return PAR `late` of each cohort on each day.

    days: at most MAX_SNAPSHOTS, none after the day asked for.
    """
    table = _standing()
    seen = {}
    for day in days[:MAX_SNAPSHOTS]:
        is_late = _at_risk(table, day - timedelta(days=late))
        seen[day] = _of_cohorts(_standing_on(asked, table, day), table, is_late, late)
    return Cohorts(domain.vintages(seen, late, by), _given(asked, by))


def cohorts_on_book(asked: Question, months: int, late: int, by: str) -> Cohorts:
    """Return PAR `late` of each cohort when its loans were 0, 1, 2 ... months old, up to `months` (at most MAX_SNAPSHOTS).

    A cohort is judged at an age once all of its loans have reached it: the youngest would make it look better before.
    """
    table, ages = _standing(), _numbers(min(months, MAX_SNAPSHOTS))
    day = table.disbursed_on + _Months(ages.number)
    flag = _at_risk(table, day - Interval(days=late)).as_("is_late")
    query = (
        _selected(asked, table)
        .join(ages)
        .on((table.from_date <= day) & (table.to_date >= day))
        .where(standings.known(table, asked.known_at) & (day <= asked.as_of))
        .select(ages.number, table.disbursed_on, flag, exact_sum(table.balance))
        .groupby(ages.number, table.disbursed_on, flag)
    )
    seen: dict[Any, list[Standing]] = {age: [] for age in range(min(months, MAX_SNAPSHOTS) + 1)}
    for age, *row in query.run():
        seen[age].append(_alike(row, late))
    return Cohorts(domain.vintages_by_age(seen, asked.as_of, late, by), _given(asked, by))


def roll(asked: Question, first: date) -> Roll:
    """Return where the balance of each range of days late went from a day to the day asked for."""
    before = _standing()
    after = _standing().as_("later")
    was, became = _late(before, first).as_("was"), _late(after, asked.as_of).as_("became")
    is_owed = Case().when(after.balance > 0, 1).else_(0).as_("is_owed")
    query = (
        _standing_on(asked, before, first)
        .join(after)
        .on(after.microcredit == before.microcredit)
        .where((before.balance > 0) & standings.holding(after, asked.as_of, asked.known_at))
        .select(was, became, is_owed, after.is_written_off, exact_sum(before.balance))
        .groupby(was, became, is_owed, after.is_written_off)
    )
    opening, closing = [], []
    for number, (days, later, owed, written_off, balance) in enumerate(query.run()):
        opening.append(Standing(str(number), to_decimal(balance), days))
        closing.append(Standing(str(number), Decimal(owed), later, is_written_off=bool(written_off)))
    return Roll.between(opening, closing)


def month_ends(last: date, count: int) -> list[date]:
    """Return the last days of the months before a day, the oldest first, and the day itself."""
    found = [last]
    for _ in range(min(count, MAX_SNAPSHOTS - 1)):
        found.append(found[-1].replace(day=1) - timedelta(days=1))
    return found[::-1]


def _standing() -> Any:
    return DocType(standings.STANDING)


def _selected(asked: Question, table: Any) -> Any:
    if snapshots.is_of_everything(asked):
        return frappe.qb.from_(table).where(table.currency == asked.filters["currency"])
    return snapshots.selected(asked).join(table).on(table.microcredit == DocType("Microcredit").name)


def _standing_on(asked: Question, table: Any, day: date) -> Any:
    return _selected(asked, table).where(standings.holding(table, day, asked.known_at))


def _at_risk(table: Any, before: Any) -> Any:
    """1 where a loan is late since before a day."""
    return Case().when(table.late_since < before, 1).else_(0)


def _late(table: Any, day: date) -> Any:
    """The bound of days late, of _BOUNDS, up to which a loan is late."""
    case = Case().when(table.late_since.isnull(), 0)
    for bound in _BOUNDS:
        case = case.when(table.late_since >= day - timedelta(days=bound), bound)
    return case.else_(_LATEST)


def _provision(table: Any, asked: Question, ranges: Sequence[ProvisionRange]) -> Any:
    """What is set aside for each loan, rounded half up: so the database rounds exact decimals."""
    case = Case()
    for item in ranges:
        amount = Round(table.balance * Cast(format(item.rate, "f"), "DECIMAL(30,20)"), asked.decimals)
        if item.last_day is None:
            return case.else_(amount) if len(ranges) > 1 else amount
        since = asked.as_of - timedelta(days=item.last_day)
        case = case.when(table.late_since.isnull() | (table.late_since >= since), amount)
    return table.balance * 0


def _group(key: str | None, rows: Sequence[tuple[Standing, int, Decimal]]) -> Group:
    return Group(
        key,
        sum(count for _standing, count, _provision in rows),
        domain.risk([standing for standing, _count, _provision in rows]),
        sum((provision for _standing, _count, provision in rows), Decimal(0)),
    )


def _of_cohorts(query: Any, table: Any, is_late: Any, late: int) -> list[Standing]:
    """The balances of loans that were disbursed on one day, those at risk apart."""
    flag = is_late.as_("is_late")
    rows = query.select(table.disbursed_on, flag, exact_sum(table.balance)).groupby(table.disbursed_on, flag)
    return [_alike(row, late) for row in rows.run()]


def _alike(row: Sequence[Any], late: int) -> Standing:
    """Loans that were disbursed on one day and are at risk, or are not, as one."""
    disbursed_on, risky, balance = row
    return Standing("", to_decimal(balance), late + 1 if risky else 0, disbursed_on=disbursed_on)


class _Months(Term):
    """An interval of as many months as a column says; the builder's own knows fixed ones alone."""

    def __init__(self, months: Field) -> None:
        super().__init__()
        self.months = months

    def get_sql(self, **kwargs: Any) -> str:
        return f"INTERVAL {self.months.get_sql(**kwargs)} MONTH"


def _numbers(last: int) -> Any:
    """The numbers from 0 to `last` as a table."""
    found = frappe.qb.select(ValueWrapper(0).as_("number"))
    for number in range(1, last + 1):
        found = found.union_all(frappe.qb.select(ValueWrapper(number)))
    return found.as_("numbers")


def _given(asked: Question, by: str) -> dict[str, tuple[int, Decimal]]:
    """How many loans and how much money each cohort was given."""
    table = _standing()
    query = (
        _standing_on(asked, table, asked.as_of)
        .select(table.disbursed_on, Count("*"), exact_sum(table.disbursed_amount))
        .groupby(table.disbursed_on)
        .orderby(table.disbursed_on)
    )
    given: dict[str, tuple[int, Decimal]] = {}
    for day, count, amount in query.run():
        cohort = domain.cohort_of(day, by)
        loans, money = given.get(cohort, (0, Decimal(0)))
        given[cohort] = (loans + count, money + to_decimal(amount))
    return given
