"""The portfolio reckoned loan by loan from the ledger: the reference for what `risk.py` counts in the database.

No report is made of it. Tests compare the two, and `./run benchmark portfolio` tells what the difference costs.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from social_crm.microcredit.domain import portfolio as domain
from social_crm.microcredit.domain.portfolio import ProvisionRange, Standing
from social_crm.microcredit.services import snapshots
from social_crm.microcredit.services.risk import GROUPS, Cohorts, Group, Roll, in_order
from social_crm.microcredit.services.snapshots import Question, Snapshot


def by_group(asked: Question, group: str, ranges: Sequence[ProvisionRange]) -> tuple[list[Group], Group]:
    """See `risk.by_group`."""
    parts: dict[str | None, list[Standing]] = defaultdict(list)
    for snapshot in snapshots.read(asked):
        if snapshot.standing.balance > 0:
            parts[snapshot.loan[GROUPS[group]] or None].append(snapshot.standing)
    found = [_group(key, standings, ranges, asked.decimals) for key, standings in parts.items()]
    every = [standing for standings in parts.values() for standing in standings]
    return in_order(found), _group(None, every, ranges, asked.decimals)


def cohorts(asked: Question, days: Sequence[date], late: int, by: str) -> Cohorts:
    """See `risk.cohorts`."""
    seen: dict[Any, list[Standing]] = {day: [] for day in days}
    given: list[Snapshot] = []
    for snapshot in snapshots.read(asked):
        given.append(snapshot)
        for day, standings in seen.items():
            standings += _on(snapshot, day, asked)
    return Cohorts(domain.vintages(seen, late, by), _given(given, by))


def cohorts_on_book(asked: Question, months: int, late: int, by: str) -> Cohorts:
    """See `risk.cohorts_on_book`."""
    seen: dict[Any, list[Standing]] = {age: [] for age in range(months + 1)}
    given: list[Snapshot] = []
    for snapshot in snapshots.read(asked):
        given.append(snapshot)
        for age, standings in seen.items():
            day = domain.day_of_age(snapshot.standing.disbursed_on or asked.as_of, age)
            if day <= asked.as_of:
                standings += _on(snapshot, day, asked)
    return Cohorts(domain.vintages_by_age(seen, asked.as_of, late, by), _given(given, by))


def roll(asked: Question, first: date) -> Roll:
    """See `risk.roll`."""
    before: list[Standing] = []
    after: list[Standing] = []
    for snapshot in snapshots.read(asked):
        before += _on(snapshot, first, asked)
        after.append(snapshot.standing)
    return Roll.between(before, after)


def _on(snapshot: Snapshot, day: date, asked: Question) -> Iterable[Standing]:
    """The loan as it stood on another day, if anything had been handed over by then."""
    state = snapshots.state_on(snapshot, day, asked.known_at)
    if state.position.status == "Pending":
        return ()
    return (Snapshot(snapshot.loan, snapshot.book, state).standing,)


def _given(found: Iterable[Snapshot], by: str) -> dict[str, tuple[int, Decimal]]:
    given: dict[str, tuple[int, Decimal]] = {}
    for snapshot in found:
        disbursed_on = snapshot.standing.disbursed_on
        if disbursed_on:
            cohort = domain.cohort_of(disbursed_on, by)
            loans, money = given.get(cohort, (0, Decimal(0)))
            given[cohort] = (loans + 1, money + snapshot.state.disbursed)
    return dict(sorted(given.items()))


def _group(
    key: str | None, standings: Sequence[Standing], ranges: Sequence[ProvisionRange], decimals: int
) -> Group:
    provision = Decimal(0)
    if ranges:
        provision = sum((domain.provision(loan, ranges, decimals) for loan in standings), Decimal(0))
    return Group(key, len(standings), domain.risk(standings), provision)
