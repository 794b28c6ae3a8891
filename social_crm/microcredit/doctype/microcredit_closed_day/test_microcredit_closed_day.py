import frappe
from frappe.utils import add_days, getdate, nowdate

from social_crm.microcredit import factories as make
from social_crm.microcredit.services.repayments import record_repayment
from social_crm.testing import SocialCRMTestCase


def close(day: str) -> None:
    frappe.get_doc({"doctype": "Microcredit Closed Day", "day": day}).insert()


class TestMicrocreditClosedDay(SocialCRMTestCase):
    def prepare(self) -> None:
        make.make_team()
        self.loan = make.make_loan(days_ago=40).name
        self.day = str(add_days(nowdate(), -3))
        close(self.day)

    def entry(self) -> dict:
        return frappe.get_last_doc("Microcredit Ledger Entry", {"microcredit": self.loan, "kind": "Payment"})

    def test_posting_into_it_is_refused(self) -> None:
        with self.assertRaises(frappe.ValidationError):
            record_repayment(self.loan, 1000, self.day, posting_day=self.day)
        self.assertFalse(frappe.db.exists("Microcredit Repayment", {"microcredit": self.loan}))

    def test_a_value_date_in_it_is_an_adjustment_of_an_open_day(self) -> None:
        record_repayment(self.loan, 1000, self.day)
        entry = self.entry()
        self.assertEqual((str(entry.value_date), entry.posting_day), (self.day, getdate()))
        self.assertEqual(entry.is_adjustment, 1)

    def test_an_open_day_of_the_past(self) -> None:
        day = str(add_days(nowdate(), -2))
        record_repayment(self.loan, 1000, day, posting_day=day)
        self.assertEqual((str(self.entry().posting_day), self.entry().is_adjustment), (day, 0))

    def test_today_closed(self) -> None:
        close(nowdate())
        record_repayment(self.loan, 1000)
        self.assertEqual(self.entry().posting_day, getdate(add_days(nowdate(), 1)))

    def test_impossible_posting_days(self) -> None:
        for day in (add_days(nowdate(), 1), add_days(self.day, -1)):
            with self.subTest(day), self.assertRaises(frappe.ValidationError):
                record_repayment(self.loan, 1000, self.day, posting_day=str(day))

    def test_it_stays_closed(self) -> None:
        doc = frappe.get_doc("Microcredit Closed Day", self.day)
        self.assertEqual(doc.closed_by, "Administrator")
        with self.assertRaises(frappe.PermissionError):
            doc.save()
        with self.assertRaises(frappe.PermissionError):
            doc.delete()
        with self.assertRaises(frappe.DuplicateEntryError):
            close(self.day)
        with self.assertRaises(frappe.ValidationError):
            close(add_days(nowdate(), 1))
