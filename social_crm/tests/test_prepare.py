"""What `prepare` of a test class makes stands the same before each of its tests, whatever the one before did to it."""

import unittest

import frappe

from social_crm.testing import SocialCRMTestCase
from social_crm.testing_factories import assign, make_community, make_user

GESTOR = "prepared@example.com"


def example() -> type[SocialCRMTestCase]:
    """A class of tests that are run in this order and each find what `prepare` made, and nothing of the others."""

    class Example(SocialCRMTestCase):
        made: list[str] = []
        undone: list[str] = []

        def prepare(self) -> None:
            mark = frappe.generate_hash(length=6)
            self.near, self.far = (make_community(f"{place} {mark}") for place in ("Cerca", "Lejos"))
            make_user(GESTOR, "Gestor")
            assign(GESTOR, self.near.name)
            self.again = self.near
            self.made.append(self.near.name)
            frappe.set_user(GESTOR)

        def setUp(self) -> None:
            super().setUp()
            self.assertIs(self.again, self.near)
            self.assertEqual((frappe.session.user, self.near.kind), (GESTOR, "Resettled"))
            self.assertNotIn("Credit Officer", frappe.get_roles())
            for read in (frappe.db.get_value, frappe.get_cached_value):
                self.assertEqual(read("Community", self.near.name, "kind"), "Resettled")
            self.assertTrue(frappe.has_permission("Community", doc=self.near.name))
            self.assertFalse(frappe.has_permission("Community", doc=self.far.name))

        def change_everything(self) -> None:
            frappe.set_user("Administrator")
            assign(GESTOR, self.far.name)
            make_user(GESTOR, "Gestor", "Credit Officer")
            self.near.kind = "Host"
            self.near.save()
            frappe.set_user(GESTOR)
            self.assertIn("Credit Officer", frappe.get_roles())
            self.assertEqual(frappe.get_cached_value("Community", self.near.name, "kind"), "Host")
            self.assertTrue(frappe.has_permission("Community", doc=self.far.name))

        def test_a_changes_everything(self) -> None:
            self.change_everything()
            frappe.db.after_rollback.add(lambda: self.undone.append("of the first test"))

        def test_b_changes_it_again(self) -> None:
            self.assertEqual(self.undone, ["of the first test"])
            self.change_everything()

        def test_c_ends_the_transaction(self) -> None:
            self.assertEqual(self.made, [self.near.name])
            frappe.db.rollback()
            self.assertFalse(frappe.db.exists("Community", self.near.name))

        def test_d_finds_new_records(self) -> None:
            self.assertEqual((len(self.made), self.made[-1]), (2, self.near.name))

    return Example


class TestPrepare(SocialCRMTestCase):
    def test_every_test_begins_with_what_was_prepared(self) -> None:
        told = unittest.TestResult()
        tests = example()
        unittest.defaultTestLoader.loadTestsFromTestCase(tests).run(told)
        self.assertEqual((told.testsRun, [text for _test, text in told.failures + told.errors]), (4, []))
        self.assertEqual(len(tests.made), 2)
        for name in tests.made:
            self.assertFalse(frappe.db.exists("Community", name), "nothing stays of the class")
