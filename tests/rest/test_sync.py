"""The sync protocol from outside: every promise of docs/sync.md that a server alone can keep."""

import pytest
from lending import make_place
from sync_device import SIGNATURE, Device, acta, instance, make_template, new_id, photo, sha256


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
