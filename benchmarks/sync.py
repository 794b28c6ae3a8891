"""What a device needs to hand over actas with photos, against the same records by plain REST inserts, over HTTP.

Both send the same bytes from one client over one connection. REST: three uploads and the acta that names them, the least that
gives the same rows. Sync: batches as docs/sync.md bounds them; and batches from two connections at once. Then: what a pull costs that
changes nothing, and a full one. SOCIAL_CRM_SYNC_RECORDS sets the number of actas (24), SOCIAL_CRM_SYNC_PHOTO the side of a photo (360 pixels).
"""

import base64
import hashlib
import io
import json
import os
import random
import time
import uuid as uuids
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import frappe
import requests
from PIL import Image

from local_bench.testing import effort
from social_crm import testing_factories as make
from social_crm.social_crm import factories as people

SERVED = True
RECORDS = int(os.environ.get("SOCIAL_CRM_SYNC_RECORDS", "24"))
SIDE = int(os.environ.get("SOCIAL_CRM_SYNC_PHOTO", "360"))
ROUNDS = 3
PHOTOS = ("foto_a", "foto_b", "foto_c")
BASE = "/api/method/social_crm.field_records.services.sync."
BATCH = 4 * 1024 * 1024
MADE: dict[str, Any] = {"seed": 0}
WORK = "work of the servers"


def prepare() -> None:
    """A gestor with a key, a community with families, a template with three photos; committed, for the server to see."""
    community = people.make_community("Vereda de las medidas")
    user = make.make_user("gestor.medidas@example.com", "Gestor")
    make.assign(user, community)
    doc = frappe.get_doc("User", user)
    secret = frappe.generate_hash(length=15)
    doc.update({"api_key": frappe.generate_hash(length=15), "api_secret": secret})
    doc.save(ignore_permissions=True)  # a user of the measurement alone
    questions = [{"field_type": "text", "field_name": "tema", "label": "Tema", "required": 1}]
    questions += [{"field_type": "image", "field_name": name, "label": name} for name in PHOTOS]
    values = {"title": "Medidas", "template_key": "medidas", "version": 1, "questions": questions}
    template = frappe.get_doc({"doctype": "Acta Template", **values}).insert()
    template.status = "Published"
    template.save()
    families = [people.make_family(3, community) for _ in range(20)]
    frappe.db.commit()
    MADE.update(token=f"token {doc.api_key}:{secret}", families=families, url=os.environ["SOCIAL_CRM_URL"])


def photo() -> bytes:
    """A picture that no one has sent before, of the size of a photo shrunk for a form."""
    MADE["seed"] += 1
    buffer = io.BytesIO()
    noise = random.Random(MADE["seed"]).randbytes(SIDE * SIDE * 3)
    Image.frombytes("RGB", (SIDE, SIDE), noise).save(buffer, "JPEG", quality=60)
    return buffer.getvalue()


def session() -> requests.Session:
    """A connection with the gestor's key."""
    made = requests.Session()
    made.headers.update({"Authorization": MADE["token"], "Accept": "application/json"})
    return made


def signature() -> bytes:
    """A drawn name of the size that a signature pad gives."""
    buffer = io.BytesIO()
    Image.new("L", (300, 120), 255).save(buffer, "PNG")
    return buffer.getvalue()


def participants(drawn: str) -> list[dict]:
    """One person who signed."""
    return [{"participant_name": "Ana", "participant_role": "Beneficiary", "signature": drawn}]


def by_rest() -> dict[str, float]:
    """Three uploads and one insert a record."""
    work = [[photo() for _ in PHOTOS] for _ in range(RECORDS)]
    drawn = "data:image/png;base64," + base64.b64encode(signature()).decode()
    client = session()
    begin, before = time.perf_counter(), effort.spent()
    for number, photos in enumerate(work):
        answers = {"tema": "Visita"}
        for name, content in zip(PHOTOS, photos, strict=True):
            files = {"file": (f"{name}-{MADE['seed']}-{number}.jpg", content, "image/jpeg")}
            answer = client.post(MADE["url"] + "/api/method/upload_file", files=files, data={"is_private": 1})
            answers[name] = answer.json()["message"]["file_url"]
        values = {"template": "medidas-v1", "family": family(number), "answers": json.dumps(answers)}
        values |= {"visit_date": frappe.utils.nowdate(), "participants": participants(drawn)}
        values["client_uuid"] = uuid(number)
        answer = client.post(MADE["url"] + "/api/resource/Acta", json=values)
        assert answer.ok, answer.text[:500]
    return {"": time.perf_counter() - begin, WORK: effort.spent() - before}


def by_sync(connections: int = 1) -> dict[str, float]:
    """The same in batches."""
    batches = [batch for _ in range(connections) for batch in in_batches(RECORDS // connections)]
    begin, before = time.perf_counter(), effort.spent()
    if connections == 1:
        send(batches)
    else:
        with ThreadPoolExecutor(connections) as pool:
            list(pool.map(send, [batches[n::connections] for n in range(connections)]))
    return {"": time.perf_counter() - begin, WORK: effort.spent() - before}


def by_sync_twice() -> dict[str, float]:
    """The same in batches over two connections."""
    return by_sync(2)


def again() -> dict[str, float]:
    """Batches that the server has already: what a lost reply costs."""
    batches = in_batches(RECORDS)
    send(batches)
    begin = time.perf_counter()
    send(batches)
    return {"": time.perf_counter() - begin}


def in_batches(records: int) -> list[tuple[str, list[bytes]]]:
    """Records with their photos, as many in a batch as its bytes allow."""
    batches: list[tuple[list[dict], list[bytes]]] = [([], [])]
    drawn = signature()
    for number in range(records):
        photos = [photo() for _ in PHOTOS]
        if batches[-1][0] and (
            sum(map(len, [*batches[-1][1], *photos])) > BATCH or len(batches[-1][0]) == 25
        ):
            batches.append(([], []))
        batches[-1][0].append(record(number, photos, drawn))
        batches[-1][1].extend(photos)
    return [
        (json.dumps({"device": DEVICE, "protocol": 1, "records": rows}), [*files, drawn])
        for rows, files in batches
    ]


DEVICE = "00000000-0000-4000-8000-00000000beef"


def record(number: int, photos: list[bytes], drawn: bytes) -> dict:
    """An acta as a device sends it."""
    named = "".join(f"<{name}>{name}.jpg</{name}>" for name in PHOTOS)
    files = [
        {"uuid": uuid(f"{number}{name}"), "name": f"{name}.jpg", "sha256": sha(one), "size": len(one)}
        for name, one in zip(PHOTOS, photos, strict=True)
    ]
    files.append({"uuid": uuid("s"), "name": "firma.png", "sha256": sha(drawn), "size": len(drawn)})
    signed = [{"uuid": uuid("p"), **row} for row in participants(sha(drawn))]
    return {
        "kind": "acta",
        "uuid": uuid(number),
        "revision": 1,
        "device_time": frappe.utils.now_datetime().isoformat(),
        "body": {
            "template": "medidas-v1",
            "instance": f'<medidas id="medidas" version="1"><tema>Visita</tema>{named}</medidas>',
            "visit_date": frappe.utils.nowdate(),
            "family": family(number),
            "participants": signed,
        },
        "files": files,
    }


def send(batches: list[tuple[str, list[bytes]]]) -> None:
    """Push batches over a connection of their own."""
    client = session()
    for batch, contents in batches:
        files = [("batch", ("batch.json", batch, "application/json"))]
        files += [(sha(one), (sha(one), one, "application/octet-stream")) for one in contents]
        answer = client.post(MADE["url"] + BASE + "batches.push", files=files)
        results = answer.json()["message"]["results"]
        assert all(one["state"] in ("stored", "known") for one in results), answer.text[:800]


def pull(cursor: str | None) -> str:
    """A whole pull; its cursor."""
    client = session()
    page = 0
    while True:
        values = {"device": DEVICE, "cursor": cursor, "page": page}
        answer = client.post(MADE["url"] + BASE + "changes.pull", json=values).json()["message"]
        cursor, page = answer["cursor"], page + 1
        if not answer["has_more"]:
            break
    client.post(MADE["url"] + BASE + "changes.acknowledge", json={"device": DEVICE, "cursor": cursor})
    return str(cursor)


def full_pull() -> dict[str, float]:
    """Everything that the gestor may see."""
    begin = time.perf_counter()
    MADE["cursor"] = pull(None)
    return {"": time.perf_counter() - begin}


def idle_pull() -> dict[str, float]:
    """Nothing has changed."""
    begin = time.perf_counter()
    pull(MADE["cursor"])
    return {"": time.perf_counter() - begin}


def family(number: int) -> str:
    """One of the families."""
    return str(MADE["families"][number % len(MADE["families"])])


def uuid(what: object) -> str:
    """A UUID that is new in each round."""
    return str(uuids.uuid5(uuids.NAMESPACE_OID, f"{MADE['seed']} {what} {time.time_ns()}"))


def sha(content: bytes) -> str:
    """Its SHA-256."""
    return hashlib.sha256(content).hexdigest()


MEASURES = {
    "REST, one by one": by_rest,
    "sync, in batches": by_sync,
    "sync, two connections": by_sync_twice,
    "sync, all known already": again,
    "full pull": full_pull,
    "pull without changes": idle_pull,
}
# How many times as fast, told as the share of the time: a fifth is five times. What the servers work for it is told apart, for
# on a busy machine the seconds of either way are also those of its neighbours.
RATIOS = {
    "sync against REST": ("sync, in batches", "REST, one by one", 1, 0.2, 0.4),
    "sync against REST, work of the servers": (
        f"sync, in batches, {WORK}",
        f"REST, one by one, {WORK}",
        1,
        0.2,
        0.4,
    ),
}
