import frappe
from frappe.utils import getdate, nowdate

from social_crm.microcredit import factories as make
from social_crm.microcredit.services.disbursement import disburse
from social_crm.patches import mark_products_without_cap
from social_crm.testing import SocialCRMTestCase


class TestMarkProductsWithoutCap(SocialCRMTestCase):
    def test_older_products_go_on_lending_as_an_exception(self) -> None:
        make.make_team()
        application = make.make_approved()
        blank = {"cap_exception": None, "cap_exception_on": None}
        frappe.db.set_value("Microcredit Product", make.PLAIN, blank)
        frappe.set_user(make.OFFICER)
        frappe.db.savepoint("before_it")
        with self.assertRaisesRegex(frappe.ValidationError, "without a usury cap"):
            disburse(application.name)
        frappe.db.rollback(save_point="before_it")
        for _turn in range(2):
            mark_products_without_cap.execute()
        marked = frappe.get_doc("Microcredit Product", make.PLAIN)
        self.assertTrue(marked.cap_exception)
        self.assertEqual((getdate(marked.cap_exception_on), marked.version), (getdate(nowdate()), 1))
        capped = frappe.get_doc("Microcredit Product", "Microcrédito productivo rural")
        self.assertEqual((capped.cap_exception, capped.modality), (None, "Productivo rural"))
        self.assertTrue(disburse(application.name))
