"""Fingerprints with a site: only with a live authorisation, encrypted, opened for a reason, deleted when it is withdrawn."""

import base64
import io
import json

import frappe
from frappe.model.workflow import apply_workflow
from PIL import Image

from social_crm.field_records import factories as make
from social_crm.field_records.services import fingerprints, seals
from social_crm.social_crm.factories import make_person, members
from social_crm.social_crm.services import authorisations
from social_crm.testing import SocialCRMTestCase


class TestFingerprint(SocialCRMTestCase):
    def prepare(self) -> None:
        make.make_team()
        self.family = make.make_family()
        self.person = members(self.family, frappe.utils.nowdate())[0]

    def acta(self, **values):
        row = {"participant_name": "Ana", "participant_role": "Beneficiary", "beneficiary": self.person}
        return make.make_acta(family=self.family, participants=[{**row, **values}])

    def signed(self, **capture):
        """An acta whose only participant gave a fingerprint."""
        acta = self.acta()
        acta.participants[0].fingerprint = fingerprints.keep(acta.name, self.person, taken(**capture))
        return acta.save()

    def test_without_an_authorisation_of_its_own_nothing_is_kept(self):
        acta = self.acta()
        for decision in (None, {"purpose": "Image and Voice"}, {"decision": "Refused"}):
            if decision:
                decide(self.person, **decision)
            with self.assertRaisesRegex(frappe.ValidationError, "not authorised"):
                fingerprints.keep(acta.name, self.person, taken())
        with self.assertRaisesRegex(frappe.ValidationError, "on record"):
            fingerprints.keep(acta.name, None, taken())
        self.assertEqual(frappe.db.count("Fingerprint", {"acta": acta.name}), 0)

    def test_of_a_minor_the_representative_authorises(self):
        child = make_person("Luz", birth_date=frappe.utils.add_days(frappe.utils.nowdate(), -3000))
        with self.assertRaises(frappe.ValidationError):
            decide(child)
        decide(
            child,
            given_by="Legal Representative",
            representative=self.person,
            representation_basis="Madre",
            representative_name="Ana Epiayú",
            representative_document="CC 1",
        )
        acta = self.acta()
        self.assertTrue(fingerprints.keep(acta.name, child, taken()))

    def test_a_fingerprint_stands_for_a_signature_and_the_same_one_is_kept_once(self):
        decide(self.person)
        acta = self.signed()
        again = fingerprints.keep(acta.name, self.person, taken())
        self.assertEqual(again, acta.participants[0].fingerprint)
        closed = apply_workflow(acta, "Close")
        self.assertEqual(closed.status, "Closed")
        self.assertTrue(seals.holds(frappe.get_doc("Acta", acta.name)))
        frappe.db.set_value("Acta Participant", acta.participants[0].name, "fingerprint_digest", "0" * 64)
        self.assertFalse(seals.holds(frappe.get_doc("Acta", acta.name)))

    def test_a_reader_that_is_a_program_counts_only_where_the_site_says_so(self):
        decide(self.person)
        self.addCleanup(frappe.conf.__setitem__, fingerprints.SOFTWARE_KEY, None)
        frappe.conf[fingerprints.SOFTWARE_KEY] = None
        with self.assertRaisesRegex(frappe.ValidationError, "not known"):
            self.signed(source="Software Reader")
        frappe.conf[fingerprints.SOFTWARE_KEY] = 1
        acta = self.signed(source="Software Reader")
        kept = frappe.db.get_value("Fingerprint", acta.participants[0].fingerprint, "source")
        self.assertEqual(kept, "Software Reader")

    def test_without_signature_and_fingerprint_an_acta_does_not_close(self):
        with self.assertRaisesRegex(frappe.ValidationError, "signature of Ana"):
            apply_workflow(self.acta(), "Close")

    def test_the_database_tells_nothing_of_the_capture(self):
        decide(self.person)
        name = self.signed().participants[0].fingerprint
        row = frappe.db.get_value("Fingerprint", name, "*", as_dict=True)
        told = json.dumps(row, default=str)
        for secret in (picture(), template()):
            self.assertNotIn(base64.b64encode(secret).decode()[:40], told)
        self.assertTrue(row.sealed_capture)
        self.assertNotIn("sealed_capture", frappe.get_list("Fingerprint", {"name": name}, ["*"])[0] or {})

    def test_it_is_opened_by_an_administrator_for_a_reason_that_stays(self):
        decide(self.person)
        name = self.signed().participants[0].fingerprint
        with self.assertRaisesRegex(frappe.ValidationError, "why"):
            fingerprints.open_capture(name, " ")
        opened = fingerprints.open_capture(name, "Reclamo 14")
        self.assertEqual(base64.b64decode(opened["template"]), template())
        self.assertEqual(opened["image"], f"data:image/png;base64,{base64.b64encode(picture()).decode()}")
        comments = frappe.get_all("Comment", {"reference_name": name}, pluck="content")
        self.assertTrue(any("Reclamo 14" in text for text in comments))
        frappe.set_user(make.GESTOR)
        with self.assertRaises(frappe.PermissionError):
            fingerprints.open_capture(name, "Curiosidad")

    def test_a_capture_moved_to_another_row_does_not_open_there(self):
        decide(self.person)
        one = self.signed().participants[0].fingerprint
        two = self.signed().participants[0].fingerprint
        sealed = frappe.db.get_value("Fingerprint", one, "sealed_capture")
        frappe.db.set_value("Fingerprint", two, "sealed_capture", sealed)
        with self.assertRaisesRegex(frappe.ValidationError, "cannot be opened"):
            fingerprints.open_capture(two, "Prueba")

    def test_withdrawing_the_authorisation_deletes_the_capture_and_leaves_the_seal(self):
        authorisation = decide(self.person)
        acta = self.signed()
        apply_workflow(acta, "Close")
        name = acta.participants[0].fingerprint
        authorisations.withdraw(authorisation.name, "En persona", "Lo pidió")
        row = frappe.db.get_value("Fingerprint", name, ["status", "sealed_capture", "digest"], as_dict=True)
        self.assertEqual((row.status, row.sealed_capture), ("Deleted", None))
        self.assertTrue(row.digest)
        with self.assertRaisesRegex(frappe.ValidationError, "deleted"):
            fingerprints.open_capture(name, "Prueba")
        self.assertTrue(seals.holds(frappe.get_doc("Acta", acta.name)))

    def test_a_later_refusal_deletes_it_too_and_that_of_another_purpose_does_not(self):
        decide(self.person)
        name = self.signed().participants[0].fingerprint
        decide(self.person, purpose="Image and Voice", decision="Refused")
        self.assertEqual(frappe.db.get_value("Fingerprint", name, "status"), "Kept")
        decide(self.person, decision="Refused", given_on="2026-01-02 10:00:00")
        self.assertEqual(frappe.db.get_value("Fingerprint", name, "status"), "Deleted")

    def test_a_capture_that_proves_nothing_is_refused_in_words(self):
        decide(self.person)
        acta = self.acta()
        for wrong, said in (
            ({"quality": 59}, "below 60"),
            ({"quality": True}, "below 60"),
            ({"quality": None}, "below 60"),
            ({"finger": "Toe"}, "which finger"),
            ({"source": "Kitchen Scale"}, "not known"),
            ({"template": base64.b64encode(b"FMR nothing").decode()}, "minutiae record"),
            ({"template": "***"}, "damaged"),
            ({"image": base64.b64encode(b"<svg onload=alert(1)>").decode()}, "does not open"),
            ({"template": None, "image": None}, "empty"),
            ({"source": "Photo of an Inked Print"}, "inked"),
        ):
            with self.subTest(said), self.assertRaisesRegex(frappe.ValidationError, said):
                fingerprints.keep(acta.name, self.person, taken(**wrong))
        self.assertEqual(frappe.db.count("Fingerprint", {"acta": acta.name}), 0)

    def test_the_organisation_sets_the_least_quality(self):
        decide(self.person)
        acta = self.acta()
        frappe.db.set_single_value("Social CRM Settings", "fingerprint_quality", 90)
        with self.assertRaisesRegex(frappe.ValidationError, "below 90"):
            fingerprints.keep(acta.name, self.person, taken())

    def test_a_photo_of_an_inked_print_is_the_last_resort(self):
        decide(self.person)
        acta = self.signed(source="Photo of an Inked Print", template=None, quality=None)
        kept = frappe.get_doc("Fingerprint", acta.participants[0].fingerprint)
        self.assertEqual((kept.quality, kept.template_format), (0, None))

    def test_nobody_writes_or_moves_one_by_hand(self):
        decide(self.person)
        acta = self.signed()
        name = acta.participants[0].fingerprint
        with self.assertRaises(frappe.PermissionError):
            frappe.get_doc("Fingerprint", name).update({"finger": "Left Thumb"}).save()
        with self.assertRaisesRegex(frappe.ValidationError, "another acta or person"):
            self.acta(fingerprint=name)
        other = self.acta(beneficiary=make_person())
        other.participants[0].fingerprint = name
        with self.assertRaisesRegex(frappe.ValidationError, "another acta or person"):
            other.save()
        apply_workflow(acta, "Close")
        with self.assertRaises(frappe.PermissionError):
            frappe.delete_doc("Fingerprint", name)


def decide(person: str, **values: object):
    """The answer of a person to the use of biometric data."""
    purpose = str(values.get("purpose", "Biometrics"))
    text = frappe.get_doc(
        {
            "doctype": "Authorisation Text",
            "title": "Autorización",
            "purpose": purpose,
            "version": frappe.generate_hash(length=6),
            "valid_from": "2020-01-01",
            "text": "<p>Autorizo ...</p>",
        }
    ).insert()
    fields = {
        "beneficiary": person,
        "purpose": purpose,
        "decision": "Granted",
        "given_on": "2026-01-01 10:00:00",
        "channel": "Signed in the Field App",
        "given_by": "The Person",
        "evidence_note": "Firma en pantalla",
        "authorisation_text": text.name,
    }
    return frappe.get_doc({"doctype": "Data Authorisation", **fields, **values}).insert()


def picture() -> bytes:
    data = io.BytesIO()
    Image.new("L", (64, 80), 200).save(data, "PNG")
    return data.getvalue()


def template() -> bytes:
    body = bytes((2, 0, 80, 30)) + bytes(range(180)) + bytes(2)
    length = (24 + len(body)).to_bytes(4, "big")
    return (
        b"FMR\x00 20\x00" + length + bytes(2) + b"\x01\x00\x01\x90" + b"\x00\xc5\x00\xc5" + b"\x01\x00" + body
    )


def taken(**values: object) -> dict:
    capture = {
        "source": "SecuGen",
        "finger": "Right Index Finger",
        "quality": 80,
        "template": base64.b64encode(template()).decode(),
        "image": base64.b64encode(picture()).decode(),
        "reader_serial": "SW-1",
        "captured_at": "2026-11-20T10:00:00-05:00",
    }
    return {**capture, **values}
