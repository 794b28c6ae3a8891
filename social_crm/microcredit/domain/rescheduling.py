"""The terms of a schedule that replaces another one: after a tranche, a prepayment or a restructuring."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from social_crm.microcredit.domain import methods
from social_crm.microcredit.domain.entries import LedgerError
from social_crm.microcredit.domain.methods import Run
from social_crm.microcredit.domain.schedule import Fee, Row, ScheduleError, Terms, Tranche, build


def drawn(agreed: Terms, tranches: Sequence[Tranche]) -> Terms:
    """Return the terms of what has been handed over so far of what was agreed.

    Fees stay those of the whole amount agreed. Of money that comes in parts the last row takes the residue: the first one may
    be over when the next part comes.
    """
    fees = tuple(Fee(fee.name, fee.when, "amount", methods.fee_amount(fee, agreed)) for fee in agreed.fees)
    is_whole = tranches[0].amount == agreed.principal
    return replace(
        agreed,
        principal=sum((tranche.amount for tranche in tranches), Decimal(0)),
        disbursed=tranches[0].day,
        fees=fees,
        tranches=() if len(tranches) == 1 else tuple(tranches),
        residue=agreed.residue if is_whole else "last",
    )


def after_prepayment(old: Terms, run: Run, remaining: Decimal, day: date, mode: str) -> Terms:
    """Return the terms of what remains on a day: fewer rows of the same amount, or as many of a lower one.

    Without a level amount (one payment at the end, a season, a grace that lasts) there is only the second.
    """
    passed = run.number - 1
    terms = replace(
        old,
        principal=remaining,
        disbursed=day,
        first_due=run.due,
        periods=None if old.periods is None else old.periods - passed,
        principal_grace=max(old.principal_grace - passed, 0),
        total_grace=max(old.total_grace - passed, 0),
        fees=tuple(fee for fee in old.fees if fee.when == "per_instalment"),
        tranches=(),
        calendar=old.calendar[passed:],
        residue="last",
    )
    if old.instalment is not None:
        terms = replace(terms, periods=len(methods.lines(old)) - passed, instalment=None)
    has_level = terms.method != "bullet" and terms.frequency != "seasonal" and not terms.grace
    if mode == "shorten_term" and run.level is not None and has_level:
        shorter = replace(terms, periods=None, instalment=run.level)
        return shorter if _can_build(shorter) else terms
    return terms


def restructured(new: Terms, owed: Decimal, day: date, decimals: int) -> Terms:
    """Return newly agreed terms for what is owed on a day."""
    fees = tuple(fee for fee in new.fees if fee.when == "per_instalment")
    return replace(new, principal=owed, disbursed=day, decimals=decimals, fees=fees, tranches=())


def rows_of(terms: Terms) -> tuple[Row, ...]:
    """Return the rows of terms.

    Raises:
        LedgerError: there are none.
    """
    try:
        return build(terms).rows
    except ScheduleError as error:
        raise LedgerError("terms", f"{error.field}: {error}") from error


def _can_build(terms: Terms) -> bool:
    try:
        build(terms)
    except ScheduleError:
        return False
    return True
