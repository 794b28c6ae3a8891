"""A shipped template that a newer version of it replaces, and what the site decided about it before."""

import frappe

from social_crm.field_records.services.templates import new_version, set_status
from social_crm.shipping import apply, ledger
from social_crm.shipping.sources import ShippedSource
from social_crm.social_crm.doctype.shipped_item.test_shipped_item import source
from social_crm.testing import SocialCRMTestCase


def template(key: str, version: int = 1, status: str = "Published") -> ShippedSource:
    return source(
        "Acta Template",
        f"{key}-v{version}",
        title="Test Template",
        template_key=key,
        version=version,
        status=status,
        component="General",
        questions=[{"field_type": "text", "field_name": "tema", "label": "Tema"}],
    )


def newer(key: str) -> tuple[ShippedSource, ShippedSource]:
    """Return what the next release ships of a template: the first version to withdraw it, and the second."""
    return template(key, status="Withdrawn"), template(key, version=2)


class TestShippedTemplates(SocialCRMTestCase):
    def ship(self, *extra: ShippedSource) -> None:
        apply.sync([*apply.sources_of_app(), *extra])

    def state(self, name: str) -> str:
        return ledger.find("Acta Template", name).state

    def test_a_template_version_that_a_newer_one_replaces_is_withdrawn_where_it_was_brought(self):
        old, never = template("test_replaced"), template("test_never_here", status="Withdrawn")
        self.ship(old)
        self.assertEqual(frappe.db.get_value("Acta Template", old.name, "status"), "Published")
        self.ship(template("test_replaced", status="Withdrawn"), template("test_replaced", version=2), never)
        self.assertEqual(frappe.db.get_value("Acta Template", old.name, "status"), "Withdrawn")
        self.assertEqual(frappe.db.get_value("Acta Template", "test_replaced-v2", "status"), "Published")
        self.assertEqual(self.state(old.name), ledger.CURRENT)
        self.assertFalse(frappe.db.exists("Acta Template", never.name))

    def test_a_template_that_the_site_withdrew_does_not_come_back_as_its_next_version(self):
        self.replaced("test_unused", lambda: set_status("test_unused-v1", "Withdrawn"))
        self.assertEqual(self.statuses("test_unused"), {"v1": "Withdrawn", "v2": "Draft"})
        self.assert_told_once("test_unused-v2", "test_unused-v1")
        set_status("test_unused-v2", "Published")
        self.ship(*newer("test_unused"))
        self.assertEqual(self.state("test_unused-v2"), ledger.CURRENT)

    def test_a_site_with_a_next_version_of_its_own_keeps_the_published_one(self):
        self.replaced("test_own", lambda: new_version("test_own-v1"))
        self.assertEqual(self.statuses("test_own"), {"v1": "Published", "v2": "Draft"})
        self.assertEqual(self.state("test_own-v2"), ledger.OWNED_BY_SITE)
        self.assertEqual(self.state("test_own-v1"), ledger.UPDATE_AVAILABLE)

    def test_a_template_whose_mapping_was_edited_stays_and_the_next_version_waits(self):
        def edit():
            doc = frappe.get_doc("Acta Template", "test_mapped-v1")
            doc.append("writes", {"question": "tema", "target": "Family", "target_field": "notes"})
            doc.save()

        self.replaced("test_mapped", edit)
        self.assertEqual(self.statuses("test_mapped"), {"v1": "Published", "v2": "Draft"})
        self.assertEqual(len(frappe.get_doc("Acta Template", "test_mapped-v1").writes), 1)
        self.assert_told_once("test_mapped-v2", "test_mapped-v1")
        # The edit is taken back: what is in force stays so until something of ours is published in its place.
        doc = frappe.get_doc("Acta Template", "test_mapped-v1")
        doc.writes = []
        doc.save()
        self.ship(*newer("test_mapped"))
        self.assertEqual(self.statuses("test_mapped"), {"v1": "Published", "v2": "Draft"})
        set_status("test_mapped-v2", "Published")
        self.ship(*newer("test_mapped"))
        self.assertEqual(self.statuses("test_mapped"), {"v1": "Withdrawn", "v2": "Published"})

    def replaced(self, key: str, decision) -> None:
        """A release brings a template, the site decides something about it, the next release replaces it; twice."""
        self.ship(template(key))
        decision()
        self.ship(*newer(key))
        self.ship(*newer(key))

    def statuses(self, key: str) -> dict[str, str]:
        rows = frappe.get_all("Acta Template", {"template_key": key}, ["version", "status"])
        return {f"v{row.version}": row.status for row in rows}

    def assert_told_once(self, draft: str, earlier: str) -> None:
        item = ledger.find("Acta Template", draft).name
        (subject,) = frappe.get_all(
            "Notification Log", {"document_name": item, "for_user": "Administrator"}, pluck="subject"
        )
        self.assertIn(draft, subject)
        self.assertIn(earlier, subject)
