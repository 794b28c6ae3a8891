import json
from datetime import timedelta
from decimal import Decimal

import frappe
from frappe.utils import add_days, get_datetime, getdate, nowdate

from social_crm.microcredit import factories as make
from social_crm.microcredit.domain import standing as domain
from social_crm.microcredit.domain import stored
from social_crm.microcredit.domain.entries import Policy
from social_crm.microcredit.services import ledger, loans, standings, vouchers
from social_crm.microcredit.services.repayments import record_repayment
from social_crm.testing import SocialCRMTestCase

STANDING = "Microcredit Standing"


class TestMicrocreditStanding(SocialCRMTestCase):
    def prepare(self) -> None:
        make.make_team()
        self.loan = make.make_loan(days_ago=75).name
        frappe.set_user(make.OFFICER)

    def rows(self) -> list:
        return frappe.get_all(
            STANDING,
            filters={"microcredit": self.loan},
            fields=["name", "from_date", "to_date", "known_from", "known_to", "balance", "late_since"],
            order_by="known_from, from_date",
        )

    def on(self, day, known_at=None) -> list:
        table = frappe.qb.DocType(STANDING)
        return (
            frappe.qb.from_(table)
            .select(table.balance, table.late_since, table.is_open)
            .where((table.microcredit == self.loan) & standings.holding(table, getdate(day), known_at))
            .run()
        )

    def test_each_posting_closes_and_adds(self) -> None:
        paid = record_repayment(self.loan, 300_000, add_days(nowdate(), -20))
        rows = self.rows()
        self.assertEqual(len(rows), 3)
        posted = get_datetime(frappe.db.get_value("Microcredit Repayment", paid, "posted_at"))
        self.assertEqual(rows[0].known_to, posted)
        self.assertEqual([row.known_from for row in rows[1:]], [posted, posted])
        self.assertEqual([row.known_to for row in rows[1:]], [domain.STILL] * 2)
        self.assertEqual(rows[1].to_date, getdate(add_days(nowdate(), -21)))
        vouchers.reverse("Microcredit Repayment", paid, "Error")
        self.assertEqual(len(self.rows()), 4)

    def test_the_same_as_the_replay_at_every_moment(self) -> None:
        paid = record_repayment(self.loan, 300_000, add_days(nowdate(), -20))
        record_repayment(self.loan, 700_000, kind="Prepayment", prepayment_mode="Lower the Instalment")
        vouchers.reverse("Microcredit Repayment", paid, "Error")
        book = loans.read_one(self.loan)
        moments = [entry.posted_at for entry in book.entries]
        for moment in [None, *moments, *(moment - timedelta(microseconds=1) for moment in moments)]:
            for days_ago in range(-40, 80, 3):
                day = getdate(add_days(nowdate(), -days_ago))
                state = ledger.state_of(self.loan, day, moment)
                found = self.on(day, moment)
                if state.position.status == "Pending":
                    self.assertEqual(found, ())
                    continue
                ((balance, late_since, is_open),) = found
                late = max((day - late_since).days, 0) if late_since else 0
                self.assertEqual(
                    (balance, late, bool(is_open)),
                    (state.position.balance, state.position.days_late, state.position.unpaid > 0),
                )

    def test_writing_again_changes_nothing(self) -> None:
        record_repayment(self.loan, 300_000)
        before = self.rows()
        ledger.refresh(self.loan)
        ledger.refresh(self.loan, add_days(nowdate(), -3))
        self.assertEqual(self.rows(), before)

    def test_a_clock_that_went_back(self) -> None:
        """The table is written anew from the entries when the newest is not the last one known."""
        record_repayment(self.loan, 300_000)
        book = loans.read_one(self.loan)
        standings.write({self.loan: book}, book.entries[0].posted_at - timedelta(hours=1))
        self.assertEqual(
            [(row.known_from, row.from_date) for row in self.rows()],
            [(row.known_from, row.segment.from_date) for row in domain.history(book)],
        )

    def test_what_changes_without_an_entry_is_known_from_then_on(self) -> None:
        """A usury cap that is certified late changes the default interest of days gone by, and what payments paid."""
        paid = record_repayment(self.loan, 280_000, add_days(nowdate(), -5))
        posted = get_datetime(frappe.db.get_value("Microcredit Repayment", paid, "posted_at"))
        before = self.on(nowdate())
        rates = Policy(default_rates=((getdate("2020-01-01"), Decimal("0.27")),))
        text = json.dumps(stored.policy_to_json(rates))
        frappe.db.set_value("Microcredit", self.loan, "policy", text, update_modified=False)
        ledger.refresh(self.loan)
        after = self.on(nowdate())
        self.assertGreater(after[0][0], before[0][0])
        self.assertEqual(after[0][0], ledger.position_of(self.loan).balance)
        self.assertEqual(self.on(nowdate(), posted), before)

    def test_nobody_edits_adds_or_deletes(self) -> None:
        frappe.set_user("Administrator")
        row = frappe.get_doc(STANDING, self.rows()[0].name)
        copy = frappe.copy_doc(row)
        copy.name = "MC-1"
        row.balance = 1
        for what in (
            row.save,
            lambda: row.db_set("balance", 1),
            row.db_update,
            copy.insert,
            lambda: frappe.delete_doc(STANDING, row.name),
            lambda: frappe.rename_doc(STANDING, row.name, "MC-1"),
        ):
            with self.assertRaises((frappe.PermissionError, frappe.ValidationError)):
                what()
        self.assertEqual(self.rows()[0].balance, 3_000_000)

    def test_who_may_not_see_the_loan_sees_no_standing(self) -> None:
        frappe.set_user("Administrator")
        make.make_borrower("Comunidad ajena")
        stranger = make.make.make_user("ajeno.posiciones@example.com", "Credit Officer")
        make.make.assign(stranger, "Comunidad ajena")
        for user, seen in ((make.OFFICER, 1), (stranger, 0)):
            frappe.set_user(user)
            found = frappe.get_list(STANDING, filters={"microcredit": self.loan})
            self.assertEqual(len(found), seen)
