"""The sync protocol from outside: every promise of docs/sync.md that a server alone can keep."""

import gzip
import io
import json
import os
import random
import struct
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lending import make_place
from PIL import Image
from sync_device import BASE, SIGNATURE, Device, acta, instance, make_template, new_id, photo, sha256


@pytest.fixture(scope="module")
def place(client, people):
    return make_place(client("System Manager"), people, ("Gestor", "Psychosocial Professional"))


@pytest.fixture(scope="module")
def template(client):
    return make_template(client("System Manager"))


@pytest.fixture
def device(client):
    return Device(client("Gestor"))


def actas_of(client, record) -> list[dict]:
    fields = ("name", "status", "origin", "sync_version")
    return client("System Manager").find("Acta", {"client_uuid": record["uuid"]}, fields)


def files_of(client, name: str, doctype: str = "Acta") -> list[dict]:
    filters = {"attached_to_doctype": doctype, "attached_to_name": name}
    return client("System Manager").find(
        "File", filters, ("name", "file_name", "file_url", "is_private", "file_size")
    )


def test_handshake(device, client):
    said = device.greet(unsent=3)
    assert said["user"] == client("Gestor").user and said["device"] == {"status": "Active"}
    assert said["protocol"]["min"] <= 1 <= said["protocol"]["max"]
    assert said["limits"]["batch_bytes"] > 10**6
    row = client("System Manager").find(
        "Field Device", {"device_id": device.device}, ("unsent", "user", "clock_skew")
    )
    assert [(one["unsent"], one["user"]) for one in row] == [(3, client("Gestor").user)]
    assert abs(row[0]["clock_skew"]) < 60


def test_an_acta_arrives_whole(device, client, place, template):
    photos = [photo(n) for n in (11, 12, 13)]
    record = acta(template, place["family"], photos, close=True)
    record["body"]["commitments"] = [
        {"uuid": new_id(), "subject": "Llevar al control", "due_date": "2027-01-15"}
    ]
    answer = device.push_one(record, [*photos, SIGNATURE])
    assert (answer["state"], answer["status"], answer["message"]) == ("stored", "Closed", None)
    assert {(f["uuid"], f["sha256"]) for f in answer["files"]} == {
        (f["uuid"], f["sha256"]) for f in record["files"]
    }
    found = client("Gestor").read("Acta", answer["name"])
    assert (found["origin"], found["family"], len(found["content_hash"])) == (
        "Field App",
        place["family"],
        64,
    )
    assert found["participants"][0]["signature"].startswith("data:image/png;base64,")
    files = files_of(client, answer["name"])
    assert len(files) == 3 and all(one["is_private"] for one in files)
    for one, content in zip(sorted(files, key=lambda f: f["file_name"]), photos, strict=True):
        got = client("Gestor").call("GET", one["file_url"])
        assert got.ok and sha256(got.content) == sha256(content)
    commitments = client("Gestor").find(
        "Commitment", {"reference_name": answer["name"]}, ("subject", "family")
    )
    assert [(c["subject"], c["family"]) for c in commitments] == [("Llevar al control", place["family"])]


def test_replay_in_any_order_makes_nothing_twice(device, client, place, template):
    photos = [photo(n) for n in (21, 22, 23)]
    records = [acta(template, place["family"], photos, tema=f"Visita {n}") for n in range(3)]
    first = device.push(*records, contents=[*photos, SIGNATURE])
    assert [one["state"] for one in first] == ["stored"] * 3
    for order in ([2, 0, 1], [1, 2, 0], [0, 0, 0]):
        again = device.push(*(records[n] for n in order), contents=[*photos, SIGNATURE])
        assert [one["state"] for one in again] == ["known"] * 3
        assert [one["name"] for one in again] == [first[n]["name"] for n in order]
        assert all(len(one["files"]) == 4 for one in again)
    for record in records:
        found = actas_of(client, record)
        assert len(found) == 1 and len(files_of(client, found[0]["name"])) == 3


def test_pull(device, client, place, template):
    got = device.pull()
    assert got["full"] and place["family"] in got["rows"]["family"]
    assert got["rows"]["person"][place["person"]]["full_name"]
    form = got["rows"]["template"][template["name"]]
    assert form["html"] and form["model"] and form["hash"]
    again = device.pull(got["cursor"])
    assert (again["full"], again["rows"], again["gone"]) == (False, {}, [])
    client("System Manager").update("Family", place["family"], notes="Vive al lado de la escuela")
    changed = device.pull(again["cursor"])
    assert changed["rows"]["family"][place["family"]]["notes"] == "Vive al lado de la escuela"


def test_the_reply_is_lost_and_the_user_goes_on(device, client, place, template):
    record = acta(template, place["family"])
    device.push_one(record, [SIGNATURE])  # its reply never arrives
    edited = {**record, "revision": 2, "body": {**record["body"], "instance": instance(template, "Otra")}}
    answer = device.push_one(edited)
    assert answer["state"] == "stored" and answer["version"] == "2"
    late = device.push_one({**record, "device_time": record["device_time"]})
    assert late["state"] == "known"
    assert "Otra" in client("Gestor").read("Acta", answer["name"])["answers"]


# Files


def test_the_same_picture_twice_is_two_attachments_with_one_content(device, client, place, template):
    one = photo(31)
    record = acta(template, place["family"], [one, one])
    answer = device.push_one(record, [one, SIGNATURE])
    assert answer["state"] == "stored" and len(answer["files"]) == 3
    files = files_of(client, answer["name"])
    assert len(files) == 2 and len({file["file_url"] for file in files}) == 1
    url = files[0]["file_url"]
    # A second acta with the same picture; then the first one goes, and the picture stays for the other.
    other = device.push_one(acta(template, place["family"], [one]), [one, SIGNATURE])
    admin = client("System Manager")
    admin.data("DELETE", f"/api/resource/File/{files[0]['name']}")
    assert client("Gestor").call("GET", url).ok
    admin.data("DELETE", f"/api/resource/File/{files[1]['name']}")
    assert sha256(client("Gestor").call("GET", url).content) == sha256(one)
    admin.data("DELETE", f"/api/resource/File/{files_of(client, other['name'])[0]['name']}")
    assert not client("Gestor").call("GET", url).ok


def test_missing_files_write_nothing(device, client, place, template):
    photos = [photo(41), photo(42)]
    record = acta(template, place["family"], photos)
    answer = device.push_one(record, [photos[0], SIGNATURE])
    assert (answer["state"], answer["missing"], answer["name"]) == (
        "missing_files",
        [sha256(photos[1])],
        None,
    )
    assert actas_of(client, record) == []
    assert device.push_one(record, [*photos, SIGNATURE])["state"] == "stored"


def test_a_part_with_other_bytes_is_no_file(device, client, place, template):
    one = photo(43)
    record = acta(template, place["family"], [one])
    batch = {"device": device.device, "protocol": 1, "records": [record]}
    files = [
        ("batch", ("batch.json", json.dumps(batch), "application/json")),
        (sha256(one), ("x", photo(44))),
        (sha256(SIGNATURE), ("x", SIGNATURE)),
    ]
    response = client("Gestor").call("POST", BASE + "batches.push", files=files)
    answer = response.json()["message"]["results"][0]
    assert (answer["state"], answer["missing"]) == ("missing_files", [sha256(one)])


def test_large_files_go_in_pieces_and_survive_a_break(device, client, place, template):
    large = noise(700)
    name, size = sha256(large), len(large)
    assert size > 300_000
    assert device.ask("uploads.status", files=[name]) == {name: 0}
    assert device.chunk(name, size, 0, large[:1000])["received"] == 1000
    # The reply was lost: the same piece again is not written twice, and the answer says where to go on.
    assert device.chunk(name, size, 0, large[:1000])["received"] == 1000
    assert device.chunk(name, size, 5000, large[5000:6000])["received"] == 1000
    assert device.ask("uploads.status", files=[name]) == {name: 1000}
    assert device.upload(large)["complete"]
    assert device.ask("uploads.status", files=[name]) == {name: "complete"}
    record = acta(template, place["family"], [large])
    answer = device.push_one(record, [SIGNATURE])
    assert answer["state"] == "stored"
    url = files_of(client, answer["name"])[0]["file_url"]
    assert sha256(client("Gestor").call("GET", url).content) == name
    # What was waiting has been taken over.
    assert device.ask("uploads.status", files=[name]) == {name: 0}


def test_an_upload_with_a_wrong_hash_is_discarded(device):
    content = photo(51)
    answer = device.chunk(sha256(b"another"), len(content), 0, content)
    assert answer["refused"] and not answer["complete"] and answer["received"] == 0
    assert device.ask("uploads.status", files=[sha256(b"another")]) == {sha256(b"another"): 0}


def test_an_upload_of_somebody_else_is_not_there(client, device):
    content = photo(52)
    device.upload(content)
    other = Device(client("Psychosocial Professional"))
    assert other.ask("uploads.status", files=[sha256(content)]) == {sha256(content): 0}


def bomb() -> bytes:
    """A PNG of 400 million pixels in less than half a megabyte."""
    side = 20_000
    rows = zlib.compress(b"\0" * (side // 8 + 1) * side, 9)
    parts = (b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)), (b"IDAT", rows), (b"IEND", b"")
    chunks = [
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def noise(side: int) -> bytes:
    """A picture that does not compress."""
    image = Image.frombytes("RGB", (side, side), random.Random(side).randbytes(side * side * 3))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x", b"\0" * 10_000_000)
    return buffer.getvalue()


NO_FILES = {
    "html": b"<html><script>alert(1)</script></html>" * 3,
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "random": random.Random(3).randbytes(4000),
    "zip": zipped(),
    "cut off": noise(60)[:2000],
    "bomb": bomb(),
    "gif": b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;",
    "pdf": b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n" * 5,
    "one byte": b"x",
}


@pytest.mark.parametrize("kind", NO_FILES)
def test_what_is_no_picture_is_refused(device, client, place, template, kind):
    content = NO_FILES[kind]
    record = acta(template, place["family"], [content])
    answer = device.push_one(record, [content, SIGNATURE])
    assert (answer["state"], answer["retry"]) == ("refused", False) and "foto_a.jpg" in answer["message"]
    assert actas_of(client, record) == []
    upload = device.upload(content)
    assert upload["refused"] and not upload["complete"]


def test_sounds_are_taken(device, client, place, template):
    sound = b"OggS" + random.Random(4).randbytes(2000)
    record = acta(template, place["family"], [sound])
    answer = device.push_one(record, [sound, SIGNATURE])
    assert answer["state"] == "stored"
    assert files_of(client, answer["name"])[0]["file_url"].endswith(".ogg")


# Whose it is


def test_another_user_cannot_replay(device, client, place, template):
    record = acta(template, place["family"])
    device.push_one(record, [SIGNATURE])
    other = Device(client("Social CRM Administrator"))
    answer = other.push_one(record, [SIGNATURE])
    assert (answer["state"], answer["name"], answer["files"]) == ("refused", None, [])
    assert len(actas_of(client, record)) == 1


def test_what_is_not_theirs_is_refused_and_never_comes_down(device, client, people, place, template):
    elsewhere = make_place(client("System Manager"), people, ("Credit Officer",))
    record = acta(template, elsewhere["family"])
    assert device.push_one(record, [SIGNATURE])["state"] == "refused"
    assert actas_of(client, record) == []
    change = {
        "kind": "change",
        "uuid": new_id(),
        "device_time": record["device_time"],
        "body": {"doctype": "Family", "name": elsewhere["family"], "base": {}, "values": {"notes": "x"}},
    }
    answer = device.push_one(change)
    assert answer["state"] == "refused" and not client("System Manager").read(
        "Family", elsewhere["family"]
    ).get("notes")
    got = json.dumps(device.pull()["rows"])
    assert elsewhere["family"] not in got and elsewhere["person"] not in got and place["family"] in got


def test_what_is_no_longer_theirs_is_taken_back(client, people, template):
    admin = client("System Manager")
    place = make_place(admin, people, ("FES Advisor",))
    device = Device(client("FES Advisor"))
    got = device.pull()
    assert place["person"] in got["rows"]["person"]
    admin.update(
        "Staff Assignment",
        admin.find("Staff Assignment", {"community": place["community"]})[0]["name"],
        to_date="2020-02-01",
    )
    after = device.pull(got["cursor"])
    gone = {(row["kind"], row["id"]) for row in after["gone"]}
    assert {
        ("person", place["person"]),
        ("family", place["family"]),
        ("community", place["community"]),
    } <= gone
    assert device.pull(after["cursor"])["gone"] == []


def test_what_is_not_acknowledged_comes_again(device, place):
    first = device.ask("changes.pull", cursor=None, page=0)
    assert first["full"] and first["upserts"]
    response = device.raw("changes.pull", cursor="another", page=1)
    assert response.status_code == 409 and response.json()["problem"]["code"] == "pull_expired"
    assert device.raw("changes.acknowledge", cursor="another").status_code == 409
    again = device.ask("changes.pull", cursor=None, page=0)
    assert again["total"] == first["total"]
    device.ask("changes.acknowledge", cursor=again["cursor"])
    device.ask("changes.acknowledge", cursor=again["cursor"])
    assert device.ask("changes.pull", cursor=first["cursor"], page=0)["full"] is True


# Sessions and devices


def test_without_a_session(client, url):
    guest = Device(client("Guest"))
    who = client("Guest").call("GET", BASE + "handshake.who")
    said = who.json()["message"]
    assert (said["user"], said["csrf_token"]) == ("Guest", None)
    for function in ("handshake.greet", "changes.pull", "changes.acknowledge", "uploads.status"):
        response = guest.raw(function)
        assert response.status_code == 403 and "exc_type" in response.json(), function
    assert guest.push_raw([]).status_code == 403


def test_a_session_with_its_token(url, people, place, template):
    person = people["Gestor"]
    session = requests.Session()
    session.headers["Accept"] = "application/json"
    session.post(
        url + "/api/method/login", data={"usr": person["user"], "pwd": person["password"]}
    ).raise_for_status()
    who = session.get(url + BASE + "handshake.who").json()["message"]
    assert who["user"] == person["user"] and who["csrf_token"]
    greeting = {"device": new_id(), "protocol": 1}
    refused = session.post(
        url + BASE + "handshake.greet", json=greeting, headers={"X-Frappe-CSRF-Token": "old"}
    )
    assert (refused.status_code, refused.json()["exc_type"]) == (400, "CSRFTokenError")
    token = {"X-Frappe-CSRF-Token": who["csrf_token"]}
    said = session.post(url + BASE + "handshake.greet", json=greeting, headers=token)
    assert said.ok and said.json()["message"]["csrf_token"] == who["csrf_token"]
    session.cookies.set("sid", "gone-with-the-night", domain=session.cookies.list_domains()[0], path="/")
    ended = session.post(url + BASE + "handshake.greet", json=greeting, headers=token)
    assert ended.status_code in (401, 403) and "exc_type" in ended.json()


def test_a_revoked_device_gives_and_takes_nothing(client, people, place, template):
    device, admin = Device(client("Gestor")), client("System Manager")
    device.greet(unsent=4)
    row = admin.find("Field Device", {"device_id": device.device})[0]["name"]
    revoke = "social_crm.field_records.services.sync.devices.revoke"
    own = client("Gestor").call("POST", f"/api/method/{revoke}", json={"row": row, "reason": "x"})
    assert own.status_code == 403
    admin.method(revoke, row=row, reason="Se perdió")
    assert device.greet()["device"] == {"status": "Revoked", "reason": "Se perdió"}
    record = acta(template, place["family"])
    for response in (
        device.push_raw([record], [SIGNATURE]),
        device.raw("changes.pull"),
        device.raw("uploads.status", files=[]),
    ):
        assert (response.status_code, response.json()["exc_type"]) == (403, "DeviceRevokedError")
    assert actas_of(client, record) == []
    # Whoever logs in on the same device later is told the same.
    assert Device(client("Psychosocial Professional"), device.device).greet()["device"]["status"] == "Revoked"
    device.ask("handshake.wiped", unsent=4)
    found = admin.find("Field Device", {"name": row}, ("wiped_on", "unsent_lost"))[0]
    assert found["wiped_on"] and found["unsent_lost"] == 4
    admin.method("social_crm.field_records.services.sync.devices.allow_again", row=row)
    assert device.greet()["device"] == {"status": "Active"} and device.pull()["full"]


# Bodies


def test_compressed_and_oversize_bodies_are_refused(device, client):
    gestor = client("Gestor")
    body = gzip.compress(json.dumps({"device": device.device}).encode())
    answer = gestor.call(
        "POST",
        BASE + "batches.push",
        data=body,
        headers={"Content-Encoding": "gzip", "Content-Type": "text/plain"},
    )
    assert answer.status_code == 415 and answer.json()["problem"]["code"] == "compressed"
    answer = device.push_raw([], [b"\0" * (6 * 1024 * 1024)])
    assert answer.status_code == 413
    assert device.push_raw([{}] * 26).status_code == 413
    piece = b"\0" * (1024 * 1024 + 1)
    answer = gestor.call(
        "POST",
        BASE + "uploads.chunk",
        data={"device": device.device, "sha256": sha256(piece), "size": len(piece), "offset": 0},
        files={"chunk": piece},
    )
    assert answer.status_code == 413
    answer = gestor.call(
        "POST",
        BASE + "uploads.chunk",
        data={"device": device.device, "sha256": "a" * 64, "size": 10**9, "offset": 0},
        files={"chunk": b"x"},
    )
    assert answer.status_code == 417


def test_versions_of_the_protocol(device):
    answer = device.push_raw([], protocol=99)
    assert (answer.status_code, answer.json()["exc_type"]) == (426, "ProtocolError")


@pytest.mark.parametrize(
    "batch", ["", "[]", "{", '{"records": 1}', "NaN", '{"a":' * 5000, "[" * 100_000, "\x00"]
)
def test_a_broken_batch_is_refused_in_words(client, batch):
    answer = client("Gestor").call("POST", BASE + "batches.push", files={"batch": ("b.json", batch)})
    assert 400 <= answer.status_code < 500 and answer.json()["problem"]["text"]


# Several at once


def test_the_same_uuid_at_the_same_time(client, place, template):
    photos = [photo(61), photo(62)]
    records = [acta(template, place["family"], photos, tema=f"Carrera {n}") for n in range(4)]
    device = new_id()
    with ThreadPoolExecutor(8) as pool:
        made = [pool.submit(send_all, client, device, records, photos) for _ in range(8)]
        answers = [one for future in made for one in future.result()]
    for record in records:
        states = sorted(one["state"] for one in answers if one["uuid"] == record["uuid"])
        # A request that was turned away by the database has to say so, and to come again.
        assert states.count("stored") == 1 and set(states) <= {"stored", "known"}, states
        found = actas_of(client, record)
        assert len(found) == 1 and len(files_of(client, found[0]["name"])) == 2


def send_all(client, device: str, records: list, photos: list) -> list[dict]:
    """Push over a connection of its own."""
    gestor = client("Gestor")
    own = type(gestor)(gestor.url, None)
    own.session.headers.update(gestor.session.headers)
    return Device(own, device).push(*records, contents=[*photos, SIGNATURE])


# Conflicts


def conflict_of(client, answer) -> dict:
    return client("System Manager").read("Sync Conflict", answer["conflict"])


def test_the_desk_wrote_meanwhile(device, client, place, template):
    record = acta(template, place["family"])
    name = device.push_one(record, [SIGNATURE])["name"]
    client("Gestor").update("Acta", name, place="Escrito en el escritorio")
    one = photo(71)
    edited = acta(template, place["family"], [one], tema="Del dispositivo")
    edited.update({"uuid": record["uuid"], "revision": 2, "base": "1"})
    answer = device.push_one(edited, [one, SIGNATURE])
    assert (answer["state"], answer["name"]) == ("conflict", name) and answer["conflict"]
    assert {f["sha256"] for f in answer["files"]} >= {sha256(one), sha256(SIGNATURE)}
    again = device.push_one(edited)
    assert (again["state"], again["conflict"]) == ("conflict", answer["conflict"])
    found = conflict_of(client, answer)
    differences = {
        row["fieldname"]: (row["server_value"], row["device_value"]) for row in found["differences"]
    }
    assert differences["answers.tema"] == ("Visita", "Del dispositivo")
    assert differences["place"] == ("Escrito en el escritorio", "")
    assert found["server_user"] == found["device_user"] == client("Gestor").user and found["device_time"]
    assert len(files_of(client, answer["conflict"], "Sync Conflict")) == 1
    assert device.pull()["rows"]["acta"][name]["open_conflict"] == answer["conflict"]
    # A later word of the same device takes the place of its earlier one: still one conflict.
    later = {**edited, "revision": 3, "body": {**edited["body"], "place": "Tercera"}}
    assert device.push_one(later, [one])["conflict"] == answer["conflict"]
    # Whoever may not write the acta decides nothing about it.
    take = "/api/method/social_crm.field_records.services.sync.conflicts.take_device"
    assert client("Auditor").call("POST", take, json={"conflict": answer["conflict"]}).status_code == 403
    gestor = client("Gestor")
    assert gestor.data("POST", take, json={"conflict": answer["conflict"]}) == name
    after = gestor.read("Acta", name)
    assert after["place"] == "Tercera" and "Del dispositivo" in after["answers"]
    assert len(files_of(client, name)) == 1
    assert not gestor.call("POST", take, json={"conflict": answer["conflict"]}).ok
    assert device.push_one(later)["state"] == "known"


def test_an_edit_of_a_closed_acta_becomes_an_amendment(device, client, place, template):
    record = acta(template, place["family"], close=True)
    answer = device.push_one(record, [SIGNATURE])
    assert answer["status"] == "Closed"
    edited = {
        **record,
        "revision": 2,
        "base": answer["version"],
        "body": {**record["body"], "place": "Después"},
    }
    kept = device.push_one(edited)
    assert (kept["state"], kept["status"]) == ("conflict", "Closed")
    written = client("Gestor").method(
        "social_crm.field_records.services.sync.conflicts.take_device",
        conflict=kept["conflict"],
        note="Faltó el lugar",
    )
    amendment = client("Gestor").read("Acta", written)
    assert (amendment["amends"], amendment["place"], amendment["status"]) == (
        answer["name"],
        "Después",
        "Draft",
    )
    found = conflict_of(client, kept)
    assert (found["status"], found["resolution"], found["amendment"]) == ("Resolved", "Amendment", written)


def test_closing_that_is_refused_keeps_a_draft(device, client, place, template):
    record = acta(template, place["family"], tema="", close=True)
    answer = device.push_one(record, [SIGNATURE])
    assert (answer["state"], answer["status"]) == ("stored", "Draft") and "Tema" in answer["message"]
    better = {**record, "revision": 2, "base": answer["version"]}
    better["body"] = {**record["body"], "instance": instance(template, "Ahora")}
    closed = device.push_one(better)
    assert (closed["state"], closed["status"], closed["message"]) == ("stored", "Closed", None)


def change(place, uuid: str = "", base=None, **values) -> dict:
    body = {"doctype": "Family", "name": place["family"], "base": base or {}, "values": values}
    return {"kind": "change", "uuid": uuid or new_id(), "device_time": "2026-11-22T10:00:00Z", "body": body}


def test_changes_of_different_fields_merge_and_of_the_same_field_do_not(client, people):
    admin = client("System Manager")
    place = make_place(admin, people, ("Gestor",))
    first, second = Device(client("Gestor")), Device(client("Gestor"))
    assert first.push_one(change(place, zone="Rural"))["state"] == "stored"
    sent = change(place, census_code="C-7")
    assert second.push_one(sent)["state"] == "stored"
    assert second.push_one(sent)["state"] == "known"
    family = admin.read("Family", place["family"])
    assert (family["zone"], family["census_code"]) == ("Rural", "C-7")
    both = change(place, base={"zone": "", "notes": ""}, zone="Urban", notes="Nota")
    answer = second.push_one(both)
    assert answer["state"] == "conflict"
    assert admin.read("Family", place["family"])["notes"] == "Nota"
    assert second.push_one(both)["conflict"] == answer["conflict"]
    assert len(admin.find("Sync Conflict", {"reference_name": place["family"]})) == 1
    resolve = "social_crm.field_records.services.sync.conflicts.resolve_fields"
    refused = client("Gestor").call(
        "POST", f"/api/method/{resolve}", json={"conflict": answer["conflict"], "choices": {}}
    )
    assert 400 <= refused.status_code < 500
    client("Gestor").method(resolve, conflict=answer["conflict"], choices={"zone": {"choice": "Device"}})
    assert admin.read("Family", place["family"])["zone"] == "Urban"
    assert conflict_of(client, answer)["resolution"] == "Take the Device's"


@pytest.mark.parametrize(
    "field", ["status", "member_count", "merged_into", "owner", "name", "vulnerabilities", "nothing"]
)
def test_what_the_program_computes_no_device_writes(device, place, field):
    answer = device.push_one(change(place, **{field: "x"}))
    assert answer["state"] == "refused" and field in answer["message"]


def test_a_wrong_record_holds_up_no_other(device, client, place, template):
    good, bad = acta(template, place["family"]), acta(template, "FAM-NOT-THERE")
    wrong = acta(template, place["family"])
    wrong["body"]["instance"] = "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"
    later = acta(template, place["family"])
    answers = device.push({"kind": "?"}, good, bad, wrong, later, contents=[SIGNATURE])
    assert [one["state"] for one in answers] == ["refused", "stored", "refused", "refused", "stored"]
    assert not any(one["retry"] for one in answers) and all(answers[n]["message"] for n in (0, 2, 3))
    assert actas_of(client, bad) == actas_of(client, wrong) == []


# Whatever is sent

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False)
    | st.text(max_size=20),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=8), part, max_size=3),
    max_leaves=6,
)
PLACES = [
    ("uuid",), ("revision",), ("base",), ("device_time",), ("close",), ("files",), ("files", 0, "name"), ("files", 0, "size"), ("body",),
    ("body", "template"), ("body", "instance"), ("body", "visit_date"), ("body", "start_time"), ("body", "family"), ("body", "latitude"),
    ("body", "amends"), ("body", "programme"), ("body", "participants"), ("body", "participants", 0, "participant_role"),
    ("body", "participants", 0, "strokes"), ("body", "commitments"), ("body", "place"),
]  # fmt: skip
LIKELY = st.sampled_from(
    [
        0,
        -1,
        2**31,
        "",
        " ",
        "x" * 5000,
        "\x00",
        "\ud800",
        "' OR 1=1 --",
        "{{ 7 * 7 }}",
        "<script>",
        "0000-00-00",
        "9999-12-31",
        "2026-11-21",
        "23:59:59",
        "💧",
        "FAM-00001",
        "None",
        [],
        {},
        [[]],
        True,
        1e308,
    ]
)


@settings(
    max_examples=int(os.environ.get("SOCIAL_CRM_FUZZ", "60")),
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_whatever_is_sent_nothing_breaks(client, place, template, data):
    device = Device(client("Gestor"))
    record = acta(template, place["family"])
    for path in data.draw(st.lists(st.sampled_from(PLACES), min_size=1, max_size=3)):
        part = record
        for step in path[:-1]:
            part = (
                part[step]
                if isinstance(part, (dict, list)) and (isinstance(part, list) and part or step in part)
                else {}
            )
        if isinstance(part, (dict, list)) and (not isinstance(part, list) or part):
            part[path[-1]] = data.draw(LIKELY | ANYTHING)
    before = counts(client)
    response = device.push_raw([record], [SIGNATURE])
    assert response.status_code == 200, (response.status_code, response.text[:500])
    answer = response.json()["message"]["results"][0]
    assert answer["state"] in ("stored", "refused", "missing_files") and answer["retry"] is False, (
        answer,
        record,
    )
    after = counts(client)
    stored = answer["state"] == "stored"
    assert (after["Acta"] - before["Acta"], after["Field Submission"] - before["Field Submission"]) == (
        stored,
        stored,
    )
    if not stored:
        assert after == before


@settings(
    max_examples=int(os.environ.get("SOCIAL_CRM_FUZZ", "60")),
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(
    function=st.sampled_from(
        [
            "handshake.greet",
            "handshake.wiped",
            "changes.pull",
            "changes.acknowledge",
            "uploads.status",
            "uploads.chunk",
            "batches.push",
        ]
    ),
    values=st.dictionaries(
        st.sampled_from(
            [
                "device",
                "label",
                "app_version",
                "protocol",
                "unsent",
                "storage_used",
                "device_time",
                "cursor",
                "page",
                "files",
                "sha256",
                "size",
                "offset",
                "batch",
            ]
        ),
        LIKELY | ANYTHING,
        max_size=5,
    ),
    known=st.booleans(),
)
def test_whatever_is_asked_nothing_breaks(client, function, values, known):
    if known:
        values["device"] = "00000000-0000-4000-8000-000000000000"
    response = client("Gestor").call("POST", BASE + function, json=values)
    assert response.status_code < 500, (response.status_code, response.text[:800])
    assert response.ok or response.json().get("exc_type")


COUNTED = ("Acta", "Acta Participant", "Commitment", "File", "Field Submission", "Sync Conflict")


def counts(client) -> dict[str, int]:
    admin = client("System Manager")
    found = {}
    for doctype in COUNTED:
        answer = admin.call("GET", "/api/method/frappe.client.get_count", params={"doctype": doctype})
        found[doctype] = answer.json()["message"]
    return found
