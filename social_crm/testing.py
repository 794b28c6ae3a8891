"""What the tests of the app share; importable on any bench, on every Frappe version we run on."""

import frappe

try:
    from frappe.tests import IntegrationTestCase as _BaseTestCase  # v16
except ImportError:
    from frappe.tests.utils import FrappeTestCase as _BaseTestCase  # v15


class SocialCRMTestCase(_BaseTestCase):
    """A test with a site; whatever it writes is rolled back after each test."""

    def setUp(self) -> None:
        super().setUp()
        self.addCleanup(frappe.set_user, "Administrator")
        self.addCleanup(frappe.db.rollback)
