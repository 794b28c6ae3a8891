"""Installing on a site that has been at work before the app came to its bench."""

import frappe

from social_crm import install
from social_crm.testing import SocialCRMTestCase


class TestInstall(SocialCRMTestCase):
    def test_modules_remembered_from_before_the_app_are_read_anew(self):
        self.addCleanup(install.read_modules_anew)
        remembered = {"frappe": ["core"]}
        frappe.cache.set_value("app_modules", remembered)
        frappe.cache.set_value("module_app", {"core": "frappe"})
        frappe.local.app_modules, frappe.local.module_app = remembered, {"core": "frappe"}
        install.before_install()
        self.assertIn("income_generation", frappe.local.app_modules["social_crm"])
        self.assertEqual(frappe.local.module_app["income_generation"], "social_crm")
