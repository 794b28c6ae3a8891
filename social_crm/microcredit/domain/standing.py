"""Where a loan stood, as stretches of days and of knowledge: what a portfolio is counted from without replaying it.

Between two entries only days move. Balance, status and the oldest unpaid due date stay as the entries left them, and days late
are counted from that date; a due date that capitalises interest is the one day on which a balance moves without an entry. So
the state of a loan is a handful of stretches, and each entry changes those from its value date on.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal, localcontext

from social_crm.microcredit.domain.entries import Entry, Loan, in_force
from social_crm.microcredit.domain.instalments import Instalment
from social_crm.microcredit.domain.replay import Replay
from social_crm.microcredit.domain.rounding import working_context

# The last day of a stretch without end, and the moment until which is known what nothing has changed.
NO_END = date(9999, 12, 31)
STILL = datetime(9999, 12, 31)


@dataclass(frozen=True)
class Segment:
    """How a loan stood from a day to another, both included.

    balance: outstanding principal. late_since: the oldest due date of which something other than default interest is unpaid.
    is_open: something is owed. disbursed: gross, so far. disbursed_on: the first time.
    """

    from_date: date
    to_date: date
    balance: Decimal
    late_since: date | None
    is_open: bool
    is_restructured: bool
    is_written_off: bool
    disbursed: Decimal
    disbursed_on: date

    def days_late(self, day: date) -> int:
        """Return how many days late the loan is on a day of the stretch; 0 on the due date itself."""
        return max((day - self.late_since).days, 0) if self.late_since else 0


@dataclass(frozen=True)
class Known:
    """A stretch that was known from a moment until before another one (STILL: it is what is known now)."""

    segment: Segment
    known_from: datetime
    known_to: datetime


def segments(loan: Loan, known_at: datetime | None = None) -> tuple[Segment, ...]:
    """Return how a loan stood on every day from its disbursement on, as known at a moment (None: now).

    Nothing where nothing was handed over. Raises LedgerError where the entries do not make a ledger.
    """
    then = loan.as_known(known_at)
    track = _Track(then)
    track.follow(in_force(then.entries))
    return track.all()


def history(loan: Loan) -> tuple[Known, ...]:
    """Return what was known of a loan when: each moment of learning closes the stretches that it changed and adds new ones.

    Postings in the order of their value dates are followed in one replay; a backdated or reversed one begins anew, as does
    another rate of default interest.
    """
    found: list[Known] = []
    now: dict[Segment, datetime] = {}
    track: _Track | None = None
    for moment in loan.moments():
        then = loan.as_known(moment)
        counting = in_force(then.entries)
        if track is None or track.policy != then.policy or counting[: len(track.entries)] != track.entries:
            track = _Track(then)
        track.follow(counting[len(track.entries) :])
        gone, new = difference(now, track.all())
        found += [Known(segment, now.pop(segment), moment) for segment in gone]
        now.update(dict.fromkeys(new, moment))
    found += [Known(segment, start, STILL) for segment, start in now.items()]
    return tuple(sorted(found, key=lambda row: (row.known_from, row.segment.from_date)))


def difference(
    stored: Iterable[Segment], wanted: Iterable[Segment]
) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
    """Return the stretches that no longer hold, and those that are new."""
    before, after = dict.fromkeys(stored), dict.fromkeys(wanted)
    return (
        tuple(segment for segment in before if segment not in after),
        tuple(segment for segment in after if segment not in before),
    )


class _Track:
    """The stretches of a loan while its entries are replayed, each entry once."""

    def __init__(self, loan: Loan) -> None:
        self.policy = loan.policy
        self.replay = Replay(loan)
        self.entries: tuple[Entry, ...] = ()
        self.found: list[Segment] = []

    def follow(self, entries: Sequence[Entry]) -> None:
        """Count further entries, in the order in which they are in force."""
        with localcontext(working_context()):
            for entry in entries:
                if self.found:
                    self._grow(entry.value_date)
                self.replay.apply(entry)
                self._note(self._read(entry.value_date))
        self.entries += tuple(entries)

    def all(self) -> tuple[Segment, ...]:
        """Return every stretch; the last one has no end."""
        if not self.found:
            return ()
        return (*self.found[:-1], *_grown(self.found[-1], self.replay, NO_END))

    def _grow(self, before: date) -> None:
        self.found[-1:] = _grown(self.found[-1], self.replay, before)

    def _note(self, new: Segment) -> None:
        """Add a stretch that begins on a day, unless it goes on like the one before."""
        last = self.found[-1] if self.found else None
        if last and replace(last, from_date=new.from_date, to_date=NO_END) == new:
            return
        if last and last.from_date == new.from_date:
            self.found.pop()
            self._note(new)
            return
        if last:
            self.found[-1] = replace(last, to_date=new.from_date - timedelta(days=1))
        self.found.append(new)

    def _read(self, day: date) -> Segment:
        replay = self.replay
        items = replay.items[replay.settled() :]
        return Segment(
            from_date=day,
            to_date=NO_END,
            balance=replay.accounts["principal"],
            late_since=min((item.due for item in items if _is_unpaid(item)), default=None),
            is_open=not replay.is_written_off and any(item.is_open() for item in items),
            is_restructured=replay.is_restructured,
            is_written_off=replay.is_written_off,
            disbursed=sum((tranche.amount for tranche in replay.tranches), Decimal(0)),
            disbursed_on=replay.tranches[0].day,
        )


def _is_unpaid(item: Instalment) -> bool:
    """Whether anything but default interest is unpaid of it."""
    return any(item.open(component) > 0 for component in ("principal", "interest", "fees", "insurance"))


def _grown(last: Segment, replay: Replay, before: date) -> list[Segment]:
    """Divide the last stretch at the due dates before a day that capitalise interest."""
    assert replay.day is not None
    found = [last]
    for item in sorted(replay.items, key=lambda item: item.due):
        if item.capitalised and not item.is_capitalised and replay.day < item.due < before:
            at = found[-1]
            more = replace(at, from_date=item.due, to_date=NO_END, balance=at.balance + item.capitalised)
            if at.from_date == item.due:
                found[-1] = more
            else:
                found[-1:] = [replace(at, to_date=item.due - timedelta(days=1)), more]
    return found
