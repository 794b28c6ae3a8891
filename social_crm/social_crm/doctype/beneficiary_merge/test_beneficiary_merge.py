"""Merging two records of one person keeps every linked record, and undoing restores exactly."""

from datetime import date

import frappe

from social_crm.social_crm.factories import make_family, make_person, make_programme, members
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
    def prepare(self):
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

    def attend(self, activity: str, *people: str) -> None:
        for person in people:
            values = {"activity": activity, "beneficiary": person, "attended": "Present"}
            frappe.get_doc({"doctype": "Activity Attendance", **values}).insert()

    def test_what_a_person_has_once_is_not_doubled_by_a_merge(self):
        place = frappe.db.get_value("Beneficiary", self.kept, "community")
        workshop = {
            "doctype": "Community Activity",
            "subject": "Taller",
            "community": place,
            "responsible": "Administrator",
        }
        activity = (
            frappe.get_doc({**workshop, "activity_date": DAY, "activity_type": "Workshop"}).insert().name
        )
        self.attend(activity, self.kept, self.duplicate)
        fund = make_programme()
        student = {"doctype": "FES Student", "programme": fund, "registered_on": DAY}
        students = [
            frappe.get_doc({**student, "beneficiary": person}).insert().name
            for person in (self.kept, self.duplicate)
        ]
        before = linked_rows()
        twice = person_merge.preview(self.duplicate, self.kept)["twice"]
        self.assertEqual(len(twice), 2)
        self.assertIn(students[1], twice[0])
        with self.assertRaisesRegex(frappe.ValidationError, students[0]):
            person_merge.merge_people(self.duplicate, self.kept, "Same person")
        self.assertEqual(linked_rows(), before)
        # One of each pair is closed or taken off, and nothing stands in the way any more.
        frappe.db.set_value("FES Student", students[0], "phase", "Graduated")
        frappe.delete_doc(
            "Activity Attendance",
            frappe.db.get_value("Activity Attendance", {"beneficiary": self.duplicate}),
            force=True,
        )
        self.assertEqual(person_merge.preview(self.duplicate, self.kept)["twice"], [])
        person_merge.merge_people(self.duplicate, self.kept, "Same person")

    def test_undoing_a_merge_loses_no_document(self):
        document = frappe.db.get_value("Beneficiary Document", {"parent": self.duplicate}, "document_number")
        merge = person_merge.merge_people(self.duplicate, self.kept, "Same person")
        kept = frappe.get_doc("Beneficiary", self.kept)
        kept.update({"documents": [], "no_document_reason": "Lost"})
        kept.save()
        with self.assertRaisesRegex(frappe.ValidationError, f"{document}.*no longer"):
            person_merge.undo_merge(merge)
        other = make_person("Otra", documents=[{"document_type": "CC", "document_number": document}])
        with self.assertRaisesRegex(frappe.ValidationError, f"{document}.*no longer"):
            person_merge.undo_merge(merge)
        self.assertEqual(frappe.db.count("Beneficiary Document", {"parent": other}), 1)
        frappe.delete_doc("Beneficiary", other, force=True)
        # The same document in a row of another name is the document.
        kept.reload()
        kept.append("documents", {"document_type": "TI", "document_number": document})
        kept.append("documents", {"document_type": "CC", "document_number": document})
        kept.save()
        with self.assertRaisesRegex(frappe.ValidationError, "twice"):
            person_merge.undo_merge(merge)
        kept.reload()
        del kept.documents[0]
        kept.save()
        person_merge.undo_merge(merge)
        rows = frappe.get_all(
            "Beneficiary Document", {"parent": self.duplicate}, ["document_number", "unique_identity"]
        )
        self.assertEqual([tuple(row.values()) for row in rows], [(document, f"NUIP:{document}")])
        self.assertEqual(frappe.db.count("Beneficiary Document", {"parent": self.kept}), 0)
        frappe.get_doc("Beneficiary", self.duplicate).save()

    def test_only_some_roles_merge(self):
        make_user("merge.gestor@example.com", "Gestor")
        frappe.set_user("merge.gestor@example.com")
        self.assertRaises(frappe.PermissionError, person_merge.merge, self.duplicate, self.kept, "x")
