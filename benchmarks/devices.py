"""What a pull costs by the number of families that come down, and what fifty devices at once cost, over HTTP.

Three gestores see 100, 1,000 and 5,000 families of two persons each. That a pull asks the database set by set is checked, not
only timed: the number of statements for 5,000 families is that for 100. Then fifty devices of one gestor each greet, pull and hand
over an acta: one after another over one connection (the basis), and all at once.
"""

import json
import os
import time
import uuid as uuids
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from typing import Any

import frappe
import requests

from local_bench.testing import effort, many
from social_crm.field_records.services.sync import kinds
from social_crm.social_crm import factories as people

SERVED = True
ROUNDS = 3
SIZES = (100, 1000, 5000)
DEVICES = int(os.environ.get("SOCIAL_CRM_DEVICES", "50"))
BASE = "/api/method/social_crm.field_records.services.sync."
MADE: dict[Any, Any] = {}
WORK = "work of the servers"


def prepare() -> None:
    """Communities of three sizes, each with its gestor; committed, for the server to see."""
    MADE["today"] = frappe.utils.nowdate()
    for size in SIZES:
        community = people.make_community(f"Vereda de {size}")
        MADE[size] = many.gestor(f"gestor.{size}@example.com", community)
        MADE[size]["families"] = many.families(community, size)
    questions = [{"field_type": "text", "field_name": "tema", "label": "Tema", "required": 1}]
    values = {"title": "Medidas", "template_key": "medidas", "version": 1, "questions": questions}
    template = frappe.get_doc({"doctype": "Acta Template", **values}).insert()
    template.status = "Published"
    template.save()
    frappe.db.commit()
    asked = {size: statements(size) for size in SIZES}
    if len(set(asked.values())) > 1:
        raise AssertionError(f"The statements of a pull grow with the families: {asked}")
    print(
        f"  Statements of a pull that changes nothing: {asked[SIZES[0]]}, whatever the number of families",
        flush=True,
    )


def statements(size: int) -> int:
    """How many statements it takes to know what a gestor may see now."""
    frappe.set_user(MADE[size]["user"])
    kinds.versions({})
    counted, run = [0], frappe.db.sql

    def count(*words: Any, **options: Any) -> Any:
        counted[0] += 1
        return run(*words, **options)

    frappe.db.sql = count
    try:
        found = kinds.versions({})
    finally:
        frappe.db.sql = run
        frappe.set_user("Administrator")
    mine = sum(key.startswith("family/") for key in found)
    assert mine == size, (mine, size)
    return counted[0]


def client(size: int) -> requests.Session:
    """A connection with a gestor's key."""
    made = requests.Session()
    token = f"token {MADE[size]['key']}:{MADE[size]['secret']}"
    made.headers.update({"Authorization": token, "Accept": "application/json"})
    return made


def ask(by: requests.Session, name: str, **values: Any) -> Any:
    """Call the server as a device does, again when it is busy."""
    for _attempt in range(20):
        answer = by.post(os.environ["SOCIAL_CRM_URL"] + BASE + name, **values)
        if answer.status_code != 503:
            break
        time.sleep(0.2)
    assert answer.ok, (answer.status_code, answer.text[:500])
    return answer.json()["message"]


def pull(by: requests.Session, device: str, cursor: str | None) -> str:
    """A whole pull, acknowledged; its cursor."""
    page = 0
    while True:
        answer = ask(by, "changes.pull", json={"device": device, "cursor": cursor, "page": page})
        cursor, page = answer["cursor"], page + 1
        if not answer["has_more"]:
            break
    ask(by, "changes.acknowledge", json={"device": device, "cursor": cursor})
    return str(cursor)


def full(size: int) -> dict[str, float]:
    """The first pull of a device, and the next one, which finds nothing new."""
    by, device = client(size), str(uuids.uuid4())
    begin, before = time.perf_counter(), effort.spent()
    cursor = pull(by, device, None)
    first, work = time.perf_counter() - begin, effort.spent() - before
    begin = time.perf_counter()
    pull(by, device, cursor)
    return {"": first, WORK: work, "again": time.perf_counter() - begin}


def round_of(device: str) -> None:
    """What a device does in the evening: greet, hand over an acta, pull."""
    by, mine = client(SIZES[0]), MADE[SIZES[0]]["families"]
    greeting = {"device": device, "protocol": 1, "label": "Medida", "unsent": 1}
    ask(by, "handshake.greet", json=greeting)
    record = {
        "kind": "acta",
        "uuid": str(uuids.uuid4()),
        "revision": 1,
        "device_time": datetime.now(timezone.utc).isoformat(),
        "body": {
            "template": "medidas-v1",
            "instance": '<medidas id="medidas" version="1"><tema>Visita</tema></medidas>',
            "visit_date": MADE["today"],
            "family": mine[uuids.UUID(device).int % len(mine)],
        },
        "files": [],
    }
    batch = json.dumps({"device": device, "protocol": 1, "records": [record]})
    answer = ask(by, "batches.push", files=[("batch", ("batch.json", batch, "application/json"))])
    assert [one["state"] for one in answer["results"]] == ["stored"], answer
    pull(by, device, None)


def evening(at_once: int) -> dict[str, float]:
    """As many devices as asked for, so many at a time."""
    devices = [str(uuids.uuid4()) for _ in range(DEVICES)]
    begin, before = time.perf_counter(), effort.spent()
    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(round_of, devices))
    return {"": time.perf_counter() - begin, WORK: effort.spent() - before}


MEASURES = {
    "pull of 100 families": lambda: full(100),
    "pull of 1,000 families": lambda: full(1000),
    "pull of 5,000 families": lambda: full(5000),
    f"{DEVICES} devices, one after another": lambda: evening(1),
    f"{DEVICES} devices at once": lambda: evening(DEVICES),
}
# By what the servers work: the clients stand on the same machine, and its neighbours lengthen the seconds of both sides unevenly. That
# fifty at once are not made to wait for each other beyond reason is told by the seconds.
RATIOS = {
    "a family among 5,000 against one among 1,000": (
        f"pull of 5,000 families, {WORK}",
        f"pull of 1,000 families, {WORK}",
        5,
        1,
        1.5,
    ),
    "all devices at once against one after another": (
        f"{DEVICES} devices at once, {WORK}",
        f"{DEVICES} devices, one after another, {WORK}",
        1,
        1.2,
        1.5,
    ),
    "the same, in seconds": (
        f"{DEVICES} devices at once",
        f"{DEVICES} devices, one after another",
        1,
        1.5,
        2,
    ),
}
