from datetime import time

import frappe

from social_crm.microcredit.services.alerts import rules
from social_crm.testing import SocialCRMTestCase


class TestMicrocreditAlertSettings(SocialCRMTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.addCleanup(frappe.clear_document_cache, rules.SETTINGS, rules.SETTINGS)

    def test_hours_within_the_law(self) -> None:
        for wrong in (
            {"weekdays_from": 6},
            {"weekdays_until": 20},
            {"saturdays_until": 16},
            {"saturdays_from": 15},
            {"max_tries": 0},
            {"country_code": "+57"},
        ):
            doc = frappe.get_doc(rules.SETTINGS)
            doc.update(wrong)
            with self.subTest(wrong), self.assertRaises(frappe.ValidationError):
                doc.save()
        doc = frappe.get_doc(rules.SETTINGS)
        doc.update({"weekdays_from": 9, "weekdays_until": 12, "max_tries": 2})
        doc.save()
        found = rules.settings()
        self.assertEqual((found.hours.weekdays_from, found.hours.weekdays_until), (time(9), time(12)))
        self.assertEqual((found.hours.saturdays_from, found.max_tries), (time(8), 2))
