"""Deleting a record and withdrawing an authorisation reach what devices and clients sent about it."""

import json
from typing import Any

import frappe
from frappe.utils import add_days, now_datetime

from social_crm.field_records import factories, test_sync
from social_crm.field_records.doctype.fingerprint.test_fingerprint import decide, taken
from social_crm.field_records.services import fingerprints
from social_crm.field_records.services.sync import changes, conflicts, erasure, holdings
from social_crm.field_records.services.sync.devices import own_row
from social_crm.social_crm.factories import make_person, members
from social_crm.social_crm.services import authorisations
from social_crm.testing import SocialCRMTestCase

CONFLICT = "Sync Conflict"


class TestErasure(SocialCRMTestCase):
    acta = test_sync.TestSync.acta
    push = test_sync.TestSync.push

    def prepare(self) -> None:
        factories.make_team()
        questions = [{"field_type": "text", "field_name": "tema", "label": "Tema", "required": 1}]
        questions += [{"field_type": "image", "field_name": name, "label": name} for name in ("foto", "otra")]
        self.template = factories.make_template(questions=questions)
        self.template.status = "Published"
        self.template.save()
        self.family = factories.make_family()
        self.device = test_sync.new_id()
        self.person = members(self.family, frappe.utils.nowdate())[0]
        frappe.set_user(factories.GESTOR)

    def loose_person(self) -> str:
        """Somebody of the gestor's community whom no record of a family holds."""
        frappe.set_user("Administrator")
        person = make_person("Única")
        place = {"community": factories.COMMUNITY, "family": self.family, "status": "Active"}
        frappe.db.set_value("Beneficiary", person, place)
        frappe.set_user(factories.GESTOR)
        return person

    def conflict_of_fields(self, person: str = "") -> str:
        """Two devices write another occupation into one person."""
        person = person or self.person
        for number, occupation in enumerate(("Pescadora", "Tejedora de mochilas")):
            answer = self.push(
                {
                    "kind": "change",
                    "uuid": test_sync.new_id(),
                    "device_time": "2026-11-20T10:00:00Z",
                    "body": {
                        "doctype": "Beneficiary",
                        "name": person,
                        "base": {"occupation": ""},
                        "values": {"occupation": occupation},
                    },
                },
                device=test_sync.new_id() if number else "",
            )
        self.assertEqual(answer["state"], "conflict")
        return str(answer["conflict"])

    def conflict_of_actas(self, *photos: bytes) -> tuple[str, str]:
        """The Desk and a device write different participants; the device's version names the person."""
        record = self.acta(photos[:1])
        name = self.push(record, *photos)["name"]
        doc = frappe.get_doc("Acta", name)
        doc.place = "Escrito en la oficina"
        doc.save()
        signer = {**record["body"]["participants"][0], "uuid": test_sync.new_id(), "participant_name": "Luz"}
        signer |= {"beneficiary": self.person, "document_number": "CC 77"}
        later = self.acta(photos)
        later["uuid"] = record["uuid"]
        later["body"]["participants"] = [*record["body"]["participants"], signer]
        kept = self.push({**later, "revision": 5}, *photos)
        self.assertEqual(kept["state"], "conflict")
        return name, str(kept["conflict"])

    def told_of(self, conflict: str) -> str:
        """Everything that the database holds of a conflict."""
        rows = frappe.db.get_values(CONFLICT, conflict, "*", as_dict=True)
        rows += frappe.db.get_values("Sync Conflict Field", {"parent": conflict}, "*", as_dict=True)
        rows += frappe.db.get_values(
            "Version", {"ref_doctype": CONFLICT, "docname": conflict}, "*", as_dict=True
        )
        return json.dumps(rows, default=str, ensure_ascii=False)

    def test_a_deleted_person_leaves_no_version_of_a_device(self) -> None:
        person = self.loose_person()
        conflict = self.conflict_of_fields(person)
        self.assertIn("Tejedora", self.told_of(conflict))
        frappe.set_user("Administrator")
        frappe.delete_doc("Beneficiary", person)
        self.assertFalse(frappe.db.exists(CONFLICT, conflict))
        self.assertEqual(frappe.db.count("Sync Conflict Field", {"parent": conflict}), 0)
        self.assertFalse(frappe.db.exists("Deleted Document", {"deleted_name": conflict}))

    def test_a_deleted_person_is_gone_from_devices(self) -> None:
        person = self.loose_person()
        cursor = self.pulled(None)[0]
        frappe.set_user("Administrator")
        frappe.delete_doc("Beneficiary", person)
        frappe.set_user(factories.GESTOR)
        cursor, gone = self.pulled(cursor)
        self.assertIn({"kind": "person", "id": person}, gone)
        held = holdings.acknowledged(own_row(self.device))[1]
        self.assertNotIn(f"person/{person}", held)
        self.assertIn(f"person/{self.person}", held)

    def pulled(self, cursor: str | None) -> tuple[str, list]:
        answer = changes.pull(self.device, cursor, 0)
        gone = answer["gone"]
        while answer["has_more"]:
            answer = changes.pull(self.device, answer["cursor"], answer["page"] + 1)
        changes.acknowledge(self.device, answer["cursor"])
        return answer["cursor"], gone

    def test_a_deleted_draft_takes_the_device_version_its_photos_and_its_form_along(self) -> None:
        photos = (test_sync.picture(seed=11), test_sync.picture(seed=12))
        acta, conflict = self.conflict_of_actas(*photos)
        attached = {"attached_to_doctype": CONFLICT, "attached_to_name": conflict}
        self.assertGreater(frappe.db.count("File", attached), 0)
        frappe.set_user("Administrator")
        sent = frappe.get_doc(
            {
                "doctype": "OpenRosa Submission",
                "instance_id": test_sync.new_id(),
                "status": "Stored",
                "user": factories.GESTOR,
                "received_at": now_datetime(),
                "xml": "<acta>Luz</acta>",
                "acta": acta,
            }
        ).insert()
        frappe.db.set_value("Field Submission", {"acta": acta}, "message", "Falta la firma de Luz")
        frappe.delete_doc("Acta", acta)
        self.assertFalse(frappe.db.exists(CONFLICT, conflict))
        self.assertEqual(frappe.db.count("File", attached), 0)
        self.assertFalse(frappe.db.get_value("OpenRosa Submission", sent.name, "xml"))
        receipts = frappe.get_all("Field Submission", {"reference_name": acta}, pluck="message")
        self.assertEqual(receipts, [None])

    def test_a_person_is_taken_out_of_the_versions_of_actas(self) -> None:
        acta, conflict = self.conflict_of_actas()
        self.assertIn("CC 77", self.told_of(conflict))
        frappe.set_user("Administrator")
        agreed = self.decide("Programme Services")
        self.assertIn("CC 77", self.told_of(conflict))
        authorisations.withdraw(agreed, "Telephone")
        told = self.told_of(conflict)
        for secret in ("CC 77", "Luz", self.person):
            self.assertNotIn(secret, told)
        # What remains is still decided: the acta gets the rest of the device's version.
        self.assertEqual(frappe.db.get_value(CONFLICT, conflict, "status"), "Open")
        frappe.set_user(factories.GESTOR)
        self.assertEqual(conflicts.take_device(conflict), acta)
        doc = frappe.get_doc("Acta", acta)
        self.assertEqual([row.participant_name for row in doc.participants], ["Ana"])

    def decide(self, purpose: str) -> str:
        return str(decide(self.person, purpose=purpose).name)

    def test_a_withdrawal_empties_what_nobody_took_over(self) -> None:
        conflict = self.conflict_of_fields()
        frappe.set_user("Administrator")
        other = self.decide("Research and Statistics")
        agreed = self.decide("Programme Services")
        authorisations.withdraw(other, "Telephone")
        self.assertIn("Tejedora", self.told_of(conflict))
        authorisations.withdraw(agreed, "Telephone")
        told = self.told_of(conflict)
        self.assertNotIn("Tejedora", told)
        self.assertNotIn("Pescadora", told)
        decided = frappe.db.get_value(CONFLICT, conflict, ["status", "resolution"])
        self.assertEqual(decided, ("Resolved", "Keep the Server's"))
        self.assertEqual(frappe.db.get_value("Beneficiary", self.person, "occupation"), "Pescadora")

    def test_fingerprints_go_with_a_draft_and_stay_with_a_closed_acta(self) -> None:
        frappe.set_user("Administrator")
        decide(self.person)
        row = {"participant_name": "Ana", "participant_role": "Beneficiary", "beneficiary": self.person}
        actas = []
        for _number in range(2):
            acta = factories.make_acta(family=self.family, participants=[row])
            acta.participants[0].fingerprint = fingerprints.keep(acta.name, self.person, taken())
            actas.append(acta.save())
        draft, closed = actas[0], factories.close(actas[1])
        frappe.delete_doc("Acta", draft.name)
        self.assertFalse(frappe.db.exists("Fingerprint", {"acta": draft.name}))
        with self.assertRaises(frappe.PermissionError):
            frappe.delete_doc("Acta", closed.name)
        self.assertTrue(frappe.db.exists("Fingerprint", {"acta": closed.name}))

    def test_forms_whose_files_never_came_are_swept(self) -> None:
        frappe.set_user("Administrator")
        rows = []
        for status, age in (("Incomplete", 31), ("Incomplete", 2), ("Stored", 31)):
            values = {"instance_id": test_sync.new_id(), "status": status, "user": factories.GESTOR}
            doc = frappe.get_doc({"doctype": "OpenRosa Submission", "received_at": now_datetime(), **values})
            rows.append(doc.insert().name)
            old = add_days(now_datetime(), -age)
            frappe.db.set_value("OpenRosa Submission", rows[-1], "modified", old, update_modified=False)
        erasure.sweep()
        left = frappe.get_all("OpenRosa Submission", {"name": ["in", rows]}, pluck="name")
        self.assertEqual(set(left), set(rows[1:]))


class TestRights(SocialCRMTestCase):
    """What each role may do with what the program itself writes; rows are limited besides (tests/test_permissions.py)."""

    def test_nobody_writes_by_hand_what_devices_and_the_program_write(self) -> None:
        written = {
            "Field Device",
            "Field Device Snapshot",
            "Field Submission",
            "Field Upload",
            "OpenRosa Submission",
            "Sync Conflict",
            "Fingerprint",
            "Seal Chain",
            "Acta Template Form",
        }
        found = {
            f"{row.parent} {row.role}"
            for row in self.rights(written)
            if row.create or row.write or row.get("import") or row.share or row.submit
        }
        # The right to write conflicts is that to decide them: its controller takes no other writing.
        decides = {"Programme Director", "Social CRM Administrator", "System Manager"}
        self.assertEqual(found, {f"Sync Conflict {role}" for role in decides})
        given = [
            row
            for row in self.rights({"Sync Conflict"})
            if row.create or row.get("import") or row.share or row.submit
        ]
        self.assertEqual(given, [])
        conflict = frappe.new_doc("Sync Conflict")
        with self.assertRaisesRegex(frappe.PermissionError, "by hand"):
            conflict.run_method("validate")

    def test_content_and_whereabouts_of_devices_are_read_by_few(self) -> None:
        few = {
            "OpenRosa Submission": {"Social CRM Administrator", "System Manager"},
            "Field Upload": {"Social CRM Administrator", "System Manager"},
            "Field Device Snapshot": {"System Manager"},
            "Acta Template Form": {"Social CRM Administrator", "System Manager"},
        }
        for doctype, roles in few.items():
            self.assertEqual({row.role for row in self.rights({doctype}) if row.read}, roles, doctype)
        # Captures leave by one door alone, which asks for a reason.
        self.assertFalse([row.role for row in self.rights({"Fingerprint"}) if row.export or row.delete])

    def test_visits_are_planned_by_those_who_make_them_and_rules_set_by_those_who_lead(self) -> None:
        leads = {"Programme Director", "Social CRM Administrator", "System Manager"}
        self.assertEqual({row.role for row in self.rights({"Visit Rule"}) if row.write or row.create}, leads)
        plans = leads | {"Gestor", "Income Advisor", "FES Advisor", "Psychosocial Professional"}
        self.assertEqual({row.role for row in self.rights({"Planned Visit"}) if row.write}, plans)

    def test_who_approves_templates_is_not_who_fills_them_in(self) -> None:
        writes = {row.role for row in self.rights({"Acta Template"}) if row.write or row.create}
        self.assertEqual(writes, {"Programme Director", "Social CRM Administrator", "System Manager"})

    def rights(self, doctypes: set[str]) -> list[Any]:
        return [
            frappe._dict(row.as_dict())
            for doctype in doctypes
            for row in frappe.get_meta(doctype).permissions
        ]
