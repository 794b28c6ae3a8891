"""What is at risk in the portfolio that the reader may see: by group, by cohort, and what moved between two days."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from social_crm.microcredit.domain import portfolio as domain
from social_crm.microcredit.domain.portfolio import ProvisionRange, Risk, Standing
from social_crm.microcredit.services import snapshots
from social_crm.microcredit.services.snapshots import Question, Snapshot

# By what a portfolio may be divided: the name shown, and the column of a loan.
GROUPS = {
    "Community": "community",
    "Credit Officer": "credit_officer",
    "Programme": "programme",
    "Product": "product",
}
# How many days a table of cohorts may have.
MAX_SNAPSHOTS = 36


@dataclass(frozen=True)
class Group:
    """A part of the portfolio. key: of the part, None where a loan has none; loans: those with a balance."""

    key: str | None
    loans: int
    risk: Risk
    provision: Decimal


@dataclass(frozen=True)
class Roll:
    """What moved. opening: balances of the first day by range; shares: where each went, as fractions of it."""

    opening: dict[str, Decimal]
    shares: dict[str, dict[str, Decimal]]


def by_group(asked: Question, group: str, ranges: Sequence[ProvisionRange]) -> tuple[list[Group], Group]:
    """Return what is at risk in each part of the portfolio, the largest balance first, and in all of it."""
    column = GROUPS[group]
    parts: dict[str | None, list[Standing]] = defaultdict(list)
    for snapshot in snapshots.read(asked):
        parts[snapshot.loan[column] or None].append(snapshot.standing)
    found = [_group(key, standings, ranges, asked.decimals) for key, standings in parts.items()]
    found.sort(key=lambda part: (-part.risk.gross, part.key or ""))
    every = [standing for standings in parts.values() for standing in standings]
    return found, _group(None, every, ranges, asked.decimals)


def cohorts(
    asked: Question, days: Sequence[date], late: int, by: str
) -> tuple[dict[str, dict[date, Decimal]], dict[str, tuple[int, Decimal]]]:
    """Return PAR `late` of each cohort on each day, and how many loans and how much money each cohort was given.

    days: at most MAX_SNAPSHOTS, none after the day asked for.
    """
    seen: dict[date, list[Standing]] = {day: [] for day in days[:MAX_SNAPSHOTS]}
    given: dict[str, tuple[int, Decimal]] = {}
    for snapshot in snapshots.read(asked):
        standing = snapshot.standing
        if standing.disbursed_on:
            cohort = domain.cohort_of(standing.disbursed_on, by)
            loans, money = given.get(cohort, (0, Decimal(0)))
            given[cohort] = (loans + 1, money + snapshot.state.disbursed)
        for day, standings in seen.items():
            standings += _on(snapshot, day, asked)
    return domain.vintages(seen, late, by), dict(sorted(given.items()))


def roll(asked: Question, first: date) -> Roll:
    """Return where the balance of each range of days late went from a day to the day asked for."""
    before: list[Standing] = []
    after: list[Standing] = []
    for snapshot in snapshots.read(asked):
        before += _on(snapshot, first, asked)
        after.append(snapshot.standing)
    return Roll(
        domain.ageing((loan.balance, loan.days_late) for loan in before), domain.roll_rates(before, after)
    )


def month_ends(last: date, count: int) -> list[date]:
    """Return the last days of the months before a day, the oldest first, and the day itself."""
    found = [last]
    for _ in range(min(count, MAX_SNAPSHOTS - 1)):
        found.append(found[-1].replace(day=1) - timedelta(days=1))
    return found[::-1]


def _on(snapshot: Snapshot, day: date, asked: Question) -> Iterable[Standing]:
    """The loan as it stood on another day, if anything had been handed over by then."""
    state = snapshots.state_on(snapshot, day, asked.known_at)
    if state.position.status == "Pending":
        return ()
    return (Snapshot(snapshot.loan, snapshot.book, state).standing,)


def _group(
    key: str | None, standings: Sequence[Standing], ranges: Sequence[ProvisionRange], decimals: int
) -> Group:
    provision = (
        sum((domain.provision(loan, ranges, decimals) for loan in standings), Decimal(0))
        if ranges
        else Decimal(0)
    )
    return Group(key, sum(loan.balance > 0 for loan in standings), domain.risk(standings), provision)
