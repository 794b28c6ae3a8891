from typing import Any

import frappe
from frappe.utils import add_days, getdate, nowdate

from social_crm.microcredit import factories as make
from social_crm.microcredit.services.accounting import actions, erpnext, outbox, settings
from social_crm.testing import SocialCRMTestCase


class TestMicrocreditAccountingSettings(SocialCRMTestCase):
    """Without ERPNext nothing changes; what is written down for it is written down once."""

    def prepare(self) -> None:
        make.make_team()

    def setUp(self) -> None:
        super().setUp()
        self.addCleanup(frappe.clear_document_cache, settings.NAME, settings.NAME)

    def write(self, **values: Any) -> Any:
        doc = frappe.get_doc(settings.NAME)
        doc.update({"companies": [], "first_day": None, "post_to_erpnext": 0, "close_days": 0, **values})
        return doc.save()

    def test_without_erpnext_nothing_happens(self) -> None:
        if erpnext.is_here():
            # A site with ERPNext: the rest of this test would post into somebody's books.
            self.assertFalse(settings.is_on())
            return
        make.make_loan(10)
        self.assertRaises(frappe.ValidationError, self.write, post_to_erpnext=1, first_day=nowdate())
        frappe.db.set_single_value(settings.NAME, "post_to_erpnext", 1)
        frappe.db.set_single_value(settings.NAME, "close_days", 1)
        frappe.db.set_single_value(settings.NAME, "first_day", add_days(nowdate(), -3))
        frappe.clear_document_cache(settings.NAME, settings.NAME)
        outbox.nightly()
        self.assertEqual(frappe.db.count("Microcredit Journal Posting"), 0)
        self.assertFalse(frappe.db.exists("Microcredit Closed Day", {"day": add_days(nowdate(), -2)}))
        self.assertRaises(frappe.ValidationError, actions.send_now)
        self.assertFalse(actions.status()["erpnext"])

    def test_what_the_settings_must_hold(self) -> None:
        row = {"company": "Fundación"}
        for companies in ([row, row], [{"company": " "}]):
            with self.subTest(companies), self.assertRaises(frappe.ValidationError):
                self.write(companies=companies)
        doc = self.write(companies=[row], first_day=add_days(nowdate(), -9), sent_until=nowdate())
        self.assertIsNone(doc.sent_until)
        self.assertEqual(settings.target_of("Cualquiera"), settings.Target("Fundación", ""))
        frappe.db.set_single_value(settings.NAME, "sent_until", add_days(nowdate(), -5))
        self.assertRaises(frappe.ValidationError, self.write, companies=[row], first_day=nowdate())

    def test_a_programme_has_its_own_company(self) -> None:
        programme = make.make_fund(1000).programme
        rows = [{"company": "General"}, {"programme": programme, "company": "Propia", "cost_center": "CC"}]
        self.write(companies=rows)
        self.assertEqual(settings.target_of(programme), settings.Target("Propia", "CC"))
        self.assertEqual(settings.target_of(None), settings.Target("General", ""))
        self.write(companies=rows[1:])
        self.assertIsNone(settings.target_of("Otra"))

    def test_days_wait_for_the_first_open_one(self) -> None:
        self.write(first_day=add_days(nowdate(), -6))
        for ago in (6, 5, 3):
            frappe.get_doc({"doctype": "Microcredit Closed Day", "day": add_days(nowdate(), -ago)}).insert()
        expected = [getdate(add_days(nowdate(), -ago)) for ago in (6, 5)]
        self.assertEqual(settings.next_days(31), expected)
        self.assertEqual(settings.next_days(1), expected[:1])

    def test_entries_are_written_down_once(self) -> None:
        loan = make.make_loan(5)
        self.write(first_day=nowdate())
        frappe.get_doc({"doctype": "Microcredit Closed Day", "day": nowdate()}).insert()
        self.assertEqual(outbox.write_down(), 1)
        mine = {"microcredit": loan.name}
        posting = frappe.get_doc("Microcredit Journal Posting", mine)
        self.assertEqual(
            (posting.kind, posting.status, posting.total), ("Disbursement", "To Send", 3_000_000)
        )
        self.assertEqual(outbox.write_down(), 0)
        frappe.db.set_single_value(settings.NAME, "sent_until", None)
        self.assertEqual(outbox.write_down(), 1)
        self.assertEqual(frappe.db.count("Microcredit Journal Posting", mine), 1)
        self.assertRaises(frappe.PermissionError, posting.delete)
        posting.total = 1
        self.assertRaises(frappe.PermissionError, posting.save)
