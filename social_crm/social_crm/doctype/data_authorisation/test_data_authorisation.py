"""Authorisations with a site: texts of the day, minors, withdrawal, and the live check."""

import frappe

from social_crm.patches import call_withdrawn_authorisations_revoked
from social_crm.social_crm.factories import make_person
from social_crm.social_crm.services import authorisations
from social_crm.testing import SocialCRMTestCase

PURPOSE = "Image and Voice"


def make_text(purpose: str = PURPOSE, **values: object) -> str:
    fields = {
        "title": "Autorización",
        "purpose": purpose,
        "version": frappe.generate_hash(length=6),
        "valid_from": "2020-01-01",
        "text": "<p>Autorizo ...</p>",
    }
    return frappe.get_doc({"doctype": "Authorisation Text", **fields, **values}).insert().name


def decide(person: str, **values: object) -> "frappe.model.document.Document":
    fields = {
        "beneficiary": person,
        "purpose": PURPOSE,
        "decision": "Granted",
        "given_on": "2024-03-01 10:00:00",
        "channel": "Signed Paper",
        "given_by": "The Person",
        "evidence_note": "Folder 12",
    }
    fields.update(values)
    fields.setdefault("authorisation_text", make_text(fields["purpose"]))
    return frappe.get_doc({"doctype": "Data Authorisation", **fields}).insert()


class TestDataAuthorisation(SocialCRMTestCase):
    def test_each_purpose_is_decided_apart(self):
        person = make_person()
        decide(person)
        self.assertTrue(authorisations.is_authorised(person, PURPOSE, "2024-03-01"))
        self.assertFalse(authorisations.is_authorised(person, PURPOSE, "2024-02-29"))
        self.assertFalse(authorisations.is_authorised(person, "Biometrics"))

    def test_withdrawal_is_an_action_and_ends_the_use(self):
        doc = decide(make_person())
        authorisations.withdraw(doc.name, "Telephone", "Changed her mind", "2024-05-01 08:00:00")
        doc.reload()
        self.assertEqual((doc.status, doc.withdrawn_by), ("Revoked", "Administrator"))
        self.assertTrue(authorisations.is_authorised(doc.beneficiary, PURPOSE, "2024-04-30"))
        self.assertFalse(authorisations.is_authorised(doc.beneficiary, PURPOSE, "2024-05-01"))
        with self.assertRaisesRegex(frappe.ValidationError, "in force"):
            authorisations.withdraw(doc.name, "Telephone")

    def test_what_was_called_withdrawn_before_is_revoked(self):
        taken_back, kept = decide(make_person()), decide(make_person())
        frappe.db.set_value("Data Authorisation", taken_back.name, "status", "Withdrawn")
        call_withdrawn_authorisations_revoked.execute()
        status = {
            name: frappe.db.get_value("Data Authorisation", name, "status")
            for name in (taken_back.name, kept.name)
        }
        self.assertEqual(status, {taken_back.name: "Revoked", kept.name: "In Force"})

    def test_a_decision_is_not_edited(self):
        doc = decide(make_person())
        for field, value in (
            ("decision", "Refused"),
            ("status", "Revoked"),
            ("given_on", "2024-03-02 10:00:00"),
        ):
            doc.reload()
            doc.set(field, value)
            with self.assertRaisesRegex(frappe.ValidationError, "not edited"):
                doc.save()

    def test_evidence_can_be_added_and_never_removed(self):
        doc = decide(make_person())
        for note in ("Folder 13", "", None, "  "):
            doc.reload()
            doc.evidence_note = note
            with self.subTest(note=note), self.assertRaisesRegex(frappe.ValidationError, "vidence"):
                doc.save()
        doc.reload()
        doc.evidence_note = "Folder 12, page 3"
        file = frappe.get_doc(
            {
                "doctype": "File",
                "file_name": f"{frappe.generate_hash(length=8)}.txt",
                "content": frappe.generate_hash(length=20),
                "is_private": 1,
                "attached_to_doctype": "Data Authorisation",
                "attached_to_name": doc.name,
            }
        ).insert()
        doc.evidence = file.file_url
        doc.save()
        for address in ("", None, "/private/files/other.txt"):
            doc.reload()
            doc.evidence = address
            with self.subTest(address=address), self.assertRaisesRegex(frappe.ValidationError, "stays"):
                doc.save()
        with self.assertRaisesRegex(frappe.PermissionError, "evidence"):
            frappe.delete_doc("File", file.name)

    def test_a_later_answer_replaces_the_earlier(self):
        person = make_person()
        first, second = decide(person), decide(person, decision="Refused", given_on="2024-06-01 10:00:00")
        statuses = [frappe.db.get_value("Data Authorisation", d.name, "status") for d in (first, second)]
        self.assertEqual(statuses, ["Superseded", "Refused"])
        self.assertFalse(authorisations.is_authorised(person, PURPOSE))

    def test_minors_decide_through_their_representative(self):
        child, mother = make_person("Luz", birth_date="2015-01-01"), make_person("Ana")
        with self.assertRaisesRegex(frappe.ValidationError, "minor"):
            decide(child)
        by_mother = {
            "given_by": "Legal Representative",
            "representative": mother,
            "representative_document": "CC 123456",
            "representation_basis": "Mother",
        }
        doc = decide(child, **by_mother)
        self.assertEqual(doc.representative_name, frappe.db.get_value("Beneficiary", mother, "full_name"))
        with self.assertRaisesRegex(frappe.ValidationError, "rests"):
            decide(child, **{**by_mother, "representation_basis": ""})

    def test_the_text_fits_purpose_and_day(self):
        person = make_person()
        with self.assertRaisesRegex(frappe.ValidationError, "another purpose"):
            decide(person, authorisation_text=make_text("Biometrics"))
        with self.assertRaisesRegex(frappe.ValidationError, "not valid"):
            decide(person, authorisation_text=make_text(valid_to="2023-12-31"))
        with self.assertRaisesRegex(frappe.ValidationError, "evidence"):
            decide(person, evidence_note="")

    def test_a_text_in_use_stays_as_it_was(self):
        doc = decide(make_person())
        text = frappe.get_doc("Authorisation Text", doc.authorisation_text)
        text.text = "<p>Otra cosa</p>"
        with self.assertRaisesRegex(frappe.ValidationError, "new version"):
            text.save()
        text.reload()
        text.valid_to = "2025-12-31"
        text.save()
