"""The ledger's entries: facts that are added and never edited.

An entry says what happened on its value date; it is known from the moment it was posted and belongs to the accounts of its
posting day. What it paid is not stored: that follows from all entries (replay.py).
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
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
    mode: one of PREPAYMENT_MODES or ARREARS_MODES (what becomes of unpaid interest and charges at a restructuring).
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
class Policy:
    """The rules of a product as a loan keeps them.

    order: of the components within an instalment. default_rates: (first day, effective annual rate) of default interest, each
    in force until the next one begins; already capped (see usury.default_rate). Before the first one none runs.
    """

    order: tuple[str, ...] = DEFAULT_ORDER
    default_rates: tuple[tuple[date, Decimal], ...] = ()


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
