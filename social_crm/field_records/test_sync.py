"""Sync inside a site: what is stored, what comes down, who sees devices and conflicts. Over HTTP: tests/rest/test_sync*.py."""

import base64
import hashlib
import io
import json
import os
import pathlib
import uuid
from typing import Any

# Another app that listens to files: none is installed here, and only its presence is asked for.
from unittest.mock import patch

import frappe
from frappe.utils import add_days, now_datetime, nowdate
from PIL import Image

from social_crm import testing_factories as make
from social_crm.field_records import factories
from social_crm.field_records.services.sync import (
    batches,
    changes,
    conflicts,
    contents,
    devices,
    handshake,
    holdings,
    kinds,
    uploads,
)
from social_crm.testing import SocialCRMTestCase

DIRECTOR = "directora.dispositivos@example.com"
OTHER = "gestor.de.otra.vereda@example.com"


def new_id() -> str:
    return str(uuid.uuid4())


def picture(kind: str = "PNG", seed: int = 1) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (9, 9), (seed % 256, 90, 7)).save(buffer, kind)
    return buffer.getvalue()


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class TestSync(SocialCRMTestCase):
    def prepare(self) -> None:
        factories.make_team()
        self.template = factories.make_template(
            questions=[
                {"field_type": "text", "field_name": "tema", "label": "Tema", "required": 1},
                {"field_type": "image", "field_name": "foto", "label": "Foto"},
                {"field_type": "image", "field_name": "otra", "label": "Otra"},
            ]
        )
        self.template.status = "Published"
        self.template.save()
        self.family = factories.make_family()
        self.device = new_id()
        frappe.set_user(factories.GESTOR)

    def acta(self, photos: tuple[bytes, ...] = (), **values: Any) -> dict[str, Any]:
        names = ("foto", "otra")[: len(photos)]
        key = self.template.template_key
        inside = "".join(f"<{name}>{name}.png</{name}>" for name in names)
        files = [
            {"uuid": new_id(), "name": f"{name}.png", "sha256": sha(one), "size": len(one)}
            for name, one in zip(names, photos, strict=True)
        ]
        drawn = picture()
        files.append({"uuid": new_id(), "name": "firma.png", "sha256": sha(drawn), "size": len(drawn)})
        body = {
            "template": self.template.name,
            "instance": f'<{key} id="{key}" version="1"><tema>Visita</tema>{inside}</{key}>',
            "visit_date": nowdate(),
            "family": self.family,
            "participants": [
                {
                    "uuid": new_id(),
                    "participant_name": "Ana",
                    "participant_role": "Beneficiary",
                    "signature": sha(drawn),
                }
            ],
            "commitments": [],
        }
        record = {"kind": "acta", "uuid": new_id(), "revision": 1, "device_time": "2026-11-20T10:00:00Z"}
        return {**record, "body": body, "files": files, **values}

    def push(self, record: dict[str, Any], *files: bytes, device: str = "") -> dict[str, Any]:
        row = devices.own_row(device or self.device)
        parts = {sha(one): one for one in (*files, picture())}
        return batches._stored(record, row, parts)

    def test_an_acta_is_stored_with_signature_commitment_and_both_times(self) -> None:
        record = self.acta()
        record["body"]["commitments"] = [
            {"uuid": new_id(), "subject": "Ir al control", "due_date": add_days(nowdate(), 9)}
        ]
        answer = self.push(record)
        self.assertEqual((answer["state"], answer["version"], answer["status"]), ("stored", "1", "Draft"))
        doc = frappe.get_doc("Acta", answer["name"])
        self.assertEqual(
            (doc.origin, doc.client_uuid, doc.gestor), ("Field App", record["uuid"], factories.GESTOR)
        )
        self.assertEqual(base64.b64decode(doc.participants[0].signature.split(",")[1]), picture())
        self.assertIsNotNone(doc.received_at)
        self.assertNotEqual(str(doc.device_time)[:10], "")
        self.assertEqual(
            frappe.db.count("Commitment", {"reference_name": doc.name, "family": self.family}), 1
        )
        # Struck out on the device before the acta was closed.
        record.update(
            {"revision": 2, "base": answer["version"], "body": {**record["body"], "commitments": []}}
        )
        self.assertEqual(self.push(record)["state"], "stored")
        self.assertEqual(frappe.db.count("Commitment", {"reference_name": doc.name}), 0)

    def test_what_the_program_knows_of_an_arrival_no_client_writes(self) -> None:
        doc = factories.make_acta(
            origin="Field App", sync_version=77, received_at="2020-01-01 00:00:00", family=self.family
        )
        self.assertEqual((doc.origin, doc.sync_version, doc.received_at), ("Desk", 1, None))
        doc.update({"origin": "OpenRosa", "sync_version": 99})
        doc.save()
        self.assertEqual((doc.origin, doc.sync_version), ("Desk", 2))

    def test_files_are_attached_the_same_with_and_without_another_app_that_listens(self) -> None:
        fields = [
            "file_name",
            "is_private",
            "file_size",
            "content_hash",
            "folder",
            "attached_to_field",
            "owner",
        ]
        found = []
        for listens in (False, True):
            one = picture(seed=40 + listens)
            with patch.object(contents, "_others_listen", return_value=listens):
                answer = self.push(self.acta((one, one)), one)
            self.assertEqual(answer["state"], "stored")
            rows = frappe.get_all(
                "File", filters={"attached_to_name": answer["name"]}, fields=["file_url", *fields]
            )
            self.assertEqual({row.file_name for row in rows}, {"foto.png", "otra.png"})
            self.assertEqual(len({row.file_url for row in rows}), 1)
            stored = pathlib.Path(frappe.get_site_path(rows[0].file_url.lstrip("/")))
            self.addCleanup(stored.unlink, missing_ok=True)
            self.assertEqual(stored.read_bytes(), one)
            found.append(
                [
                    {**row, "file_url": "", "content_hash": len(row.content_hash), "file_size": 0}
                    for row in rows
                ]
            )
        self.assertCountEqual(*found)

    def test_a_removed_photo_goes_with_its_content(self) -> None:
        one = picture(seed=50)
        record = self.acta((one,))
        answer = self.push(record, one)
        url = frappe.db.get_value("File", {"attached_to_name": answer["name"]}, "file_url")
        self.assertTrue(pathlib.Path(frappe.get_site_path(url.lstrip("/"))).is_file())
        bare = self.acta(uuid=record["uuid"], revision=2, base="1")
        self.assertEqual(self.push(bare)["state"], "stored")
        self.assertEqual(frappe.db.count("File", {"attached_to_name": answer["name"]}), 0)
        self.assertFalse(pathlib.Path(frappe.get_site_path(url.lstrip("/"))).is_file())

    def test_another_gestor_neither_replays_nor_sees(self) -> None:
        record = self.acta()
        answer = self.push(record)
        frappe.set_user("Administrator")
        make.make_user(OTHER, "Gestor")
        make.assign(OTHER, make.make_community("Otra vereda").name)
        frappe.set_user(OTHER)
        replay = self.push(record, device=new_id())
        self.assertEqual((replay["state"], replay["name"], replay["retry"]), ("refused", None, False))
        held = kinds.versions({})
        self.assertNotIn(f"acta/{answer['name']}", held)
        self.assertNotIn(f"family/{self.family}", held)
        self.assertIn("community/Otra vereda", held)

    def test_a_draft_of_a_version_that_was_withdrawn_meanwhile_is_taken(self) -> None:
        record, later = self.acta(), self.acta()
        frappe.set_user("Administrator")
        self.template.status = "Withdrawn"
        self.template.save()
        draft = factories.make_template()
        frappe.set_user(factories.GESTOR)
        answer = self.push(record)
        self.assertEqual(answer["state"], "stored")
        self.assertEqual(frappe.db.get_value("Acta", answer["name"], "template"), self.template.name)
        # One that was never published is no version that anybody could have begun with.
        later["body"]["template"] = draft.name
        later["body"]["instance"] = later["body"]["instance"].replace(
            self.template.template_key, draft.template_key
        )
        self.assertEqual(self.push(later)["state"], "refused")

    def test_an_assignment_that_ends_takes_the_rows_back(self) -> None:
        row = devices.own_row(self.device)
        first = changes.pull(self.device, None, 0)
        ids = {(one["kind"], one["id"]) for one in first["upserts"]}
        self.assertIn(("family", self.family), ids)
        self.assertIn(("template", self.template.name), ids)
        changes.acknowledge(self.device, first["cursor"])
        self.assertEqual(changes.pull(self.device, first["cursor"], 0)["upserts"], [])
        frappe.set_user("Administrator")
        self.template.status = "Withdrawn"
        self.template.save()
        for name in frappe.get_all("Staff Assignment", filters={"user": factories.GESTOR}, pluck="name"):
            frappe.db.set_value("Staff Assignment", name, "to_date", add_days(nowdate(), -1))
        frappe.set_user(factories.GESTOR)
        from social_crm.access.assignments import forget_grants

        forget_grants()
        then = changes.pull(self.device, first["cursor"], 0)
        self.assertIn({"kind": "family", "id": self.family}, then["gone"])
        # A withdrawn template comes once more with its status, and stays for the drafts that began with it.
        self.assertEqual(
            [one["data"]["status"] for one in then["upserts"] if one["id"] == self.template.name],
            ["Withdrawn"],
        )
        changes.acknowledge(self.device, then["cursor"])
        self.assertEqual(holdings.acknowledged(row)[1].keys() & {f"family/{self.family}"}, set())
        # A device that never had it does not get it.
        self.assertNotIn(f"template/{self.template.name}", kinds.versions({}))

    def test_two_devices_change_one_family(self) -> None:
        def change(base: dict, values: dict) -> dict[str, Any]:
            body = {"doctype": "Family", "name": self.family, "base": base, "values": values}
            return {"kind": "change", "uuid": new_id(), "device_time": "2026-11-20T10:00:00Z", "body": body}

        self.assertEqual(self.push(change({"zone": ""}, {"zone": "Rural"}))["state"], "stored")
        answer = self.push(change({"zone": ""}, {"zone": "Urban", "notes": "Nueva"}), device=new_id())
        self.assertEqual(answer["state"], "conflict")
        family = frappe.get_doc("Family", self.family)
        self.assertEqual((family.zone, family.notes), ("Rural", "Nueva"))
        shown = conflicts.comparison_of(answer["conflict"])
        self.assertEqual([(row["server"], row["device"]) for row in shown["rows"]], [("Rural", "Urban")])
        self.assertTrue(shown["may_decide"])
        conflicts.resolve_fields(answer["conflict"], {"zone": {"choice": "Other", "value": ""}})
        self.assertFalse(frappe.db.get_value("Family", self.family, "zone"))
        self.assertEqual(frappe.db.get_value("Sync Conflict", answer["conflict"], "resolution"), "By Field")
        with self.assertRaises(frappe.ValidationError):
            conflicts.resolve_fields(answer["conflict"], {"zone": {"choice": "Device"}})

    def test_who_may_not_write_the_record_decides_nothing(self) -> None:
        record = self.acta()
        name = self.push(record)["name"]
        doc = frappe.get_doc("Acta", name)
        doc.place = "Otra"
        doc.save()
        kept = self.push({**record, "revision": 5, "body": {**record["body"], "place": "Del dispositivo"}})
        self.assertEqual(kept["state"], "conflict")
        frappe.set_user("Administrator")
        auditor = make.make_user("auditora.conflictos@example.com", "Auditor")
        frappe.set_user(auditor)
        self.assertFalse(conflicts.comparison_of(kept["conflict"])["may_decide"])
        with self.assertRaises(frappe.PermissionError):
            conflicts.take_device(kept["conflict"])
        frappe.set_user("Administrator")
        make.make_user(OTHER, "Gestor")
        frappe.set_user(OTHER)
        with self.assertRaises(frappe.PermissionError):
            conflicts.comparison_of(kept["conflict"])
        frappe.set_user(factories.GESTOR)
        self.assertEqual(conflicts.take_device(kept["conflict"]), name)
        self.assertEqual(frappe.db.get_value("Acta", name, "place"), "Del dispositivo")

    def test_a_supervisor_sees_the_devices_of_their_staff_and_revokes_them(self) -> None:
        handshake.greet(device=self.device, label="Tableta 3", unsent=7, storage_used=10**12, protocol=1)
        row = devices.own_row(self.device)
        frappe.set_user("Administrator")
        make.make_user(DIRECTOR, "Programme Director")
        frappe.set_user(DIRECTOR)
        self.assertNotIn(row, frappe.get_list("Field Device", pluck="name", limit=0))
        with self.assertRaises(frappe.PermissionError):
            devices.revoke(row, "Perdido")
        frappe.set_user("Administrator")
        make.assign(DIRECTOR, factories.COMMUNITY)
        frappe.set_user(DIRECTOR)
        found = frappe.get_list(
            "Field Device", filters={"name": row}, fields=["unsent", "label", "storage_used"]
        )
        self.assertEqual(
            [(one.unsent, one.label, one.storage_used) for one in found], [(7, "Tableta 3", 10**12 // 2**20)]
        )
        with self.assertRaises(frappe.ValidationError):
            devices.revoke(row, " ")
        devices.revoke(row, "Perdido")
        frappe.set_user(factories.GESTOR)
        self.assertEqual(handshake.greet(device=self.device)["device"]["status"], "Revoked")
        with self.assertRaises(frappe.PermissionError):
            devices.own_row(self.device)
        self.assertTrue(devices.own_row(new_id()))
        with self.assertRaises(frappe.PermissionError):
            devices.allow_again(row)

    def test_who_has_nothing_to_do_with_actas_is_not_let_in(self) -> None:
        frappe.set_user("Administrator")
        nobody = make.make_user("nadie.sincroniza@example.com")
        frappe.set_user(nobody)
        for ask in (handshake.greet, changes.pull, uploads.status):
            with self.assertRaises(frappe.PermissionError):
                ask(device=self.device)

    def test_what_nobody_asked_for_is_swept(self) -> None:
        old = add_days(now_datetime(), -uploads.DAYS_KEPT - 1)
        frappe.set_user("Administrator")
        rows = [
            make.make(
                "Field Upload",
                user="Administrator",
                sha256=sha(bytes([n])),
                size=9,
                received=3,
                status="Receiving",
            )
            for n in (1, 2)
        ]
        frappe.db.set_value("Field Upload", rows[0].name, "modified", old, update_modified=False)
        folder = pathlib.Path(frappe.get_site_path("private", "files"))
        loose = folder / f"{contents.PREFIX}{'0' * 64}.jpg"
        fresh = folder / f"{contents.PREFIX}{'1' * 64}.jpg"
        # A server that died after the commit has left what an upload held.
        uploaded = folder.with_name("field_uploads")
        uploaded.mkdir(exist_ok=True)
        orphan, waiting, arriving = (uploaded / name for name in ("orphan", rows[1].name, "arriving"))
        for path in (loose, fresh, orphan, waiting, arriving):
            path.write_bytes(b"x")
            self.addCleanup(path.unlink, missing_ok=True)
        for path in (loose, orphan, waiting):
            os.utime(path, (0, 0))
        uploads.sweep()
        kept = [path.exists() for path in (loose, fresh, orphan, waiting, arriving)]
        self.assertEqual(kept, [False, True, False, True, True])
        left = frappe.get_all(
            "Field Upload", filters={"name": ["in", [row.name for row in rows]]}, pluck="name"
        )
        self.assertEqual(left, [rows[1].name])

    def test_a_draft_that_was_deleted_does_not_come_back(self) -> None:
        record = self.acta()
        name = self.push(record)["name"]
        frappe.set_user("Administrator")
        frappe.delete_doc("Acta", name)
        frappe.set_user(factories.GESTOR)
        self.assertEqual(self.push(record)["state"], "known")
        edited = {**record, "revision": 2, "body": {**record["body"], "place": "x"}}
        answer = self.push(edited)
        self.assertEqual(answer["state"], "refused")
        self.assertIn(name, answer["message"])

    def test_the_receipt_holds_no_content(self) -> None:
        record = self.acta()
        self.push(record)
        row = frappe.get_doc("Field Submission", record["uuid"]).as_dict()
        self.assertNotIn("Visita", json.dumps(row, default=str))
