"""Confidential notes: their professionals read them, each reading is logged, and no other door tells a word."""

import json

import frappe
from frappe.utils import add_days, nowdate

from social_crm.install import ROLES
from social_crm.psychosocial import notes, sealing
from social_crm.testing import SocialCRMTestCase
from social_crm.testing_factories import assign, make_user
from social_crm.tests.doors import DOORS, HINTS, request
from social_crm.tests.rows import make_place

SECRET = "Relata violencia en el hogar"


class TestNotes(SocialCRMTestCase):
    def prepare(self) -> None:
        self.place = make_place("Care")
        self.author = self.professional("author")
        self.colleague = self.professional("colleague")
        self.case = frappe.get_doc(
            {
                "doctype": "Psychosocial Case",
                "subject": "Acompañamiento",
                "status": "Open",
                "line_of_care": "Family Adaptation",
                "level": "Person",
                "beneficiary": self.place.person,
                "opened_on": nowdate(),
                "responsible": self.author,
            }
        ).insert()
        frappe.set_user(self.author)
        self.note = request(
            "social_crm.psychosocial.notes.write_note", psychosocial_case=self.case.name, content=SECRET
        )["name"]

    def professional(self, label: str) -> str:
        user = make_user(f"{label}@notes.example.com", "Psychosocial Professional")
        assign(user, self.place.community)
        return user

    def read(self, user: str) -> str:
        frappe.set_user(user)
        return request("social_crm.psychosocial.notes.read_note", name=self.note)["content"]

    def join(self, user: str, **dates: str) -> None:
        frappe.set_user(self.author)
        case = frappe.get_doc("Psychosocial Case", self.case.name)
        case.append("professionals", {"professional": user, "from_date": nowdate(), **dates})
        case.save()

    def test_author_and_team_read_and_nobody_else(self) -> None:
        self.assertEqual(self.read(self.author), SECRET)
        with self.assertRaises(frappe.PermissionError):
            self.read(self.colleague)
        self.join(self.colleague)
        self.assertEqual(self.read(self.colleague), SECRET)

    def test_who_left_the_case_reads_no_more(self) -> None:
        yesterday = add_days(nowdate(), -1)
        self.join(self.colleague, from_date=yesterday, to_date=yesterday)
        with self.assertRaises(frappe.PermissionError):
            self.read(self.colleague)

    def test_no_role_and_no_account_reads_by_any_door(self) -> None:
        users = [make_user("reader@notes.example.com", *ROLES, "System Manager"), "Administrator"]
        users += [make_user(f"r{number}@notes.example.com", role) for number, role in enumerate(ROLES)]
        shown = []
        for user in users:
            frappe.set_user(user)
            for name, shows in {**DOORS, **HINTS}.items():
                # Whoever counts or prints as Administrator is told that a note exists, never what it says.
                if user != "Administrator" and shows("Confidential Note", self.note):
                    shown.append(f"{user} {name}")
            for method in ("frappe.client.get", "social_crm.psychosocial.notes.read_note"):
                try:
                    arguments = {"name": self.note}
                    if method.startswith("frappe"):
                        arguments["doctype"] = "Confidential Note"
                    shown.append(f"{user} {method}: {request(method, **arguments)}")
                except frappe.PermissionError:
                    pass
            frappe.clear_messages()
        self.assertEqual(shown, [])

    def test_the_text_lies_nowhere_in_the_database(self) -> None:
        self.read(self.author)
        frappe.set_user("Administrator")
        stored = frappe.db.get_value("Confidential Note", self.note, "sealed_content")
        self.assertNotIn("violencia", stored)
        told = [
            doctype
            for doctype in (
                "Version",
                "Comment",
                "Deleted Document",
                "Communication",
                "Error Log",
                "Access Log",
            )
            # The whole table is looked through on purpose.
            if "violencia" in json.dumps(frappe.get_all(doctype, fields=["*"]), default=str)
        ]
        self.assertEqual(told, [])

    def test_list_and_form_carry_no_text(self) -> None:
        frappe.set_user(self.author)
        self.assertTrue(DOORS["in_list"]("Confidential Note", self.note))
        form = request("frappe.client.get", doctype="Confidential Note", name=self.note)
        self.assertNotIn("sealed_content", {field for field, value in form.items() if value})
        self.assertNotIn("violencia", json.dumps(form, default=str))

    def test_every_reading_is_logged(self) -> None:
        before = frappe.db.count("Confidential Note Access", {"confidential_note": self.note})
        self.read(self.author)
        rows = frappe.get_list(
            "Confidential Note Access",
            filters={"confidential_note": self.note},
            fields=["read_by", "read_on", "door"],
        )
        self.assertEqual(len(rows), before + 1)
        self.assertEqual((rows[0].read_by, rows[0].door), (self.author, "Desk"))
        self.assertTrue(rows[0].read_on)

    def test_the_log_is_changed_by_nobody(self) -> None:
        self.read(self.author)
        frappe.set_user("Administrator")
        row = frappe.get_last_doc("Confidential Note Access")
        row.read_by = self.colleague
        self.assertRaises(frappe.ValidationError, row.save)
        self.assertRaises(frappe.ValidationError, row.delete)

    def test_a_note_is_neither_changed_nor_deleted_nor_shared_nor_given_files(self) -> None:
        frappe.set_user(self.author)
        note = frappe.get_doc("Confidential Note", self.note)
        self.assertRaises(frappe.ValidationError, note.save, ignore_permissions=True)
        frappe.set_user("Administrator")
        self.assertRaises(frappe.ValidationError, frappe.delete_doc, "Confidential Note", self.note)
        self.assertRaises(
            frappe.PermissionError, frappe.share.add, "Confidential Note", self.note, self.colleague
        )
        file = frappe.get_doc({"doctype": "File", "file_name": "a.txt", "content": "x"})
        file.update({"attached_to_doctype": "Confidential Note", "attached_to_name": self.note})
        self.assertRaises(frappe.ValidationError, file.insert)

    def test_nobody_lets_themselves_into_a_case(self) -> None:
        frappe.set_user(self.colleague)
        case = frappe.get_doc("Psychosocial Case", self.case.name)
        case.append("professionals", {"professional": self.colleague, "from_date": nowdate()})
        self.assertRaises(frappe.PermissionError, case.save)
        case = frappe.get_doc("Psychosocial Case", self.case.name)
        case.responsible = self.colleague
        self.assertRaises(frappe.PermissionError, case.save)

    def test_only_the_team_writes(self) -> None:
        frappe.set_user(self.colleague)
        with self.assertRaises(frappe.PermissionError):
            notes.write_note(self.case.name, "x")

    def test_a_seal_opens_for_its_own_note_alone(self) -> None:
        sealed = sealing.seal(SECRET, "PSN-1", "PSC-1")
        self.assertEqual(sealing.unseal(sealed, "PSN-1", "PSC-1"), SECRET)
        for note, case, text in (
            ("PSN-2", "PSC-1", sealed),
            ("PSN-1", "PSC-2", sealed),
            ("PSN-1", "PSC-1", "x"),
        ):
            with self.subTest(note=note, case=case):
                self.assertRaises(frappe.ValidationError, sealing.unseal, text, note, case)

    def test_only_the_team_or_an_administrator_changes_the_team(self) -> None:
        third = self.professional("third")
        changes = {
            "oneself": lambda case: case.append(
                "professionals", {"professional": self.colleague, "from_date": nowdate()}
            ),
            "a colleague": lambda case: case.append(
                "professionals", {"professional": third, "from_date": nowdate()}
            ),
            "an end": lambda case: case.professionals[0].set("to_date", nowdate()),
            "another responsible": lambda case: case.set("responsible", third),
        }
        for label, change in changes.items():
            frappe.set_user(self.colleague)
            case = frappe.get_doc("Psychosocial Case", self.case.name)
            change(case)
            with self.subTest(change=label), self.assertRaises(frappe.PermissionError):
                case.save()
        case = frappe.get_doc("Psychosocial Case", self.case.name)
        case.subject = "Acompañamiento familiar"
        case.save()
        frappe.set_user("Administrator")
        case.append("professionals", {"professional": third, "from_date": nowdate()})
        case.save()

    def test_only_professionals_are_assigned(self) -> None:
        frappe.set_user("Administrator")
        for user in ("Administrator", make_user("gestor@notes.example.com", "Gestor")):
            case = frappe.get_doc("Psychosocial Case", self.case.name)
            case.append("professionals", {"professional": user, "from_date": nowdate()})
            self.assertRaises(frappe.ValidationError, case.save)
