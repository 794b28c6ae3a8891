"""The days late, overdue amounts and default interest of all loans, which move with the calendar alone.

What an ordinary night moves is written in the database, some thousand loans in a handful of statements: the days late of unpaid
instalments, and what they add up to on their loans. Default interest is reckoned by the domain, instalment by instalment: its
daily rate is a root of more digits than the database reckons with, and a sum there could be a peso away from the ledger's. Replayed
one by one are the loans of which the instalments do not tell enough:

- of overdue principal a part was paid after its due date, or the loan was restructured, while default interest runs;
- interest is added to the principal on one of these days;
- an entry counts from one of these days, or the figures lie ahead of the day asked for.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import frappe
from frappe.query_builder import DocType
from frappe.utils import getdate
from pypika import Case, CustomFunction
from pypika.functions import Max, Min, Sum
from pypika.terms import Criterion, ExistsCriterion, Not

from social_crm.microcredit.domain import ledger as domain
from social_crm.microcredit.domain.default_interest import DailyRates, daily_rates, since_due
from social_crm.microcredit.domain.entries import LaterRate
from social_crm.microcredit.domain.stored import RUNS_DEFAULT_INTEREST
from social_crm.microcredit.services import figures, loans
from social_crm.microcredit.services.money import decimals_of, to_decimal
from social_crm.microcredit.services.snapshots import UNPAID

# Loans that are locked, reckoned and committed together: by replay, and in the database.
_BATCH = 500
_SET = 2000
_DAYS_BETWEEN = CustomFunction("DATEDIFF", ["end", "start"])


def refresh_all(as_of: Any = None) -> None:
    """Bring every loan to a day (today). The scheduler works for everybody: no user's row permissions apply."""
    day = getdate(as_of)
    move_all(day)
    replay_rest(day)


def move_all(day: date) -> None:
    """Bring the loans to a day that time alone moved."""
    last = ""
    while names := _next(last, _SET, _moved_by_time_alone(day)):
        move(names, day)
        last = names[-1]
        _keep(names, _SET)
    # The forms that are kept in memory are all read anew.
    frappe.clear_document_cache("Microcredit")


def replay_rest(day: date) -> None:
    """Replay every loan to a day that is not there yet; one that cannot be replayed is noted and keeps nobody up."""
    last = ""
    while names := _next(last, _BATCH, _is_stale(day)):
        _refresh_or_note(names, day)
        last = names[-1]
        _keep(names, _BATCH)


def refresh(names: list[str], day: date) -> None:
    """Bring some loans to a day by replaying them, under their locks."""
    loan = DocType("Microcredit")
    locked = frappe.qb.from_(loan).select(loan.name).where(loan.name.isin(names)).orderby(loan.name)
    books = loans.read([row[0] for row in locked.for_update().run()], latest=True)
    figures.write_all({name: domain.state(book, day) for name, book in books.items()})


def _refresh_or_note(names: list[str], day: date) -> None:
    """Refresh loans together; where that fails, one by one, with the error of each that fails in the Error Log."""
    frappe.db.savepoint("night")
    try:
        refresh(names, day)
    except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
        # The database has undone everything: the job is run again.
        raise
    except Exception:
        frappe.db.rollback(save_point="night")
        if len(names) == 1:
            frappe.log_error(title=f"Microcredit {names[0]}: figures of {day} not written")
            return
        for name in names:
            _refresh_or_note([name], day)


def move(names: list[str], day: date) -> None:
    """Bring loans to a day that time alone moved, under their locks; see `_moved_by_time_alone`."""
    loan = DocType("Microcredit")
    query = (
        frappe.qb.from_(loan)
        .select(loan.name, loan.days_late, loan.next_due_date)
        # Whoever posted to a loan meanwhile has brought it to the day.
        .where(loan.name.isin(names) & (loan.position_as_of < day))
        .orderby(loan.name)
        .for_update()
    )
    quiet, moved = [], []
    for name, days_late, next_due in query.run():
        # Nothing is late, and nothing fell due since.
        is_quiet = not days_late and next_due and next_due >= day
        (quiet if is_quiet else moved).append(name)
    if quiet:
        frappe.qb.update(loan).set(loan.position_as_of, day).where(loan.name.isin(quiet)).run()
    if moved:
        _run_default_interest(moved, day)
        _move_instalments(moved, day)
        _move_loans(moved, day)


def _run_default_interest(names: list[str], day: date) -> None:
    loan, row = DocType("Microcredit"), DocType("Microcredit Instalment")
    query = (
        frappe.qb.from_(row)
        .join(loan)
        .on((row.parent == loan.name) & (row.parenttype == "Microcredit"))
        .select(row.name, row.due_date, row.principal, row.paid_principal, row.default_interest)
        .select(loan.currency, loan.policy, loan.product_version, loan.disbursed_on, loan.creation)
        .where(row.parent.isin(names) & _has_default_interest(loan))
        .where((row.due_date < day) & (row.principal > row.paid_principal))
    )
    later: dict[Any, tuple[LaterRate, ...]] = {}
    rates: dict[Any, DailyRates] = {}
    changed: dict[str, Decimal] = {}
    for name, due, principal, paid, before, currency, *of_loan in query.run():
        key = tuple(of_loan)
        if key not in rates:
            rates[key] = daily_rates(loans.policy_of(*key, later).as_known(None))
        overdue = to_decimal(principal) - to_decimal(paid)
        total = since_due(overdue, due, day, rates[key], decimals_of(currency))
        if total != to_decimal(before):
            changed[name] = total
    figures.set_amounts("Microcredit Instalment", "default_interest", changed)
    found = list(changed)
    for start in range(0, len(found), _SET):
        part = found[start : start + _SET]
        paid = row.paid_principal + row.paid_interest + row.paid_fees + row.paid_insurance
        unpaid = row.total + row.default_interest - paid - row.paid_default_interest
        frappe.qb.update(row).set(row.unpaid, unpaid).where(row.name.isin(part)).run()


def _move_instalments(names: list[str], day: date) -> None:
    row = DocType("Microcredit Instalment")
    in_schedule = row.paid_principal + row.paid_interest + row.paid_fees + row.paid_insurance
    (
        frappe.qb.update(row)
        .set(row.days_late, _DAYS_BETWEEN(day, row.due_date))
        .where(row.parent.isin(names) & (row.parenttype == "Microcredit"))
        .where((row.due_date < day) & (in_schedule < row.total))
        .run()
    )


def _move_loans(names: list[str], day: date) -> None:
    """What the instalments of loans add up to, as `arrears.summarise` has it."""
    loan, row = DocType("Microcredit"), DocType("Microcredit Instalment")
    of_loans = row.parent.isin(names) & (row.parenttype == "Microcredit")
    overdue = (row.due_date < day) & (row.unpaid > 0)
    sums = (
        frappe.qb.from_(row)
        .select(
            row.parent,
            # No name of a column of loans: what is set is named without its table.
            Sum(row.unpaid).as_("unpaid"),
            Sum(row.default_interest - row.paid_default_interest).as_("of_default"),
            Sum(Case().when(overdue, row.unpaid).else_(0)).as_("overdue"),
            Sum(Case().when(overdue, row.principal - row.paid_principal).else_(0)).as_("of_principal"),
            Max(row.days_late).as_("late"),
            Min(Case().when((row.due_date >= day) & (row.unpaid > 0), row.number)).as_("next_number"),
        )
        .where(of_loans)
        .groupby(row.parent)
        .as_("sums")
    )
    coming = frappe.qb.from_(row).select(
        row.parent, row.number, row.due_date.as_("coming_due"), row.unpaid.as_("coming_unpaid")
    )
    coming = coming.where(of_loans).as_("coming")
    (
        frappe.qb.update(loan)
        .join(sums)
        .on(sums.parent == loan.name)
        .left_join(coming)
        .on((coming.parent == loan.name) & (coming.number == sums.next_number))
        .set(loan.status, Case().when(sums.late > 0, "In Arrears").else_("Active"))
        .set(loan.unpaid_amount, sums.unpaid)
        .set(loan.default_interest, sums.of_default)
        .set(loan.overdue_amount, sums.overdue)
        .set(loan.overdue_principal, sums.of_principal)
        .set(loan.days_late, sums.late)
        .set(loan.next_due_date, coming.coming_due)
        .set(loan.next_amount, Case().when(coming.coming_unpaid.isnull(), 0).else_(coming.coming_unpaid))
        .set(loan.position_as_of, day)
        .where(loan.name.isin(names))
        .run()
    )


def _moved_by_time_alone(day: date) -> Criterion:
    """Return the criterion of the loans whose figures follow from those of their last day without the ledger."""
    loan, row, entry = (
        DocType("Microcredit"),
        DocType("Microcredit Instalment"),
        DocType("Microcredit Ledger Entry"),
    )
    of_loan = (row.parent == loan.name) & (row.parenttype == "Microcredit")
    paid_after = (entry.microcredit == loan.name) & (entry.value_date > row.due_date)
    partly_paid = (row.due_date < day) & (row.principal > row.paid_principal) & (row.paid_principal > 0)
    unknown = _any(row, of_loan & partly_paid & _any(entry, paid_after)) | (loan.is_restructured == 1)
    capitalising = (
        of_loan & (row.capitalised > 0) & (row.due_date > loan.position_as_of) & (row.due_date <= day)
    )
    later = (entry.microcredit == loan.name) & (entry.value_date > loan.position_as_of)
    return (
        _is_stale(day)
        & (loan.position_as_of < day)
        & Not(_has_default_interest(loan) & unknown)
        & Not(_any(row, capitalising))
        & Not(_any(entry, later))
    )


def _has_default_interest(loan: Any) -> Criterion:
    return loan.policy.like(f"%{RUNS_DEFAULT_INTEREST}%")


def _is_stale(day: date) -> Criterion:
    loan = DocType("Microcredit")
    return loan.status.isin(UNPAID) & (loan.position_as_of.isnull() | (loan.position_as_of != day))


def _next(after: str, count: int, which: Criterion) -> list[str]:
    loan = DocType("Microcredit")
    query = frappe.qb.from_(loan).select(loan.name).where((loan.name > after) & which)
    return [row[0] for row in query.orderby(loan.name).limit(count).run()]


def _keep(names: Iterable[str], full: int) -> None:
    """A long night keeps what is done and frees its locks."""
    if len(list(names)) == full:
        frappe.db.commit()


def _any(table: Any, which: Criterion) -> Criterion:
    return ExistsCriterion(frappe.qb.from_(table).select(table.name).where(which))
