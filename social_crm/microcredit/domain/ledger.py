"""The ledger of a loan: where it stands as of a value date, as known at a moment, and which entries it takes.

Every figure is replayed from the entries: asking again with the same two dates gives the same answer, whatever was posted
since.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, localcontext

from social_crm.microcredit.domain import methods
from social_crm.microcredit.domain.allocation import Allocation
from social_crm.microcredit.domain.arrears import Position, summarise
from social_crm.microcredit.domain.entries import (
    ARREARS_MODES,
    KINDS,
    PREPAYMENT_MODES,
    REFINANCES_ARREARS,
    Entry,
    LedgerError,
    Loan,
    Policy,
    first_open_day,
    in_force,
    total,
)
from social_crm.microcredit.domain.instalments import CHARGES, Instalment, ScheduleVersion, rows_of
from social_crm.microcredit.domain.replay import Replay
from social_crm.microcredit.domain.rounding import round_money, working_context

__all__ = [
    "Entry",
    "LedgerError",
    "Loan",
    "LoanState",
    "Policy",
    "ScheduleVersion",
    "accept",
    "first_open_day",
    "payoff",
    "state",
]

_WITH_AMOUNT = ("disbursement", "payment", "prepayment", "recovery")


@dataclass(frozen=True)
class LoanState:
    """A loan on a day.

    position: its figures and instalments; the status is also "Pending" before the disbursement and "Written Off" after a write-off.
    disbursed: gross. default_interest: unpaid. surplus: money held for the borrower.
    written_off: by component. recovered: of it. closed_on: the day on which nothing was owed any more.
    versions: every schedule, the one in force last. accounts: debit balances (credits are negative); they add up to zero.
    """

    as_of: date
    position: Position
    disbursed: Decimal
    default_interest: Decimal
    surplus: Decimal
    is_restructured: bool
    written_off: Mapping[str, Decimal]
    recovered: Decimal
    closed_on: date | None
    versions: tuple[ScheduleVersion, ...]
    accounts: Mapping[str, Decimal]


def state(loan: Loan, as_of: date, known_at: datetime | None = None) -> LoanState:
    """Return where a loan stood at the end of a day, as known at a moment (default: everything known).

    Raises:
        LedgerError: the entries do not make a ledger; `accept` keeps such entries out.
    """
    then = loan.as_known(known_at)
    return replayed(then, in_force(then.entries, as_of), as_of)


def payoff(loan: Loan, as_of: date, known_at: datetime | None = None) -> Decimal:
    """Return what would close a loan on a day: what is overdue, the interest run to the day, and the principal.

    Raises:
        LedgerError: the entries do not make a ledger.
    """
    with localcontext(working_context()):
        then = loan.as_known(known_at)
        replay = Replay(then)
        for entry in in_force(then.entries, as_of):
            replay.apply(entry)
        replay.advance(as_of)
        return _payoff(replay, as_of)


def replayed(loan: Loan, entries: tuple[Entry, ...], as_of: date) -> LoanState:
    """Return where entries that are in force, in their order, leave a loan at the end of a day."""
    with localcontext(working_context()):
        replay = Replay(loan)
        closed_on: date | None = None
        for entry in entries:
            replay.apply(entry)
            closed_on = (closed_on or entry.value_date) if _owes_nothing(replay) else None
        replay.advance(as_of)
        return _read(replay, as_of, closed_on if _owes_nothing(replay) else None)


def after_each(loan: Loan, entries: tuple[Entry, ...]) -> tuple[LoanState, ...]:
    """Return where each of the entries that are in force, in their order, left a loan on its value date."""
    with localcontext(working_context()):
        replay = Replay(loan)
        closed_on: date | None = None
        states = []
        for entry in entries:
            replay.apply(entry)
            closed_on = (closed_on or entry.value_date) if _owes_nothing(replay) else None
            states.append(_read(replay, entry.value_date, closed_on))
        return tuple(states)


def accept(loan: Loan, new: Entry, closed: Set[date] = frozenset()) -> Entry:
    """Return a new entry as it is to be posted, or refuse it.

    closed: days whose accounts are closed. Without a posting day of its own the entry appears on the first open day from the
    day of posting on; a value date in a closed day is thus an adjustment of an open one.

    Raises:
        LedgerError: with the reason.
    """
    day = new.posting_day or first_open_day(new.posted_at.date(), closed)
    if day in closed:
        raise LedgerError("closed_day", f"The accounts of {day} are closed.")
    entry = replace(new, posting_day=day)
    _check_form(loan, entry)
    if entry.kind == "reversal":
        _check_reversal(loan, entry)
    with localcontext(working_context()):
        loan = loan.as_known(None)
        before = in_force(loan.entries)
        after = in_force((*loan.entries, entry))
        end = max(day, *(other.value_date for other in (*before, entry)))
        now = replayed(loan, before, end) if before else None
        then = replayed(loan, after, end) if after else None
        if entry.kind != "reversal":
            _check_effect(loan, entry, now, then, before)
    return entry


def _check_form(loan: Loan, entry: Entry) -> None:
    """Refuse what is wrong with an entry by itself."""
    if entry.kind not in KINDS:
        raise LedgerError("kind", f"Unknown kind of entry: {entry.kind}")
    if any(other.key == entry.key for other in loan.entries):
        raise LedgerError("key", f"There is an entry {entry.key} already.")
    if entry.posting_day is not None and entry.value_date > entry.posting_day:
        raise LedgerError("date", "A value date cannot lie after the day of posting.")
    has_amount = entry.kind in _WITH_AMOUNT
    amount = entry.amount
    if not amount.is_finite() or (amount <= 0 if has_amount else amount != 0):
        raise LedgerError("amount", "The amount must be above zero.")
    if round_money(amount, loan.terms.decimals) != amount:
        raise LedgerError("amount", f"The amount may have at most {loan.terms.decimals} decimals.")
    modes = {
        "disbursement": ("", REFINANCES_ARREARS),
        "prepayment": PREPAYMENT_MODES,
        "restructuring": ARREARS_MODES,
    }.get(entry.kind)
    if modes and entry.mode not in modes:
        raise LedgerError("mode", f"Unknown mode: {entry.mode}")
    if entry.kind == "restructuring" and entry.terms is None:
        raise LedgerError("terms", "A restructuring needs new terms.")


def _check_reversal(loan: Loan, entry: Entry) -> None:
    target = next((other for other in loan.entries if other.key == entry.reverses), None)
    if target is None:
        raise LedgerError("unknown_entry", f"There is no entry {entry.reverses}.")
    if target.kind == "reversal":
        raise LedgerError("not_reversible", "A reversal is not reversed: enter the fact again.")
    if any(other.kind == "reversal" and other.reverses == target.key for other in loan.entries):
        raise LedgerError("already_reversed", f"The entry {target.key} is reversed already.")
    if entry.value_date != target.value_date:
        raise LedgerError("date", "A reversal counts from the value date of what it reverses.")
    left = [other for other in in_force(loan.entries) if other.key != target.key]
    if target.kind == "disbursement" and any(other.kind != "disbursement" for other in left):
        raise LedgerError("not_reversible", "Reverse what followed the disbursement first.")


def _check_effect(
    loan: Loan, entry: Entry, now: LoanState | None, then: LoanState | None, before: tuple[Entry, ...]
) -> None:
    """Refuse what an entry would do to the loan."""
    assert then is not None
    if entry.kind == "disbursement":
        if then.disbursed > loan.terms.principal:
            limit = loan.terms.principal - (now.disbursed if now else Decimal(0))
            raise LedgerError("above_agreed", "More would be handed over than was agreed.", limit)
        return
    written_off = next((other.value_date for other in before if other.kind == "write_off"), None)
    is_after = written_off is not None and entry.value_date >= written_off
    if entry.kind == "recovery" and not is_after:
        raise LedgerError("not_written_off", "Only a loan that was written off has recoveries.")
    if entry.kind != "recovery" and is_after:
        raise LedgerError("written_off", "The loan was written off: enter a recovery.")
    if entry.kind in ("restructuring", "write_off") and now is not None:
        on_the_day = replayed(loan, in_force(before, entry.value_date), entry.value_date)
        if on_the_day.position.balance <= 0:
            raise LedgerError("nothing_owed", "Nothing is owed.")
    above = then.surplus - (now.surplus if now else Decimal(0))
    if above > 0:
        reason = "above_written_off" if entry.kind == "recovery" else "above_debt"
        raise LedgerError(reason, "More was paid than is owed.", max(entry.amount - above, Decimal(0)))


def _owes_nothing(replay: Replay) -> bool:
    # From the end: what is unpaid is mostly there.
    return not replay.is_written_off and not any(item.is_open() for item in reversed(replay.items))


def _read(replay: Replay, as_of: date, closed_on: date | None) -> LoanState:
    rows = rows_of(replay.items)
    instalments = tuple(item.state(row.balance, as_of) for item, row in zip(replay.items, rows, strict=True))
    surplus = -replay.accounts["surplus"]
    position = summarise(instalments, as_of, Allocation(tuple(replay.shares), surplus))
    status = position.status
    if replay.is_written_off:
        status = "Written Off"
    elif replay.day is None:
        status = "Pending"
    default_interest = sum((item.open("default_interest") for item in replay.items), Decimal(0))
    return LoanState(
        as_of=as_of,
        position=replace(position, balance=replay.accounts["principal"], status=status),
        disbursed=sum((tranche.amount for tranche in replay.tranches), Decimal(0)),
        default_interest=default_interest,
        surplus=surplus,
        is_restructured=replay.is_restructured,
        written_off=dict(replay.written_off),
        recovered=replay.recovered,
        closed_on=closed_on,
        versions=tuple(replay.versions),
        accounts=replay.accounts.balances(),
    )


def _payoff(replay: Replay, day: date) -> Decimal:
    if replay.day is None or replay.is_written_off or not replay.accounts["principal"]:
        return sum((_open(item) for item in replay.items), Decimal(0))
    run = methods.run_at(replay.terms, day)
    if run is None:
        return sum((_open(item) for item in replay.items), Decimal(0))
    first = replay.offset + run.number
    owed = replay.accounts["principal"] + run.interest + run.fees + run.insurance
    for item in replay.items:
        if item.number < first:
            owed += sum((item.open(component) for component in CHARGES), Decimal(0))
        else:
            owed -= item.paid_of_charges()
    return max(owed, Decimal(0))


def _open(item: Instalment) -> Decimal:
    return total(item.charge) - total(item.paid)
