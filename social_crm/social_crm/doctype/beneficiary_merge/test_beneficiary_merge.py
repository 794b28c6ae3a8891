"""Merging two records of one person keeps every linked record, and undoing restores exactly."""

from datetime import date

import frappe

from social_crm.social_crm.factories import make_family, make_person, members
from social_crm.social_crm.services import links, person_merge
from social_crm.testing import SocialCRMTestCase
from social_crm.testing_factories import make_user

DAY = date(2024, 6, 1)
IGNORED = {"modified", "modified_by"}


def linked_rows() -> dict:
    """Return every column that points to persons as it stands, and the persons themselves."""
    state = {}
    for column in links.columns_to("Beneficiary"):
        for row in frappe.get_all(column.doctype, fields=["*"]):
            if row.get(column.field):
                state[column.doctype, row.name] = {k: v for k, v in row.items() if k not in IGNORED}
    for doctype in ("Beneficiary", "Beneficiary Document", "Family"):
        for row in frappe.get_all(doctype, fields=["*"]):
            state[doctype, row.name] = {k: v for k, v in row.items() if k not in IGNORED}
    return state


class TestBeneficiaryMerge(SocialCRMTestCase):
    def setUp(self):
        super().setUp()
        number = str(10**9 + int(frappe.generate_hash(length=7), 16))
        papers = {"documents": [{"document_type": "CC", "document_number": number}]}
        self.kept = members(make_family(3), DAY)[1]
        self.duplicate = make_person(
            "Luis", family=make_family(2), kinship="Child", registered_on="2021-05-01", **papers
        )
        link = {"link_doctype": "Beneficiary", "link_name": self.duplicate}
        frappe.get_doc({"doctype": "Contact", "first_name": "Luis", "links": [link]}).insert()
        values = {"reference_type": "Beneficiary", "reference_name": self.duplicate, "description": "Visit"}
        frappe.get_doc({"doctype": "ToDo", **values}).insert()
        for person in (self.kept, self.duplicate):
            values = {
                "subject": "Bring papers",
                "due_date": DAY,
                "responsible_party": "Family",
                "beneficiary": person,
            }
            frappe.get_doc({"doctype": "Commitment", **values}).insert()
        content = {"file_name": f"{number}.txt", "content": "x", "is_private": 1}
        attached = {"attached_to_doctype": "Beneficiary", "attached_to_name": self.duplicate}
        frappe.get_doc({"doctype": "File", **content, **attached}).insert()

    def total(self) -> dict:
        found: dict = {}
        for person in (self.kept, self.duplicate):
            for key, number in person_merge.counts(person).items():
                found[key] = found.get(key, 0) + number
        return found

    def test_counts_before_equal_counts_after_and_undo_restores(self):
        before, rows = self.total(), linked_rows()
        for key in (
            "Commitment.beneficiary",
            "Dynamic Link.link_name",
            "ToDo.reference_name",
            "File.attached_to_name",
        ):
            self.assertIn(key, before)
        merge = person_merge.merge_people(self.duplicate, self.kept, "Same person")
        self.assertEqual(self.total(), before)
        self.assertEqual(person_merge.counts(self.duplicate), {})
        kept = frappe.get_doc("Beneficiary", self.kept)
        self.assertEqual(len(kept.documents), 1)
        kept.save()
        person_merge.undo_merge(merge)
        after = linked_rows()
        self.assertEqual(after, rows)
        with self.assertRaisesRegex(frappe.ValidationError, "undone already"):
            person_merge.undo_merge(merge)

    def test_nobody_belongs_to_two_families_after_a_merge(self):
        person_merge.merge_people(self.duplicate, self.kept, "Same person")
        stays = frappe.get_all(
            "Family Membership",
            {"beneficiary": self.kept},
            ["from_date", "to_date", "family"],
            order_by="from_date",
        )
        self.assertEqual(len(stays), 2)
        self.assertEqual(len([s for s in stays if s.to_date is None]), 1)
        self.assertEqual(frappe.db.get_value("Beneficiary", self.kept, "family"), stays[0].family)
        self.assertEqual(
            frappe.db.get_value("Beneficiary", self.duplicate, ["status", "family"]), ("Merged", None)
        )

    def test_a_merged_record_is_left_in_peace(self):
        person_merge.merge_people(self.duplicate, self.kept, "Same person")
        doc = frappe.get_doc("Beneficiary", self.duplicate)
        doc.occupation = "Fishing"
        with self.assertRaisesRegex(frappe.ValidationError, "merged into"):
            doc.save()
        with self.assertRaisesRegex(frappe.ValidationError, "merged"):
            person_merge.merge_people(self.duplicate, make_person(), "Again")
        values = {
            "subject": "x",
            "due_date": DAY,
            "responsible_party": "Family",
            "beneficiary": self.duplicate,
        }
        with self.assertRaisesRegex(frappe.ValidationError, "merged into"):
            frappe.get_doc({"doctype": "Commitment", **values}).insert()

    def test_only_some_roles_merge(self):
        make_user("merge.gestor@example.com", "Gestor")
        frappe.set_user("merge.gestor@example.com")
        self.assertRaises(frappe.PermissionError, person_merge.merge, self.duplicate, self.kept, "x")
