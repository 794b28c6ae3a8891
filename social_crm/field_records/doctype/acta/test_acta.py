import base64
import hashlib
import io
import json
import re
import uuid
from pathlib import Path

import frappe
from frappe.model.workflow import apply_workflow
from frappe.utils import add_days, nowdate
from PIL import Image

from social_crm import testing_factories
from social_crm.field_records import factories as make
from social_crm.field_records.printing import acta_sections
from social_crm.field_records.services import actions, seals, templates
from social_crm.social_crm import factories as people
from social_crm.testing import SocialCRMTestCase
from social_crm.testing_factories import make_user


class TestActa(SocialCRMTestCase):
    def prepare(self) -> None:
        make.make_team()
        frappe.set_user(make.GESTOR)

    def test_places_follow_from_the_person(self) -> None:
        family = make.make_family()
        head = frappe.db.get_value("Family", family, "head")
        doc = make.make_acta(beneficiary=head)
        self.assertEqual((doc.family, doc.community), (family, make.COMMUNITY))
        self.assertEqual((doc.status, doc.workflow_state, doc.template_version), ("Draft", "Draft", 2))
        self.assertIn("Visita domiciliaria", doc.title)
        self.assertEqual((doc.start_time, doc.end_time), (None, None))

    def test_answers_are_checked_and_normalised(self) -> None:
        doc = make.make_acta(
            answers={**make.ANSWERS, "personas_presentes": "4", "detalle_novedades": "no aplica"}
        )
        kept = json.loads(doc.answers)
        self.assertEqual(kept["personas_presentes"], 4)
        self.assertNotIn("detalle_novedades", kept)
        for wrong in ({"personas_presentes": 99}, {"motivo": "otra cosa"}, {"no_existe": 1}, "[1]", "{"):
            with self.subTest(wrong), self.assertRaises(frappe.ValidationError):
                make.make_acta(family=doc.family, answers=wrong)

    def test_a_draft_may_be_incomplete_and_a_closed_one_may_not(self) -> None:
        doc = make.make_acta(answers={}, participants=[])
        with self.assertRaisesRegex(frappe.ValidationError, "Objetivo de la visita|Objective of the visit"):
            apply_workflow(doc, "Close")
        doc.reload()
        doc.answers = make.ANSWERS
        doc.append("participants", make.participant("Luis", signature=None))
        doc.save()
        with self.assertRaisesRegex(frappe.ValidationError, "Luis"):
            apply_workflow(doc, "Close")
        doc.reload()
        doc.participants[0].update({"cannot_sign": 1, "cannot_sign_reason": "No ve"})
        doc.participants[0].witness_name = "Rosa Uriana"
        doc.save()
        with self.assertRaisesRegex(frappe.ValidationError, "Rosa Uriana"):
            apply_workflow(doc, "Close")
        doc.reload()
        doc.participants[0].witness_signature = make.SIGNATURE
        doc.save()
        self.assertEqual(make.close(doc).status, "Closed")

    def test_closed_by_every_door(self) -> None:
        doc = make.close(make.make_acta())
        self.assertEqual((doc.status, doc.closed_by, len(doc.content_hash)), ("Closed", make.GESTOR, 64))
        frappe.set_user("Administrator")
        for change in (
            {"place": "Otra"},
            {"workflow_state": "Draft"},
            {"answers": "{}"},
            {"content_hash": "x"},
            {"seal_version": 0},
        ):
            with self.subTest(change), self.assertRaises((frappe.ValidationError, frappe.PermissionError)):
                doc.reload()
                doc.update(change).save()
        with self.assertRaises(frappe.PermissionError):
            frappe.client.set_value("Acta", doc.name, "place", "Otra")
        row = frappe.get_doc("Acta Participant", doc.participants[0].name)
        row.participant_name = "Otra persona"
        with self.assertRaises(frappe.PermissionError):
            row.save()
        with self.assertRaises(frappe.PermissionError):
            frappe.delete_doc("Acta Participant", row.name)
        with self.assertRaises(frappe.PermissionError):
            frappe.delete_doc("Acta", doc.name)
        self.assertTrue(seals.verify(doc.name)["valid"])

    def test_one_changed_byte_breaks_the_seal(self) -> None:
        doc, photo, paper = make.sealed()
        self.assertEqual(seals.verify(doc.name), {**seals.verify(doc.name), "valid": True, "seal_version": 3})
        row = doc.participants[0].name
        template = frappe.get_doc("Acta Template", doc.template)
        listed = json.loads(doc.sealed_files)
        frappe.set_user("Administrator")
        neighbours = people.make_community("Comunidad vecina")
        frappe.set_user(make.GESTOR)
        self.assertEqual([one["file"] for one in listed], [photo.name, paper.name])
        for table, name, field, value in (
            ("Acta", doc.name, "title", f"{doc.title}."),
            ("Acta", doc.name, "template_title", f"{doc.template_title}."),
            ("Acta", doc.name, "answers", doc.answers.replace("visita.", "visita!")),
            ("Acta", doc.name, "answers", f"{doc.answers} "),
            ("Acta", doc.name, "answers", "[]"),
            ("Acta", doc.name, "agreed_commitments", doc.agreed_commitments.replace("niña", "nina")),
            ("Acta", doc.name, "latitude", 11.3812346),
            ("Acta", doc.name, "start_time", "08:30:01"),
            ("Acta", doc.name, "sealed_files", json.dumps(listed[:1])),
            ("Acta", doc.name, "sealed_files", None),
            ("Acta", doc.name, "seal_version", 0),
            ("Acta", doc.name, "seal_version", 2),
            ("Acta", doc.name, "seal_version", 4),
            ("Acta", doc.name, "sealed_names", doc.sealed_names.replace("{", "{ ", 1)),
            ("Acta", doc.name, "verification_code", "A" * 20),
            ("Acta", doc.name, "seal_number", doc.seal_number + 1),
            ("Acta", doc.name, "previous_hash", "0" * 64),
            ("Acta", doc.name, "community", neighbours),
            ("Acta Participant", row, "participant_name", "Ana Epiayu"),
            ("Acta Participant", row, "document_number", "CC 2"),
            ("Acta Participant", row, "signature", doc.participants[0].signature.replace("iVBOR", "iVBOS")),
            ("Acta Participant", row, "strokes", doc.participants[0].strokes.replace("1.5", "1.6")),
            ("Acta Participant", row, "signed_device_time", "2026-01-01 10:00:00"),
            ("Acta Participant", row, "parent", "another"),
            ("Acta Template Field", template.questions[1].name, "label", "Otra pregunta"),
            ("Acta Template Field", template.questions[1].name, "parent", "another"),
            ("Acta Template Choice", template.choices[0].name, "label", "Otra opción"),
            ("File", paper.name, "file_name", "otro.png"),
            ("File", paper.name, "attached_to_name", "another"),
            ("File", photo.name, "file_url", paper.file_url),
        ):
            with self.subTest(f"{table}.{field}", value=value):
                before = frappe.db.get_value(table, name, field)
                frappe.db.set_value(table, name, field, value, update_modified=False)
                self.assertFalse(seals.verify(doc.name)["valid"])
                frappe.db.set_value(table, name, field, before, update_modified=False)
                self.assertTrue(seals.verify(doc.name)["valid"])
        for file in (photo, paper):
            path = Path(file.get_full_path())
            content = path.read_bytes()
            for changed in (content[:-1] + bytes([content[-1] ^ 1]), content + b"x", b""):
                with self.subTest(file.file_name, size=len(changed)):
                    path.write_bytes(changed)
                    self.assertFalse(seals.verify(doc.name)["valid"])
            path.unlink()
            self.assertFalse(seals.verify(doc.name)["valid"])
            path.write_bytes(content)
            self.assertTrue(seals.verify(doc.name)["valid"])

    def test_a_seal_of_the_first_rule_still_holds(self) -> None:
        """What that rule covered is spelled out here: seals were made by it, and it is not to change any more."""
        doc, photo, _paper = make.sealed()
        fields = "name template template_version client_uuid visit_date start_time end_time gestor family beneficiary"
        fields += (
            " productive_unit community programme place latitude longitude accuracy amends amendment_reason"
        )
        fields += " device_time closed_on closed_by"
        signer = (
            "participant_name participant_role document_number beneficiary signature signed_at cannot_sign"
        )
        signer += " cannot_sign_reason witness_name witness_document witness_signature"

        def told(row, field):
            value = row.get(field)
            if value is None:
                return ""
            return (
                value if isinstance(value, int) else repr(value) if isinstance(value, float) else str(value)
            )

        content = {field: told(doc, field) for field in fields.split()}
        content["answers"] = json.loads(doc.answers)
        content["participants"] = [{f: told(row, f) for f in signer.split()} for row in doc.participants]
        picture = Path(photo.get_full_path()).read_bytes()
        content["photos"] = [[photo.file_url, hashlib.sha256(picture).hexdigest()]]
        content["commitments"] = json.loads(doc.agreed_commitments)
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        old = {
            "seal_version": 0,
            "sealed_files": None,
            "content_hash": hashlib.sha256(text.encode()).hexdigest(),
        }
        chain = {"seal_chain": None, "seal_number": 0, "previous_hash": None, "sealed_names": None}
        frappe.db.set_value("Acta", doc.name, {**old, **chain}, update_modified=False)
        self.assertEqual(seals.verify(doc.name), {**seals.verify(doc.name), "valid": True, "seal_version": 1})
        frappe.db.set_value("Acta", doc.name, "answers", doc.answers.replace("visita.", "visita!"))
        self.assertFalse(seals.verify(doc.name)["valid"])

    def test_photos_are_printed_and_stay(self) -> None:
        doc, photo, paper = make.sealed()
        photos = [section["photos"] for section in acta_sections(doc) if section["photos"]]
        self.assertTrue(photos[0][0][1].startswith("data:image/"))
        draft = make.make_acta()
        manager = make_user("files@actas.example.com", "System Manager")
        frappe.set_user(manager)
        with self.assertRaises(frappe.PermissionError):
            frappe.delete_doc("File", photo.name)
        self.assertTrue(seals.verify(doc.name)["valid"], "the content is still on the disk")
        for change in (
            {"attached_to_name": draft.name},
            {"attached_to_doctype": "Beneficiary", "attached_to_name": None},
            {"attached_to_name": None},
            {"file_url": paper.file_url},
            {"file_name": "otra.png"},
            {"is_private": 0},
        ):
            file = frappe.get_doc("File", photo.name)
            file.update(change)
            with self.subTest(change=change), self.assertRaises(frappe.PermissionError):
                file.save()
        self.assertTrue(seals.verify(doc.name)["valid"])
        frappe.set_user("Administrator")
        with self.assertRaises(frappe.PermissionError):
            frappe.delete_doc("File", photo.name)

    def test_a_picture_uploaded_in_the_form_becomes_part_of_the_acta(self) -> None:
        """The form drawn from a template uploads files that hang on no document."""

        def upload(private: int) -> str:
            name = f"suelta-{frappe.generate_hash(length=6)}.png"
            values = {"file_name": name, "content": make.SIGNATURE.split(",")[1], "decode": True}
            return frappe.get_doc({"doctype": "File", "is_private": private, **values}).insert().file_url

        for private in (1, 0):
            with self.subTest(private=private):
                doc = make.make_acta(answers={**make.ANSWERS, "foto": upload(private)})
                doc = make.close(doc)
                address = json.loads(doc.answers)["foto"]
                self.assertTrue(address.startswith("/private/files/"))
                self.assertEqual(len(json.loads(doc.sealed_files)), 1)
                self.assertTrue([s for s in acta_sections(doc) if s["photos"]])
                self.assertTrue(seals.verify(doc.name)["valid"])
        amendment = frappe.get_doc("Acta", actions.amend(doc.name, "Se corrigió un dato"))
        self.assertTrue([s for s in acta_sections(amendment) if s["photos"]])

    def test_pictures_and_signatures_of_rows_are_printed_where_they_belong(self) -> None:
        frappe.set_user("Administrator")
        rows = [
            {"field_type": "begin_repeat", "field_name": "bienes", "label": "Bienes"},
            {"field_type": "begin_group", "field_name": "cosa", "label": "Cosa"},
            {"field_type": "text", "field_name": "bien", "label": "Bien"},
            {"field_type": "end_group"},
            {"field_type": "image", "field_name": "foto", "label": "Foto"},
            {"field_type": "image", "field_name": "recibe", "label": "Firma", "appearance": "signature"},
            {"field_type": "end_repeat"},
            {"field_type": "text", "field_name": "final", "label": "Al final"},
        ]
        template = make.make_template(questions=rows)
        template.status = "Published"
        template.save()
        frappe.set_user(make.GESTOR)
        doc = make.make_acta(template=template.name, answers={})
        # Drawn on nothing: paper is white.
        clear = io.BytesIO()
        Image.new("RGBA", (40, 20), (0, 0, 0, 0)).save(clear, "PNG")
        photo, drawn = make.attach(doc), make.attach(doc, base64.b64encode(clear.getvalue()).decode())
        doc.reload()
        goods = [
            {"bien": "2.5 kg sal", "foto": photo.file_url},
            {"bien": "Telar", "recibe": drawn.file_url},
        ]
        doc.answers = {"bienes": goods, "final": "Todo completo.\nFalta firmar."}
        doc.save()
        table, after = acta_sections(doc)
        (shown,) = table["tables"]
        self.assertEqual([column["label"] for column in shown["columns"]], ["N.º", "Bien", "Firma"])
        self.assertEqual([row[:2] for row in shown["rows"]], [["1", "2.5 kg sal"], ["2", "Telar"]])
        self.assertEqual([label for label, _picture in shown["photos"]], ["Foto (Bienes 1)"])
        self.assertEqual(after["rows"], [("Al final", "Todo completo.\nFalta firmar.")])
        html = frappe.get_print("Acta", doc.name, print_format="Acta de campo")
        self.assertIn("Todo completo.<br>Falta firmar.", html)
        (source,) = re.findall(r'<img class="acta-cell" src="data:image/jpeg;base64,([^"]+)"', html)
        self.assertEqual(Image.open(io.BytesIO(base64.b64decode(source))).getpixel((5, 5)), (255, 255, 255))

    def test_a_picture_of_others_is_not_taken_over(self) -> None:
        frappe.set_user("Administrator")
        values = {"file_name": f"ajena-{frappe.generate_hash(length=6)}.png", "is_private": 1}
        content = {"content": make.SIGNATURE.split(",")[1], "decode": True}
        other = frappe.get_doc({"doctype": "File", **values, **content}).insert()
        frappe.set_user(make.GESTOR)
        doc = make.make_acta(answers={**make.ANSWERS, "foto": other.file_url})
        self.assertFalse(frappe.db.exists("File", {"attached_to_name": doc.name}))
        with self.assertRaisesRegex(frappe.ValidationError, "not attached"):
            make.close(doc)

    def test_an_amendment_names_what_it_amends(self) -> None:
        doc = make.make_acta()
        with self.assertRaises(frappe.ValidationError):
            actions.amend(doc.name, "Antes de cerrar")
        doc.update({"latitude": 11.38, "longitude": -72.24, "accuracy": 8}).save()
        doc = make.close(doc)
        with self.assertRaises(frappe.ValidationError):
            actions.amend(doc.name, "")
        second = frappe.get_doc("Acta", actions.amend(doc.name, "Se corrigió el número de personas"))
        self.assertEqual((second.amends, second.status), (doc.name, "Draft"))
        self.assertEqual(json.loads(second.answers), json.loads(doc.answers))
        self.assertEqual((str(second.visit_date), second.start_time), (str(doc.visit_date), doc.start_time))
        self.assertEqual((second.latitude, second.accuracy), (11.38, 8), "the place, and how sure it was")

    def test_the_same_uuid_is_never_recorded_twice(self) -> None:
        given = str(uuid.uuid4())
        family = make.make_family()
        make.make_acta(family=family, client_uuid=given)
        frappe.db.savepoint("before_second")
        with self.assertRaises(frappe.UniqueValidationError):
            make.make_acta(family=family, client_uuid=given)
        frappe.db.rollback(save_point="before_second")
        self.assertEqual(frappe.db.count("Acta", {"client_uuid": given}), 1)

    def test_an_acta_keeps_its_version(self) -> None:
        frappe.set_user("Administrator")
        template = make.make_template(status="Published")
        family = make.make_family()
        frappe.set_user(make.GESTOR)
        doc = make.make_acta(family=family, template=template.name, answers={"tema": "Agua"})
        frappe.set_user("Administrator")
        second = templates.new_version(template.name)
        templates.set_status(second, "Published")
        templates.set_status(template.name, "Withdrawn")
        frappe.set_user(make.GESTOR)
        with self.assertRaises(frappe.ValidationError):
            make.make_acta(family=family, template=template.name, answers={})
        doc.reload()
        doc.template = second
        with self.assertRaises(frappe.ValidationError):
            doc.save()
        doc.reload()
        self.assertEqual(make.close(doc).template, template.name)

    def test_commitments(self) -> None:
        doc = make.make_acta()
        name = actions.add_commitment(doc.name, "Llevar a la niña al control", str(add_days(nowdate(), 8)))
        commitment = frappe.get_doc("Commitment", name)
        self.assertEqual((commitment.family, commitment.community), (doc.family, doc.community))
        self.assertEqual((commitment.reference_doctype, commitment.reference_name), ("Acta", doc.name))
        doc = make.close(doc)
        self.assertEqual([one["name"] for one in json.loads(doc.agreed_commitments)], [name])
        with self.assertRaises(frappe.PermissionError):
            actions.add_commitment(doc.name, "Tarde", nowdate())
        # A commitment lives on; what was agreed stays in the acta.
        frappe.set_user("Administrator")
        frappe.db.set_value("Commitment", name, "status", "Done")
        self.assertTrue(seals.verify(doc.name)["valid"])

    def test_impossible(self) -> None:
        family = make.make_family()
        for values in (
            {"family": family, "visit_date": add_days(nowdate(), 1)},
            {"family": None, "template": "home_visit-v2"},
            {"family": family, "template": "no_existe-v1"},
        ):
            with self.subTest(values), self.assertRaises(frappe.ValidationError):
                make.make_acta(**values)

    def test_roles_and_places(self) -> None:
        doc = make.make_acta()
        for role, community, sees, writes in (
            ("Gestor", make.COMMUNITY, True, True),
            ("Gestor", "Otra comunidad", False, False),
            ("Income Advisor", make.COMMUNITY, True, True),
            ("FES Advisor", make.COMMUNITY, True, True),
            ("Psychosocial Professional", make.COMMUNITY, True, True),
            ("Psychosocial Professional", "Otra comunidad", False, False),
            ("Credit Officer", make.COMMUNITY, True, False),
            ("Programme Director", make.COMMUNITY, True, False),
            ("Auditor", None, True, False),
            ("M&E Analyst", None, True, False),
        ):
            with self.subTest(role=role, community=community):
                frappe.set_user("Administrator")
                user = testing_factories.make_user(f"{frappe.generate_hash(length=6)}@example.com", role)
                if community:
                    testing_factories.assign(user, make.people.make_community(community))
                frappe.set_user(user)
                self.assertEqual(frappe.has_permission("Acta", "read", doc=doc.name), sees)
                self.assertEqual(frappe.has_permission("Acta", "write", doc=doc.name), writes)
                self.assertEqual(doc.name in frappe.get_list("Acta", pluck="name"), sees)
