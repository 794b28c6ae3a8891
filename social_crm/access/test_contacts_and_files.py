"""Contacts, addresses and files of people elsewhere: nothing of them is listed, read or borrowed."""

from pathlib import Path

import frappe
import frappe.client

from social_crm.access import doors
from social_crm.testing import SocialCRMTestCase
from social_crm.testing_factories import assign, make, make_community, make_family, make_person, make_user


def attach(file_name: str, content: bytes, person: str):
    """A private file on a person: Frappe takes it from the disk when the test is rolled back."""
    place = {"attached_to_doctype": "Beneficiary", "attached_to_name": person}
    return make("File", file_name=file_name, content=content, is_private=1, **place)


class TestContactsAndFiles(SocialCRMTestCase):
    def prepare(self) -> None:
        self.user = make_user("contacts@example.com", "Gestor", "Sales User")
        near, far = make_community("Near the Door"), make_community("Behind the Door")
        assign(self.user, near.name)
        self.near, self.far = make_person(make_family(near.name)), make_person(make_family(far.name))
        self.contact_of(self.near, "3000000001")
        self.hidden = self.contact_of(self.far, "3000000002")

    def contact_of(self, person, phone: str):
        return make(
            "Contact",
            first_name=f"Contact {phone}",
            phone_nos=[{"phone": phone, "is_primary_mobile_no": 1}],
            email_ids=[{"email_id": f"{phone}@example.com", "is_primary": 1}],
            links=[{"link_doctype": "Beneficiary", "link_name": person.name}],
        )

    def test_rows_of_a_contact_follow_the_contact(self):
        frappe.set_user(self.user)
        for doctype, field in (("Contact Phone", "phone"), ("Contact Email", "email_id")):
            rows = frappe.client.get_list(doctype, fields=[field], parent="Contact", limit_page_length=0)
            told = " ".join(row[field] for row in rows)
            self.assertIn("3000000001", told)
            self.assertNotIn("3000000002", told)
        links = frappe.client.get_list(
            "Dynamic Link", fields=["link_name"], parent="Contact", limit_page_length=0
        )
        named = {row.link_name for row in links}
        self.assertIn(self.near.name, named)
        self.assertNotIn(self.far.name, named)

    def test_address_is_told_by_name_to_who_may_read_it(self):
        if not frappe.db.exists("Address Template", "Colombia"):
            make(
                "Address Template",
                country="Colombia",
                is_default=1,
                template="{{ address_line1 }} {{ city }}",
            )
        seen, hidden = (
            make(
                "Address",
                address_title=title,
                address_type="Personal",
                address_line1=title,
                city="Maicao",
                country="Colombia",
                links=[{"link_doctype": "Beneficiary", "link_name": person.name}],
            )
            for title, person in (("Near", self.near), ("Far", self.far))
        )
        frappe.set_user(self.user)
        self.assertIn("Near", doors.get_address_display(seen.name))
        self.assertIn("Maicao", doors.get_address_display(frappe.as_json(seen.as_dict())))
        with self.assertRaises(frappe.PermissionError):
            doors.get_address_display(hidden.name)

    def test_a_file_may_hang_on_a_form_that_is_not_saved_yet(self):
        theirs = attach("theirs.txt", b"theirs", "new-beneficiary-1")
        frappe.set_user(self.user)
        own = {
            "file_name": "own.txt",
            "content": b"own",
            "is_private": 1,
            "attached_to_doctype": "Beneficiary",
        }
        file = frappe.get_doc({"doctype": "File", **own, "attached_to_name": "new-beneficiary-1"}).insert()
        self.assertTrue(file.has_permission("read"))
        self.assertFalse(frappe.get_doc("File", theirs.name).has_permission("read"))
        with self.assertRaises(frappe.PermissionError):
            frappe.get_doc({"doctype": "File", **own, "attached_to_name": self.far.name}).insert()

    def assert_moves_to_the_record(self, file):
        """A person's photo names the file: its one row hangs on the person, in private."""
        person = frappe.get_doc("Beneficiary", self.near.name)
        person.photo = file.file_url
        person.save()
        rows = frappe.get_all(
            "File", filters={"file_url": file.file_url}, fields=["name", "attached_to_name", "is_private"]
        )
        self.assertEqual(
            [(r.name, r.attached_to_name, r.is_private) for r in rows], [(file.name, person.name, 1)]
        )

    def test_a_file_of_an_unsaved_form_moves_to_the_record_and_stays_private(self):
        file = attach("photo.txt", b"photo of the person", "new-beneficiary-7")
        self.assert_moves_to_the_record(file)
        self.assertFalse(Path(frappe.get_site_path("public", "files", file.file_name)).exists())

    def test_a_loose_upload_moves_to_the_record_that_names_it(self):
        """What a REST client uploads first hangs on nothing; left so, it would outlive the record."""
        frappe.set_user(self.user)
        content = {"file_name": "loose.txt", "content": b"loose photo of the person", "is_private": 1}
        file = frappe.get_doc({"doctype": "File", **content}).insert()
        self.assert_moves_to_the_record(file)

    def test_a_message_does_not_carry_a_hidden_file_away(self):
        near = attach("near.txt", b"near", self.near.name)
        far = attach("far.txt", b"far", self.far.name)
        frappe.set_user(self.user)
        message = {"doctype": "Beneficiary", "name": self.near.name, "content": "x", "subject": "x"}
        with self.assertRaises(frappe.PermissionError):
            doors.make_communication(**message, attachments=frappe.as_json([far.name]))
        with self.assertRaises(frappe.PermissionError):
            doors.add_attachments("Beneficiary", self.near.name, [far.name])
        with self.assertRaises(frappe.PermissionError):
            doors.add_attachments("Beneficiary", self.far.name, [near.name])
        doors.make_communication(**message, attachments=frappe.as_json([near.name]))
        self.assertEqual(frappe.db.count("File", {"file_url": near.file_url}), 2)
        self.assertEqual(frappe.db.count("File", {"file_url": far.file_url}), 1)
