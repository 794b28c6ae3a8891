"""What is counted in the database against what is replayed loan by loan: the same to the cent."""

from dataclasses import replace
from typing import Any

import frappe
from frappe.utils import add_days, add_months, getdate, now_datetime, nowdate

from social_crm.microcredit import factories as make
from social_crm.microcredit import portfolio_cases as cases
from social_crm.microcredit.services import (
    collecting,
    nightly,
    portfolio,
    provisions,
    replayed,
    risk,
    snapshots,
)
from social_crm.testing import SocialCRMTestCase

STRANGER = "ajeno.cartera@example.com"


class TestPortfolioBySets(SocialCRMTestCase):
    def setUp(self) -> None:
        super().setUp()
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

    def answers(self, asked: snapshots.Question) -> tuple:
        due = collecting.due_until(asked, getdate(add_days(asked.as_of, 20)))
        listed = portfolio.portfolio(asked.filters, asked.as_of, asked.known_at)
        return due, collecting.expected(asked, "month"), listed
