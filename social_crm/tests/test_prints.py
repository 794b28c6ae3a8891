"""Whose name stands on what is printed."""

import frappe

from social_crm.microcredit.factories import OFFICER, make_application, make_borrower, make_team
from social_crm.print_formats.jinja import organisation_identity
from social_crm.social_crm import factories as people
from social_crm.testing import SocialCRMTestCase

FORMAT = "Solicitud de microcrédito"


class TestPrints(SocialCRMTestCase):
    def setUp(self) -> None:
        super().setUp()
        frappe.db.set_single_value("Social CRM Settings", "organisation_name", "")
        frappe.db.set_single_value("Social CRM Settings", "default_programme", "")

    def programme(self, operator: str) -> str:
        return people.make_programme(f"Programa de {operator}", operator=operator)

    def test_the_operator_of_the_programme_issues_until_the_settings_name_an_organisation(self) -> None:
        ours = self.programme("Corporación Alfa")
        self.programme("Corporación Beta")
        self.assertEqual(organisation_identity(ours)["name"], "Corporación Alfa")
        self.assertEqual(organisation_identity()["name"], "", "two operators: nobody can say which")
        frappe.db.set_single_value("Social CRM Settings", "organisation_name", "Fundación Gamma")
        self.assertEqual(organisation_identity(ours)["name"], "Fundación Gamma")

    def test_it_stands_on_the_paper(self) -> None:
        make_team()
        programme = self.programme("Corporación Alfa")
        borrower = make_borrower()
        doc = make_application(borrower)
        doc.db_set("programme", programme)
        frappe.set_user(OFFICER)
        paper = frappe.get_print(doc.doctype, doc.name, FORMAT)
        self.assertIn("Corporación Alfa", paper)
