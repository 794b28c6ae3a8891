"""What the Desk shows beside a name is in the reader's language."""

import frappe
from frappe import _

from social_crm.access import doors
from social_crm.testing import SocialCRMTestCase
from social_crm.testing_factories import make_community


class TestDeskLanguage(SocialCRMTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.addCleanup(setattr, frappe.local, "lang", frappe.local.lang)
        frappe.local.lang = "es"

    def search(self, doctype: str, text: str) -> list[dict]:
        # Frappe 15.0 answers by the response, later ones return the rows.
        return doors.search_link(doctype, text) or frappe.response.get("results")

    def test_options_of_ours_are_translated_beside_a_name(self):
        place = make_community("Comunidad traducida")
        place.db_set("kind", "Resettled")
        self.assertNotEqual(_("Resettled"), "Resettled")
        found = next(
            row for row in self.search("Community", "Comunidad traducida") if row["value"] == place.name
        )
        self.assertIn(_("Resettled"), found["description"].split(", "))
        self.assertNotIn("Resettled", found["description"])

    def test_names_that_only_look_like_an_option_of_another_doctype_stay(self):
        place = make_community("Active")
        found = next(row for row in self.search("Community", "Active") if row["value"] == place.name)
        self.assertNotIn(_("Active"), found.get("label") or "")
