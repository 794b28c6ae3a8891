"""The ledger's entries: facts that are added and never edited.

An entry says what happened on its value date; it is known from the moment it was posted and belongs to the accounts of its
posting day. What it paid is not stored: that follows from all entries (replay.py).
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from social_crm.microcredit.domain.allocation import DEFAULT_ORDER
from social_crm.microcredit.domain.schedule import Row, Terms

# In the order in which entries of one value date count, whatever the order of posting.
KINDS = (
    "disbursement",
    "payment",
    "prepayment",
    "restructuring",
    "write_off",
    "recovery",
    "reversal",
)
PREPAYMENT_MODES = ("shorten_term", "lower_instalment")
ARREARS_MODES = ("capitalise", "first_row", "waive")
# A disbursement that pays off an older loan which was in arrears or restructured: the new one counts as restructured.
REFINANCES_ARREARS = "refinances_arrears"
# Nobody keeps the books closed for longer.
_DAYS_AHEAD = 400


class LedgerError(ValueError):
    """An entry that the ledger cannot take.

    reason: "amount", "kind", "mode", "key", "date", "before_disbursement", "closed_day", "above_debt", "above_agreed",
    "above_written_off", "written_off", "not_written_off", "nothing_owed", "unknown_entry", "already_reversed", "not_reversible",
    "changed_schedule" or "terms". limit: the most that would be taken, where that is known.
    """

    def __init__(self, reason: str, message: str, limit: Decimal | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.limit = limit


@dataclass(frozen=True)
class Entry:
    """One fact.

    key: its own name, unique within the loan. kind: one of KINDS.
    value_date: the day on which it counts. posted_at: when it was entered. posting_day: the day of the accounts in which it
        appears; None is the day of posted_at.
    amount: money of a disbursement (gross), payment, prepayment or recovery; zero for the others.
    mode: one of PREPAYMENT_MODES or ARREARS_MODES (what becomes of unpaid interest and charges at a restructuring); of a
        disbursement nothing or REFINANCES_ARREARS.
    terms: what a restructuring agrees anew; its principal and day of disbursement are those of the day.
    rows: the new rows of a prepayment or restructuring as they were signed (`ScheduleVersion.new_rows`); used while they still
        add up to what was owed, and reckoned anew otherwise and where something is carried into the first of them.
    reverses: key of the entry that a reversal takes back.
    """

    key: str
    kind: str
    value_date: date
    posted_at: datetime
    amount: Decimal = Decimal(0)
    posting_day: date | None = None
    mode: str = ""
    terms: Terms | None = None
    rows: tuple[Row, ...] = ()
    reverses: str = ""

    @property
    def day(self) -> date:
        """The day of the accounts in which it appears."""
        return self.posting_day or self.posted_at.date()

    @property
    def is_adjustment(self) -> bool:
        """Whether it appears later in the accounts than it counts."""
        return self.value_date < self.day


@dataclass(frozen=True)
class LaterRate:
    """A rate of default interest that became known after the loan was agreed: a cap certified, or corrected, since.

    first: the day from which it counts; rate: effective annual, already capped.
    known_from, known_to: when it was registered, and withdrawn as a mistake (None: it stands). day, until: the days of the
        accounts in which the one and the other appear.
    """

    first: date
    rate: Decimal
    known_from: datetime
    day: date
    known_to: datetime | None = None
    until: date | None = None

    def is_known(self, moment: datetime | None) -> bool:
        """Whether it counted at a moment (None: now)."""
        if moment is None:
            return self.known_to is None
        return self.known_from <= moment and (self.known_to is None or moment < self.known_to)

    def is_in_accounts(self, day: date) -> bool:
        """Whether the accounts at the end of a day are kept with it."""
        return self.day <= day and (self.until is None or day < self.until)


@dataclass(frozen=True)
class Policy:
    """The rules of a product as a loan keeps them.

    order: of the components within an instalment. default_rates: (first day, effective annual rate) of default interest, each
    in force until the next one begins; already capped (see usury.default_rate). Before the first one none runs.
    later_rates: what was learned of those rates since.
    """

    order: tuple[str, ...] = DEFAULT_ORDER
    default_rates: tuple[tuple[date, Decimal], ...] = ()
    later_rates: tuple[LaterRate, ...] = ()

    def as_known(self, moment: datetime | None) -> "Policy":
        """Return the rules with the rates that were known at a moment (None: now) and none to be learned."""
        return self._with(rate for rate in self.later_rates if rate.is_known(moment))

    def as_in_accounts(self, day: date) -> "Policy":
        """Return the rules with the rates that the accounts of a day are kept with, and none to be learned."""
        return self._with(rate for rate in self.later_rates if rate.is_in_accounts(day))

    def _with(self, later: Iterable[LaterRate]) -> "Policy":
        rates = dict(self.default_rates)
        # Of two for one day the one registered last is the correction.
        for rate in sorted(later, key=lambda rate: rate.known_from):
            rates[rate.first] = rate.rate
        return Policy(self.order, tuple(sorted(rates.items())))


@dataclass(frozen=True)
class Loan:
    """What the ledger of a loan is read with.

    terms: as agreed, for the whole principal. rows: the first schedule as it was signed; left empty it is reckoned from the
    terms. They are used while they add up to what was disbursed.
    """

    terms: Terms
    entries: tuple[Entry, ...]
    policy: Policy = field(default_factory=Policy)
    rows: tuple[Row, ...] = ()

    def as_known(self, moment: datetime | None) -> "Loan":
        """Return the loan as it was known at a moment (None: now): what had been posted, by the rates known."""
        return replace(self, entries=known(self.entries, moment), policy=self.policy.as_known(moment))

    def moments(self) -> tuple[datetime, ...]:
        """Return the moments at which something was learned of the loan, in order."""
        later = self.policy.later_rates
        found = {entry.posted_at for entry in self.entries} | {rate.known_from for rate in later}
        return tuple(sorted(found | {rate.known_to for rate in later if rate.known_to}))

    def days_of_accounts(self) -> tuple[date, ...]:
        """Return the days in whose accounts something appears that was posted or learned, in order."""
        later = self.policy.later_rates
        found = {entry.day for entry in self.entries} | {rate.day for rate in later}
        return tuple(sorted(found | {rate.until for rate in later if rate.until}))


def known(entries: Iterable[Entry], known_at: datetime | None) -> tuple[Entry, ...]:
    """Return the entries that had been posted at a moment (None: all)."""
    return tuple(entry for entry in entries if known_at is None or entry.posted_at <= known_at)


def in_force(entries: Sequence[Entry], as_of: date | None = None) -> tuple[Entry, ...]:
    """Return the entries that count on a day, in the order in which they count: reversed ones leave no trace."""
    reversed_keys = {entry.reverses for entry in entries if entry.kind == "reversal"}
    counting = (
        entry
        for entry in entries
        if entry.kind != "reversal"
        and entry.key not in reversed_keys
        and (as_of is None or entry.value_date <= as_of)
    )
    return tuple(sorted(counting, key=_order))


def first_open_day(day: date, closed: Set[date]) -> date:
    """Return the first day from `day` on whose accounts are open.

    Raises:
        LedgerError: there is none within 400 days.
    """
    for ahead in range(_DAYS_AHEAD):
        if day + timedelta(days=ahead) not in closed:
            return day + timedelta(days=ahead)
    raise LedgerError("closed_day", "No open day follows.")


def amounts_by(names: Iterable[str]) -> dict[str, Decimal]:
    """Return zero for each name."""
    return {name: Decimal(0) for name in names}


def total(amounts: Mapping[str, Decimal]) -> Decimal:
    """Return the sum of named amounts."""
    return sum(amounts.values(), Decimal(0))


_RANK: Mapping[str, int] = {kind: rank for rank, kind in enumerate(KINDS)}


def _order(entry: Entry) -> tuple[date, int, datetime, str]:
    return entry.value_date, _RANK[entry.kind], entry.posted_at, entry.key
