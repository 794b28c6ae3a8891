"""Every table of the app has rows that change only with their document."""

import frappe
from frappe.model.base_document import get_controller
from frappe.model.document import Document

from social_crm.rows import RowOfDocument
from social_crm.social_crm import factories
from social_crm.testing import SocialCRMTestCase


def tables() -> list[str]:
    """Every table DocType that the app brings."""
    modules = frappe.get_module_list("social_crm")
    # Names of DocTypes, no rows of people.
    return frappe.get_all("DocType", filters={"istable": 1, "module": ("in", modules)}, pluck="name")


class TestRows(SocialCRMTestCase):
    def test_every_table_of_the_app_is_protected(self) -> None:
        found = tables()
        self.assertGreater(len(found), 10)
        open_ones = [name for name in found if not issubclass(get_controller(name), RowOfDocument)]
        self.assertEqual(open_ones, [])

    def test_what_a_controller_overrides_of_a_row_still_refuses(self) -> None:
        for name in tables():
            controller = get_controller(name)
            for method in ("insert", "save", "_save", "discard", "on_trash", "before_rename"):
                self.assertIs(getattr(controller, method), getattr(RowOfDocument, method), (name, method))

    def test_a_flag_opens_no_door(self) -> None:
        row = frappe.get_doc("Programme Community", make_programme().communities[0].name)
        row.flags.ignore_permissions = row.flags.ignore_validate = True
        row.to_date = "2030-01-01"
        for act in (row.save, row.insert, row.delete):
            self.assertRaises(frappe.PermissionError, act)

    def test_a_row_does_not_move_to_another_document(self) -> None:
        first, second = make_programme(), make_programme()
        foreign = first.communities[0]
        row = second.append("communities", {"community": foreign.community, "from_date": "2020-01-01"})
        row.name = foreign.name
        row.set("__islocal", None)
        self.assertRaises(frappe.PermissionError, second.save)
        first.communities[0].to_date = "2030-01-01"
        first.save()
        stored = frappe.get_doc("Social Programme", first.name).communities[0]
        self.assertEqual(str(stored.to_date), "2030-01-01")


def make_programme() -> Document:
    """A programme with one community."""
    row = {"community": factories.make_community(), "from_date": "2020-01-01"}
    return frappe.get_doc("Social Programme", factories.make_programme(communities=[row]))
