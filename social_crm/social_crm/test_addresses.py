"""Families and persons with an address open on a bare Frappe, which has no address template of its own."""

import frappe
from frappe.desk.form.load import getdoc

from social_crm import install
from social_crm.social_crm.factories import make_family, members
from social_crm.testing import SocialCRMTestCase


class TestAddresses(SocialCRMTestCase):
    def test_person_with_an_address_opens_after_installing(self):
        frappe.db.delete("Address Template")
        frappe.db.delete("Shipped Item", {"item_doctype": "Address Template"})
        install.create_address_template()
        install.create_address_template()
        self.assertEqual(frappe.db.count("Address Template", {"is_default": 1}), 1)
        person = members(make_family(1), frappe.utils.getdate())[0]
        frappe.get_doc(
            {
                "doctype": "Address",
                "address_title": "Ranchería",
                "address_type": "Personal",
                "address_line1": "Kilómetro 12",
                "city": "Maicao",
                "country": "Colombia",
                "links": [{"link_doctype": "Beneficiary", "link_name": person}],
            }
        ).insert()
        getdoc("Beneficiary", person)
        shown = frappe.response.docs[-1].get_onload("addr_list")
        self.assertIn("Kilómetro 12", shown[0]["display"])
