"""The words of a refusal: an auditor reads them at the door, and an engineer in a log."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from ledger_cases import TERMS, loan, pay, refused

from social_crm.microcredit.domain.allocation import check_order
from social_crm.microcredit.domain.entries import Policy
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
