import frappe

from social_crm.microcredit import factories as make
from social_crm.microcredit.services import products
from social_crm.patches import give_applications_a_product
from social_crm.testing import SocialCRMTestCase


class TestGiveApplicationsAProduct(SocialCRMTestCase):
    def test_older_applications_and_no_others(self) -> None:
        make.make_team()
        older = make.make_approved()
        chosen = make.make_application(product=make.make_product())
        blank = {"product": None, "product_version": None, "rate_period": None, "currency": None}
        frappe.db.set_value("Microcredit Application", older.name, blank, update_modified=False)
        before = frappe.db.get_value("Microcredit Application", older.name, "modified")
        for _ in range(2):
            give_applications_a_product.execute()
            older.reload()
            self.assertEqual(older.product, give_applications_a_product.NAME)
            self.assertEqual(older.product_version, products.current(older.product).name)
            self.assertEqual((older.rate_period, older.currency), ("Monthly", "COP"))
            self.assertEqual(older.modified, before)
        chosen_now = frappe.db.get_value("Microcredit Application", chosen.name, "product")
        self.assertEqual(chosen_now, "Producto de prueba")
