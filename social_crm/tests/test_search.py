"""Finding people: without accents, by number, in any order of the words, and only those one may see."""

import frappe

from social_crm import search
from social_crm.social_crm import factories
from social_crm.testing import SocialCRMTestCase
from social_crm.testing_factories import assign, make_user
from social_crm.tests.rows import make_place


class TestSearch(SocialCRMTestCase):
    def prepare(self) -> None:
        self.inside, self.outside = make_place("Inside"), make_place("Outside")
        self.person = self.put_person(self.inside.family, "1118805123")
        self.other = self.put_person(self.outside.family, "1118805999")
        user = make_user("search@doors.example.com", "Gestor")
        assign(user, self.inside.community)
        frappe.set_user(user)

    def put_person(self, family: str, number: str) -> str:
        documents = [{"document_type": "CC", "document_number": number}]
        names = {
            "first_name": "Íngrid",
            "middle_name": "Zuleyka",
            "first_surname": "Güiñazú",
            "second_surname": "Peña",
        }
        return factories.make_person(**names, family=family, no_document_reason=None, documents=documents)

    def found(self, text: str) -> list[str]:
        return [person["name"] for person in search.find_people(text)]

    def test_accents_order_and_parts_do_not_matter(self) -> None:
        for text in ("Íngrid Zuleyka Güiñazú", "guinazu ingrid", "ZULEYKA  pena", "ingri guina"):
            with self.subTest(text=text):
                self.assertEqual(self.found(text), [self.person])
        self.assertEqual(self.found("guinazu nadie"), [])

    def test_numbers_as_people_write_them(self) -> None:
        for text in ("1118805123", "1.118.805.123", "CC 1118805123", "11188051", " 1118805123 "):
            with self.subTest(text=text):
                self.assertEqual(self.found(text), [self.person])

    def test_people_elsewhere_are_not_found(self) -> None:
        self.assertEqual(self.found("1118805999"), [])
        frappe.set_user("Administrator")
        self.assertEqual(set(self.found("guinazu")), {self.person, self.other})

    def test_link_fields_search_the_same_people(self) -> None:
        for text in ("guinazu ingrid", "1118805123", self.person):
            with self.subTest(text=text):
                rows = search.person_query("Beneficiary", text, "name", 0, 10, {"status": "Active"})
                self.assertEqual([row[0] for row in rows], [self.person])
        self.assertFalse(search.person_query("Beneficiary", "guinazu", "name", 0, 10, {"status": "Deceased"}))
        families = search.family_query("Family", "1118805123", "name", 0, 10, None)
        self.assertEqual([row[0] for row in families], [self.inside.family])
        self.assertFalse(search.family_query("Family", self.outside.family, "name", 0, 10, None))

    def test_wild_cards_are_letters(self) -> None:
        self.assertEqual(self.found("%"), [])
        self.assertEqual(self.found("_"), [])

    def test_who_reads_no_people_is_told_so(self) -> None:
        frappe.set_user(make_user("nobody@doors.example.com"))
        with self.assertRaises(frappe.PermissionError):
            search.find("guinazu")
