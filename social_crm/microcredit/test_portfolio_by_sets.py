"""What is counted in the database against what is replayed loan by loan: the same to the cent."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import frappe
from frappe.utils import add_days, add_months, getdate, now_datetime, nowdate

from social_crm.microcredit import factories as make
from social_crm.microcredit import portfolio_cases as cases
from social_crm.microcredit.domain import ledger
from social_crm.microcredit.services import (
    collecting,
    figures,
    loans,
    nightly,
    portfolio,
    provisions,
    replayed,
    risk,
    snapshots,
)
from social_crm.microcredit.services import ledger as posting
from social_crm.microcredit.services.money import to_decimal
from social_crm.testing import SocialCRMTestCase

STRANGER = "ajeno.cartera@example.com"


def columns(row: Any, like: dict[str, Any]) -> dict[str, Any]:
    """What a row holds, as the domain writes it."""
    return {
        field: to_decimal(row.get(field)) if isinstance(value, Decimal) else row.get(field)
        for field, value in like.items()
    }


class TestPortfolioBySets(SocialCRMTestCase):
    def prepare(self) -> None:
        make.make_team()
        # Two communities: the officer works in one of them.
        self.names = cases.make_portfolio(28)
        make.make.assign(make.OFFICER, "Vereda de cartera 0")
        make.make.make_user(STRANGER, "Credit Officer")

    def questions(self) -> Any:
        """Days, moments and filters; None is everything known now."""
        posted = frappe.get_all(
            "Microcredit Ledger Entry",
            {"microcredit": ["in", self.names]},
            pluck="posted_at",
            order_by="posted_at",
        )
        for known_at in (None, str(posted[len(posted) // 2]), str(posted[-5])):
            for days_ago in (0, 40, 400):
                yield {"as_of": add_days(nowdate(), -days_ago), "known_at": known_at}
        yield {"community": "Vereda de cartera 1"}
        yield {"credit_officer": make.OFFICER, "as_of": add_days(nowdate(), 45)}
        yield {"currency": "USD"}

    def test_at_risk_cohorts_and_roll_rates(self) -> None:
        seen = set()
        for user in ("Administrator", make.OFFICER, STRANGER):
            frappe.set_user(user)
            for filters in self.questions():
                asked = snapshots.question(filters)
                ranges = provisions.ranges_on(asked.as_of)
                with self.subTest(user=user, **filters):
                    for group in ("Community", "Credit Officer"):
                        parts = risk.by_group(asked, group, ranges)
                        self.assertEqual(parts, replayed.by_group(asked, group, ranges))
                    days = risk.month_ends(asked.as_of, 3)
                    self.assertEqual(
                        risk.cohorts(asked, days, 30, "quarter"), replayed.cohorts(asked, days, 30, "quarter")
                    )
                    by_age = risk.cohorts_on_book(asked, 5, 1, "quarter")
                    self.assertEqual(by_age, replayed.cohorts_on_book(asked, 5, 1, "quarter"))
                    first = getdate(add_months(asked.as_of, -1))
                    rolled = risk.roll(asked, first)
                    self.assertEqual(rolled, replayed.roll(asked, first))
                    seen.add((user, parts[1].risk.gross > 0, bool(by_age.shares), bool(rolled.shares)))
        # Each of them saw what is theirs: nothing, or a portfolio.
        self.assertEqual({row[0] for row in seen if all(row[1:])}, {"Administrator", make.OFFICER})
        self.assertEqual({row for row in seen if row[0] == STRANGER}, {(STRANGER, False, False, False)})

    def test_what_is_expected_and_the_list(self) -> None:
        nightly.refresh_all()
        for user in ("Administrator", make.OFFICER, STRANGER):
            frappe.set_user(user)
            asked = snapshots.question({})
            with self.subTest(user=user):
                kept = self.answers(asked)
                # Of a given moment every loan is replayed.
                self.assertEqual(kept, self.answers(replace(asked, known_at=now_datetime())))
                self.assertEqual(bool(kept[0]), user != STRANGER)
        frappe.set_user("Administrator")
        # Some loans were not brought to the day yet: these are replayed, and the answer is the same.
        some = {"name": ["in", self.names[::3]]}
        frappe.db.set_value("Microcredit", some, {"position_as_of": add_days(nowdate(), -9), "days_late": 0})
        self.assertEqual(self.answers(asked), self.answers(replace(asked, known_at=now_datetime())))

    def test_what_was_expected_is_replayed_for_loans_that_owed_something(self) -> None:
        for filters in self.questions():
            asked = snapshots.question(filters)
            if snapshots.is_current(asked):
                continue
            with self.subTest(**filters):
                everything = [
                    item
                    for snapshot in snapshots.read(asked)
                    if snapshot.state.position.status != "Written Off"
                    for item in snapshot.state.position.instalments
                ]
                self.assertEqual(
                    collecting.expected(asked, "month"),
                    collecting.domain.expected_by_month(everything, asked.as_of),
                )

    def test_nights(self) -> None:
        """Night after night the figures written in the database are those of the replay, to the cent."""
        nightly.refresh_all()
        partly = self.pay_a_part()
        by_sets: set[str] = set()
        running: set[str] = set()
        for ahead in (1, 2, 3, 20, 21, 55, 100):
            day = getdate(add_days(nowdate(), ahead))
            by_sets |= self.moved_by_time_alone(day)
            running |= self.running(day)
            nightly.refresh_all(day)
            self.assert_as_replayed(day)
        # Both ways were walked, and default interest ran on both.
        self.assertGreater(len(by_sets), len(self.names) / 3)
        self.assertTrue(running & by_sets)
        self.assertIn(partly, running - by_sets)
        # Back to a day before the last figures: nothing of it can be taken from them.
        nightly.refresh_all(add_days(nowdate(), 2))
        self.assert_as_replayed(getdate(add_days(nowdate(), 2)))

    def test_a_night_after_a_fact_that_counts_later(self) -> None:
        """Figures that were written for an older day: entries, and capitalised interest, lie between it and today."""
        for days_ago in (300, 90, 30):
            day = getdate(add_days(nowdate(), -days_ago))
            nightly.refresh(self.names, day)
            nightly.refresh_all(add_days(day, 12))
            self.assert_as_replayed(getdate(add_days(day, 12)))

    def pay_a_part(self) -> str:
        """Of overdue principal, so that the instalment does not tell how much of it was overdue for how long."""
        books = loans.read(list(self.running(getdate())))
        overdue = {name: ledger.state(book, getdate()).position.overdue for name, book in books.items()}
        name = max(overdue, key=lambda name: overdue[name])
        posting.post(name, posting.Fact("payment", getdate(), overdue[name] - 1000))
        return name

    def running(self, day: Any) -> set[str]:
        """Loans of which default interest moves on a day."""
        books = loans.read(self.names)
        before = getdate(add_days(day, -1))
        return {
            name
            for name, book in books.items()
            if ledger.state(book, day).default_interest != ledger.state(book, before).default_interest
        }

    def moved_by_time_alone(self, day: Any) -> set[str]:
        return set(nightly._next("", 1000, nightly._moved_by_time_alone(day)))

    def assert_as_replayed(self, day: Any) -> None:
        # What a loan that is paid, or not handed over, will be does not follow from the calendar.
        unpaid = frappe.get_all(
            "Microcredit", {"name": ["in", self.names], "status": ["in", snapshots.UNPAID]}, pluck="name"
        )
        self.assertGreater(len(unpaid), 2)
        for name, book in loans.read(unpaid).items():
            state = ledger.state(book, day)
            doc = frappe.get_doc("Microcredit", name)
            with self.subTest(loan=name, day=day):
                self.assertEqual(columns(doc, figures.of_loan(state)), figures.of_loan(state))
                for row, item in zip(doc.schedule, state.position.instalments, strict=True):
                    self.assertEqual(columns(row, figures.of_instalment(item)), figures.of_instalment(item))

    def answers(self, asked: snapshots.Question) -> tuple:
        due = collecting.due_until(asked, getdate(add_days(asked.as_of, 20)))
        listed = portfolio.portfolio(asked.filters, asked.as_of, asked.known_at)
        return due, collecting.expected(asked, "month"), listed
