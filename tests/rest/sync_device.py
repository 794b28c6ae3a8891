"""A device that speaks docs/sync.md: what tests and benchmarks of sync share. It imports nothing of Frappe or of the app."""

import base64
import hashlib
import io
import json
import uuid
from datetime import datetime, timedelta, timezone

from PIL import Image

BASE = "/api/method/social_crm.field_records.services.sync."
PURPOSE = "Biometrics"
PHOTOS = ("foto_a", "foto_b", "foto_c")


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def new_id() -> str:
    return str(uuid.uuid4())


def photo(seed: int, side: int = 24, kind: str = "JPEG") -> bytes:
    """A small picture; each seed gives another one."""
    image = Image.new("RGB", (side, side), (seed % 256, seed // 256 % 256, seed // 65536 % 256))
    # A pixel that compression cannot level out.
    image.putpixel((seed % side, 0), (255 - seed % 256, 7, 99))
    buffer = io.BytesIO()
    image.save(buffer, kind, quality=95)
    return buffer.getvalue()


def make_template(admin) -> dict:
    """A published template with a required text and three photos."""
    key = f"sync_{uuid.uuid4().hex[:8]}"
    questions = [{"field_type": "text", "field_name": "tema", "label": "Tema", "required": 1}]
    questions += [{"field_type": "integer", "field_name": "cuantos", "label": "Cuántos"}]
    questions += [{"field_type": "image", "field_name": name, "label": name} for name in PHOTOS]
    questions += [{"field_type": "audio", "field_name": "nota", "label": "Nota de voz"}]
    admin.create("Acta Template", title="Visita de prueba", template_key=key, version=1, questions=questions)
    name = f"{key}-v1"
    admin.method("social_crm.field_records.services.templates.set_status", template=name, status="Published")
    return {"name": name, "key": key}


class Device:
    """One installation of a client. `client` is whose key it uses."""

    def __init__(self, client, device: str | None = None) -> None:
        self.client = client
        self.device = device or new_id()

    def raw(self, function: str, **values):
        return self.client.call("POST", BASE + function, json={"device": self.device, **values})

    def ask(self, function: str, **values):
        response = self.raw(function, **values)
        assert response.ok, f"{function}: {response.status_code} {response.text[:800]}"
        return response.json()["message"]

    def greet(self, **values):
        said = {"label": "Tableta", "app_version": "0.1.0", "protocol": 1, "unsent": 0, "device_time": now()}
        return self.ask("handshake.greet", **{**said, **values})

    def push_raw(self, records: list, contents: list[bytes] = (), **values):
        """One multipart call; the raw response."""
        batch = {"device": self.device, "protocol": 1, "records": records, **values}
        files = [("batch", ("batch.json", json.dumps(batch), "application/json"))]
        files += [
            (sha256(one), (sha256(one), one, "application/octet-stream")) for one in dict.fromkeys(contents)
        ]
        return self.client.call("POST", BASE + "batches.push", files=files)

    def push(self, *records: dict, contents: list[bytes] = ()) -> list[dict]:
        response = self.push_raw(list(records), contents)
        assert response.ok, f"{response.status_code} {response.text[:1500]}"
        return response.json()["message"]["results"]

    def push_one(self, record: dict, contents: list[bytes] = ()) -> dict:
        return self.push(record, contents=contents)[0]

    def upload(self, content: bytes, piece: int = 64 * 1024) -> dict:
        """Send a file in pieces; the last answer."""
        answer = {"received": 0}
        while answer["received"] < len(content):
            place = answer["received"]
            answer = self.chunk(sha256(content), len(content), place, content[place : place + piece])
            if answer["refused"] or answer["complete"]:
                break
        return answer

    def chunk(self, name: str, size: int, offset: int, piece: bytes) -> dict:
        response = self.client.call(
            "POST",
            BASE + "uploads.chunk",
            data={"device": self.device, "sha256": name, "size": size, "offset": offset},
            files={"chunk": ("chunk", piece)},
        )
        assert response.ok, f"{response.status_code} {response.text[:800]}"
        return response.json()["message"]

    def pull(self, cursor: str | None = None) -> dict:
        """A whole pull, acknowledged: kind -> id -> data, what is gone, and the new cursor."""
        found: dict = {}
        answer = self.ask("changes.pull", cursor=cursor, page=0)
        gone, full = answer["gone"], answer["full"]
        while True:
            for row in answer["upserts"]:
                found.setdefault(row["kind"], {})[row["id"]] = row["data"]
            if not answer["has_more"]:
                break
            answer = self.ask("changes.pull", cursor=answer["cursor"], page=answer["page"] + 1)
        self.ask("changes.acknowledge", cursor=answer["cursor"])
        return {"rows": found, "gone": gone, "full": full, "cursor": answer["cursor"]}


def now() -> str:
    return datetime.now(timezone(timedelta(hours=-5))).isoformat(timespec="seconds")


def acta(template: dict, family: str, photos: list[bytes] = (), tema: str = "Visita", **values) -> dict:
    """A record of an acta with up to three photos, signed by one person."""
    record_id = new_id()
    files = [
        {
            "uuid": new_id(),
            "name": f"{name}.jpg",
            "sha256": sha256(one),
            "size": len(one),
            "type": "image/jpeg",
        }
        for name, one in zip(PHOTOS, photos, strict=False)
    ]
    drawn = photo(1, kind="PNG")
    signature = {"uuid": new_id(), "name": "firma.png", "sha256": sha256(drawn), "size": len(drawn)}
    record = {
        "kind": "acta",
        "uuid": record_id,
        "revision": 1,
        "base": None,
        "device_time": now(),
        "close": False,
        "body": {
            "template": template["name"],
            "instance": instance(template, tema, len(photos)),
            "visit_date": str(datetime.now(timezone.utc).date() - timedelta(days=1)),
            "family": family,
            "participants": [
                {
                    "uuid": new_id(),
                    "participant_name": "Ana Epiayú",
                    "participant_role": "Beneficiary",
                    "document_number": "CC 1",
                    "signature": sha256(drawn),
                    "strokes": [[{"x": 1.5, "y": 2, "t": 0, "p": 0.5}, {"x": 3, "y": 4, "t": 16, "p": 0.5}]],
                    "signed_device_time": now(),
                }
            ],
            "commitments": [],
        },
        "files": [*files, {**signature, "type": "image/png"}],
    }
    record.update(values)
    return record


SIGNATURE = photo(1, kind="PNG")


def instance(template: dict, tema: str, photos: int = 0) -> str:
    named = "".join(f"<{name}>{name}.jpg</{name}>" for name in PHOTOS[:photos])
    return f'<{template["key"]} id="{template["key"]}" version="1"><tema>{tema}</tema>{named}</{template["key"]}>'


def actas_of(client, record) -> list[dict]:
    fields = ("name", "status", "origin", "sync_version")
    return client("System Manager").find("Acta", {"client_uuid": record["uuid"]}, fields)


def files_of(client, name: str, doctype: str = "Acta") -> list[dict]:
    filters = {"attached_to_doctype": doctype, "attached_to_name": name}
    return client("System Manager").find(
        "File", filters, ("name", "file_name", "file_url", "is_private", "file_size")
    )


def biometric_text(client) -> str:
    """The text by which people authorise their biometric data."""
    return client("System Manager").find("Authorisation Text", {"purpose": PURPOSE})[0]["name"]


def authorisation(person: str, text: str, drawn: bytes = SIGNATURE, **values) -> dict:
    """A yes of an adult who signs, unless `values` say otherwise."""
    body = {
        "beneficiary": person,
        "authorisation_text": text,
        "decision": "Granted",
        "given_on": ago(minutes=1),
        "given_by": "The Person",
        "signature": sha256(drawn),
        "strokes": [[{"x": 1.5, "y": 2, "t": 0, "p": 0.5}, {"x": 3, "y": 4, "t": 16, "p": 0.5}]],
    }
    if values.get("decision") == "Refused":
        body.update(signature=None, strokes=None)
    body.update(values)
    entry = {
        "uuid": new_id(),
        "name": "firma.png",
        "sha256": sha256(drawn),
        "size": len(drawn),
        "type": "image/png",
    }
    named = body["signature"] or body.get("witness_signature")
    return {
        "kind": "authorisation",
        "uuid": new_id(),
        "device_time": now(),
        "body": body,
        "files": [entry] if named else [],
    }


def with_print(template: dict, place: dict, **values) -> dict:
    """An acta whose only participant gave a fingerprint instead of signing."""
    record = acta(template, place["family"], **values)
    record["files"] = []
    record["body"]["participants"][0].update(
        beneficiary=place["person"], signature=None, strokes=None, fingerprint=capture()
    )
    return record


def capture() -> dict:
    data = io.BytesIO()
    Image.new("L", (60, 80), 210).save(data, "BMP")
    return {
        "source": "SecuGen",
        "finger": "Right Index Finger",
        "quality": 82,
        "template": base64.b64encode(minutiae()).decode(),
        "image": base64.b64encode(data.getvalue()).decode(),
        "reader_serial": "SW-1",
        "captured_at": now(),
    }


def minutiae() -> bytes:
    view = bytes((2, 0, 82, 30)) + bytes(range(180)) + bytes(2)
    length = (24 + len(view)).to_bytes(4, "big")
    return (
        b"FMR\x00 20\x00" + length + bytes(2) + b"\x01\x00\x01\x90" + b"\x00\xc5\x00\xc5" + b"\x01\x00" + view
    )


def ago(**values) -> str:
    zone = timezone(timedelta(hours=-5))
    return (datetime.now(zone) - timedelta(**values)).isoformat(timespec="seconds")
