"""The words of a refusal: an auditor reads them at the door, and an engineer in a log."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from ledger_cases import FEB, MAR, TERMS, added, again, entry, loan, pay, prepay, refused, undo

from social_crm.microcredit.domain.allocation import check_order
from social_crm.microcredit.domain.entries import Entry, LedgerError, Loan, Policy, first_open_day
from social_crm.microcredit.domain.schedule import Fee, ScheduleError, Tranche, build, due_date

D = Decimal


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        (
            {"principal": D(10), "periods": 100},
            "periods",
            "Instalment 1 would repay nothing: the amount is too small for so many periods.",
        ),
        (
            {"instalment": D(60_000)},
            "instalment",
            "The instalment is not above the interest of instalment 1: it repays nothing.",
        ),
        (
            {"instalment": D(1), "rate": D(0), "periods": None},
            "instalment",
            "The instalment would not repay the loan in 1200 rows.",
        ),
        (
            {"first_due": date(9999, 6, 15)},
            "first_due",
            "The last instalment would fall due after the year 9999.",
        ),
        (
            {"tranches": (Tranche(TERMS.disbursed, D(2_000_000)), Tranche(date(2028, 1, 1), D(1_000_000)))},
            "tranches",
            "A tranche would be handed over after the last instalment.",
        ),
        (
            {"fees": (Fee("x", "upfront", "share", D(1)),)},
            "fees",
            "The fees held back leave nothing to hand over.",
        ),
    ],
)
def test_words_of_a_schedule_that_is_refused(changes: dict[str, object], field: str, words: str) -> None:
    with pytest.raises(ScheduleError) as caught:
        build(replace(TERMS, **changes))  # type: ignore[arg-type]
    assert (caught.value.field, str(caught.value)) == (field, words)


def test_words_of_a_date_that_does_not_exist() -> None:
    with pytest.raises(ScheduleError) as caught:
        due_date(replace(TERMS, first_due=date(9999, 6, 15)), 12)
    assert (caught.value.field, str(caught.value)) == (
        "first_due",
        "The last instalment would fall due after the year 9999.",
    )


@pytest.mark.parametrize(
    ("amount", "day", "reason", "words", "limit"),
    [
        (0, date(2026, 2, 1), "amount", "The amount must be above zero.", None),
        (1, date(2026, 1, 14), "before_disbursement", "Nothing can precede the disbursement.", None),
        (3_404_145, date(2026, 2, 1), "above_debt", "More was paid than is owed.", 3_404_144),
    ],
)
def test_words_of_a_payment_that_is_refused(
    amount: int, day: date, reason: str, words: str, limit: int | None
) -> None:
    refusal = refused(loan(policy=Policy()), pay("x", day, amount))
    assert (refusal.reason, str(refusal), refusal.limit) == (reason, words, limit)


def test_words_of_an_order_that_is_refused() -> None:
    with pytest.raises(ValueError, match=r"once: fees, insurance, default_interest, interest, principal$"):
        check_order(("fees",))


PAYMENT = pay("p", FEB, 283_679)
RUNNING = loan(PAYMENT, policy=Policy())
REVERSED = replace(RUNNING, entries=(*RUNNING.entries, undo("u", PAYMENT, datetime(2026, 3, 1))))
WRITTEN_OFF = loan(entry("off", "write_off", MAR), policy=Policy())
PAID = loan(pay("all", FEB, 3_404_144), policy=Policy())
NEW = datetime(2026, 3, 2)


@pytest.mark.parametrize(
    ("made", "new", "reason", "words"),
    [
        (RUNNING, entry("x", "gift", FEB, 1), "kind", "Unknown kind of entry: gift"),
        (RUNNING, pay("p", FEB, 1), "key", "There is an entry p already."),
        (
            RUNNING,
            pay("x", MAR, 1, posting_day=FEB),
            "date",
            "A value date cannot lie after the day of posting.",
        ),
        (RUNNING, entry("x", "write_off", FEB, 1), "amount", "The amount must be above zero."),
        (RUNNING, pay("x", FEB, "1.5"), "amount", "The amount may have at most 0 decimals."),
        (RUNNING, prepay(FEB, 1, "somehow"), "mode", "Unknown mode: somehow"),
        (RUNNING, replace(again(FEB, "waive"), mode="forget"), "mode", "Unknown mode: forget"),
        (RUNNING, replace(again(FEB, "waive"), terms=None), "terms", "A restructuring needs new terms."),
        (RUNNING, undo("x", pay("y", FEB, 1), NEW), "unknown_entry", "There is no entry y."),
        (
            REVERSED,
            undo("x", REVERSED.entries[-1], NEW),
            "not_reversible",
            "A reversal is not reversed: enter the fact again.",
        ),
        (REVERSED, undo("x", PAYMENT, NEW), "already_reversed", "The entry p is reversed already."),
        (
            RUNNING,
            replace(undo("x", PAYMENT, NEW), value_date=FEB + timedelta(days=1)),
            "date",
            "A reversal counts from the value date of what it reverses.",
        ),
        (
            RUNNING,
            undo("x", RUNNING.entries[0], NEW),
            "not_reversible",
            "Reverse what followed the disbursement first.",
        ),
        (
            RUNNING,
            entry("x", "disbursement", FEB, 1),
            "above_agreed",
            "More would be handed over than was agreed.",
        ),
        (
            RUNNING,
            entry("x", "recovery", FEB, 1),
            "not_written_off",
            "Only a loan that was written off has recoveries.",
        ),
        (WRITTEN_OFF, pay("x", MAR, 1), "written_off", "The loan was written off: enter a recovery."),
        (PAID, entry("x", "write_off", MAR), "nothing_owed", "Nothing is owed."),
        (WRITTEN_OFF, entry("x", "recovery", MAR, 10**8), "above_written_off", "More was paid than is owed."),
    ],
)
def test_words_of_an_entry_that_is_refused(made: Loan, new: Entry, reason: str, words: str) -> None:
    refusal = refused(made, new)
    assert (refusal.reason, str(refusal)) == (reason, words)


def test_words_of_a_closed_day() -> None:
    closed = frozenset(FEB + timedelta(days=ahead) for ahead in range(500))
    refusal = refused(RUNNING, pay("x", FEB, 1, posting_day=FEB), closed)
    assert (refusal.reason, str(refusal)) == ("closed_day", "The accounts of 2026-02-15 are closed.")
    refusal = refused(RUNNING, pay("x", FEB, 1), closed)
    assert (refusal.reason, str(refusal)) == ("closed_day", "No open day follows.")
    # The 399th day ahead is the last one that is looked at.
    almost = frozenset(FEB + timedelta(days=ahead) for ahead in range(399))
    assert first_open_day(FEB, almost) == FEB + timedelta(days=399)
    with pytest.raises(LedgerError):
        first_open_day(FEB, almost | {FEB + timedelta(days=399)})


def test_words_of_parts_that_come_too_late() -> None:
    terms = replace(TERMS, principal=D(4_000_000))
    part = replace(loan(policy=Policy()), terms=terms)
    late = refused(part, entry("x", "disbursement", date(2027, 3, 1), 1_000_000))
    assert (late.reason, str(late)) == ("date", "A tranche cannot follow the last instalment.")
    changed = added(part, prepay(FEB, 1_000_000))
    refusal = refused(changed, entry("x", "disbursement", MAR, 1_000_000))
    assert (refusal.reason, str(refusal)) == (
        "changed_schedule",
        "A tranche cannot follow a change of the schedule.",
    )
