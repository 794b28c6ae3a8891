"""What the tests of the app share; importable on any bench, on every Frappe version we run on."""

import frappe
from frappe.core.doctype.user import user as _user

try:
    from frappe.tests import IntegrationTestCase as _BaseTestCase  # v16
except ImportError:
    from frappe.tests.utils import FrappeTestCase as _BaseTestCase  # v15


def before_tests() -> None:
    """Keep Frappe's sample records (users, e-mail accounts) out of the site: it commits them. Ours are rolled back."""
    frappe.flags.skip_test_records = True  # v16 knows no such flag: see setUpClass
    # At every saving of a user Frappe notes for the whole site whose e-mail account waits for a password, and empties every
    # cache of the site with that, twice a test: reading all DocTypes anew was three quarters of the time of these tests.
    # There are no e-mail accounts here.
    if hasattr(_user, "ask_pass_update"):
        _user.ask_pass_update = lambda: None


class SocialCRMTestCase(_BaseTestCase):
    """A test with a site; whatever it writes is rolled back after each test."""

    @classmethod
    def setUpClass(cls) -> None:
        # v16 makes sample records for every DocType that these link to, unless they are listed as made.
        for doctype in frappe.get_all("DocType", pluck="name"):  # names of DocTypes, no rows of people
            frappe.local.test_objects.setdefault(doctype, [])
        super().setUpClass()

    def setUp(self) -> None:
        super().setUp()
        frappe.local.lang = "en"  # the tests quote the English source texts, whatever the site speaks
        self.addCleanup(frappe.set_user, "Administrator")
        self.addCleanup(frappe.db.rollback)
