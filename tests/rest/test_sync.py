"""The sync protocol from outside: handshake, push, pull, replays, sessions and revocation."""

from concurrent.futures import ThreadPoolExecutor

import requests
from sync_device import (
    BASE,
    SIGNATURE,
    Device,
    acta,
    actas_of,
    files_of,
    instance,
    new_id,
    photo,
    sha256,
)

ROLES = ("Gestor", "Psychosocial Professional")


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


def test_the_user_goes_back_to_what_was_there_before(device, client, place, template):
    """Not a record that travels once more: the device counts its versions."""
    record = acta(template, place["family"])
    body = {text: {**record["body"], "instance": instance(template, text)} for text in ("Una", "Otra")}
    versions = [
        {**record, "revision": n, "body": body[text]} for n, text in ((1, "Una"), (2, "Otra"), (3, "Una"))
    ]
    stored = [device.push_one(one, [SIGNATURE]) for one in versions]
    assert [one["state"] for one in stored] == ["stored"] * 3
    assert "Una" in client("Gestor").read("Acta", stored[0]["name"])["answers"]
    for late in (*versions, *reversed(versions)):
        assert device.push_one(late, [SIGNATURE])["state"] == "known"
    found = client("Gestor").read("Acta", stored[0]["name"])
    assert "Una" in found["answers"] and found["sync_version"] == 3


def test_the_same_uuid_at_the_same_time(client, place, template):
    photos = [photo(61), photo(62)]
    records = [acta(template, place["family"], photos, tema=f"Carrera {n}") for n in range(4)]
    device = new_id()
    with ThreadPoolExecutor(8) as pool:
        made = [pool.submit(send_all, client, device, records, photos) for _ in range(8)]
        answers = [one for future in made for one in future.result()]
    for record in records:
        of_this = [one for one in answers if one["uuid"] == record["uuid"]]
        states = sorted(one["state"] for one in of_this)
        assert states.count("stored") == 1 and set(states) <= {"stored", "known"}, of_this
        found = actas_of(client, record)
        assert len(found) == 1 and len(files_of(client, found[0]["name"])) == 2


def send_all(client, device: str, records: list, photos: list) -> list[dict]:
    """Push over a connection of its own."""
    gestor = client("Gestor")
    own = type(gestor)(gestor.url, None)
    own.session.headers.update(gestor.session.headers)
    return Device(own, device).push(*records, contents=[*photos, SIGNATURE])


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
