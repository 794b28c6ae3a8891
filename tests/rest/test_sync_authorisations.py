"""Authorisations and fingerprints of a device over real requests: who may, what is kept, and what is refused without losing an acta."""

import base64
import json
from datetime import datetime, timedelta, timezone

import pytest
from lending import make_place
from sync_device import (
    PURPOSE,
    SIGNATURE,
    Device,
    actas_of,
    ago,
    authorisation,
    biometric_text,
    files_of,
    minutiae,
    new_id,
    now,
    photo,
    sha256,
    with_print,
)


@pytest.fixture
def place(client, people):
    return make_place(client("System Manager"), people, ("Gestor", "Psychosocial Professional"))


@pytest.fixture(scope="module")
def text(client):
    return biometric_text(client)


def test_an_authorisation_taken_in_the_field_is_on_record_once_with_its_text_and_its_signature(
    client, device, place, text
):
    record = authorisation(place["person"], text)
    answer = device.push_one(record, [SIGNATURE])
    assert answer["state"] == "stored", answer["message"]
    assert answer["files"] == [{"uuid": record["files"][0]["uuid"], "sha256": sha256(SIGNATURE)}]
    for again in (record, {**record, "device_time": now(), "revision": 7}):
        assert device.push_one(again)["state"] == "known"
    kept = decisions(client, place["person"])
    assert [(one["name"], one["status"], one["authorisation_text"]) for one in kept] == [
        (answer["name"], "In Force", text)
    ]
    admin = client("System Manager")
    doc = admin.read("Data Authorisation", answer["name"])
    assert (doc["channel"], doc["given_by"], doc["purpose"]) == (
        "Signed in the Field App",
        "The Person",
        PURPOSE,
    )
    assert json.loads(doc["signature_strokes"])[0][0]["x"] == 1.5
    (file,) = files_of(client, answer["name"], "Data Authorisation")
    assert (file["file_url"], file["is_private"]) == (doc["evidence"], 1)
    assert admin.call("GET", doc["evidence"]).content == SIGNATURE


def test_a_device_learns_the_texts_in_force_and_what_each_person_answered(client, device, place, text):
    first = device.pull()
    assert first["rows"]["person"][place["person"]]["biometrics"] is None
    known = first["rows"]["authorisation_text"][text]
    assert known["purpose"] == PURPOSE and known["version"]
    assert "<" not in known["text"] and "\n\n" in known["text"]
    device.push_one(authorisation(place["person"], text), [SIGNATURE])
    second = device.pull(first["cursor"])
    assert second["rows"]["person"][place["person"]]["biometrics"] == "In Force"
    withdraw(client, place["person"])
    third = device.pull(second["cursor"])
    assert third["rows"]["person"][place["person"]]["biometrics"] == "Revoked"
    device.push_one(authorisation(place["person"], text, decision="Refused", given_on=now()))
    assert device.pull(third["cursor"])["rows"]["person"][place["person"]]["biometrics"] == "Refused"


def test_a_later_yes_counts_again_after_a_withdrawal(client, device, place, text):
    device.push_one(authorisation(place["person"], text, given_on=ago(hours=2)), [SIGNATURE])
    withdraw(client, place["person"])
    device.push_one(authorisation(place["person"], text, given_on=now()), [SIGNATURE])
    assert device.pull()["rows"]["person"][place["person"]]["biometrics"] == "In Force"


def test_for_a_minor_the_representative_decides_and_says_on_what_ground(client, device, place, text):
    child = client("System Manager").create(
        "Beneficiary",
        first_name="Luz",
        first_surname="Epiayú",
        no_document_reason="En trámite",
        family=place["family"],
        kinship="Child",
        registered_on="2020-01-01",
        birth_date=str(datetime.now(timezone.utc).date() - timedelta(days=3000)),
    )["name"]
    by_child = device.push_one(authorisation(child, text), [SIGNATURE])
    assert by_child["state"] == "refused" and by_child["message"]
    mother = {
        "given_by": "Legal Representative",
        "representative": place["person"],
        "representative_name": "Ana Epiayú",
        "representative_document": "CC 1",
    }
    assert device.push_one(authorisation(child, text, **mother), [SIGNATURE])["state"] == "refused"
    assert decisions(client, child) == []
    whole = authorisation(child, text, **mother, representation_basis="Madre con patria potestad")
    answer = device.push_one(whole, [SIGNATURE])
    assert answer["state"] == "stored", answer["message"]
    (kept,) = decisions(client, child)
    assert (kept["given_by"], kept["status"]) == ("Legal Representative", "In Force")


@pytest.mark.parametrize(
    "wrong",
    [
        {"signature": None},
        {"signature": None, "witness_signature": sha256(SIGNATURE)},
        {
            "witness_signature": sha256(SIGNATURE),
            "witness_name": "Luis",
            "cannot_sign_reason": "No sabe",
        },
        {"authorisation_text": "AUT-None-9"},
        {"given_on": "1999-01-01T08:00:00-05:00"},
        {"beneficiary": "BEN-NOBODY"},
        {"decision": "Maybe"},
        {"given_by": "Legal Representative"},
    ],
)
def test_an_authorisation_that_proves_nothing_is_refused_in_words(client, device, place, text, wrong):
    answer = device.push_one(authorisation(place["person"], text, **wrong), [SIGNATURE])
    assert answer["state"] == "refused" and answer["message"], answer
    assert decisions(client, place["person"]) == []


def test_its_one_file_is_the_signature_that_it_names(client, device, place, text):
    record = authorisation(place["person"], text)
    record["files"].append({**record["files"][0], "uuid": new_id(), "name": "otra.png"})
    assert device.push_one(record, [SIGNATURE])["state"] == "refused"
    drawn = photo(9, kind="PNG")
    answer = device.push_one(authorisation(place["person"], text, drawn=drawn, signature=sha256(drawn)))
    assert (answer["state"], answer["missing"]) == ("missing_files", [sha256(drawn)])
    jpeg = photo(9)
    as_photo = authorisation(place["person"], text, drawn=jpeg, signature=sha256(jpeg))
    assert device.push_one(as_photo, [jpeg])["state"] == "refused"
    assert decisions(client, place["person"]) == []


def test_a_witness_signs_for_who_cannot_and_a_no_needs_no_signature(client, device, place, text):
    by_witness = {
        "signature": None,
        "strokes": None,
        "witness_signature": sha256(SIGNATURE),
        "witness_name": "Luis Uriana",
        "witness_document": "CC 2",
        "cannot_sign_reason": "No sabe firmar",
    }
    answer = device.push_one(authorisation(place["person"], text, **by_witness), [SIGNATURE])
    assert answer["state"] == "stored", answer["message"]
    note = client("System Manager").read("Data Authorisation", answer["name"])["evidence_note"]
    assert "Luis Uriana" in note and "No sabe firmar" in note
    no = authorisation(place["person"], text, decision="Refused", given_on=now())
    assert device.push_one(no)["state"] == "stored"
    assert [one["status"] for one in decisions(client, place["person"])] == ["Superseded", "Refused"]


def test_nobody_decides_for_who_is_not_theirs_and_a_decision_is_never_replaced(
    client, people, device, place, text
):
    elsewhere = make_place(client("System Manager"), people, ())
    answer = device.push_one(authorisation(elsewhere["person"], text), [SIGNATURE])
    assert answer["state"] == "refused" and "Ana" not in answer["message"]
    stranger = authorisation(
        place["person"],
        text,
        given_by="Legal Representative",
        representative=elsewhere["person"],
        representative_name="x",
        representative_document="1",
        representation_basis="x",
    )
    assert device.push_one(stranger, [SIGNATURE])["state"] == "refused"
    record = authorisation(place["person"], text)
    assert device.push_one(record, [SIGNATURE])["state"] == "stored"
    other = {**record, "body": {**record["body"], "decision": "Refused"}}
    assert device.push_one(other)["state"] == "refused"
    colleague = Device(client("Psychosocial Professional"), device.device)
    assert colleague.push_one(record)["state"] == "refused"
    assert len(decisions(client, place["person"])) == 1
    assert decisions(client, elsewhere["person"]) == []


def test_a_clock_that_is_ahead_dates_no_decision_after_its_arrival(client, device, place, text):
    ahead = (datetime.now(timezone.utc) + timedelta(hours=3)).isoformat(timespec="seconds")
    device.greet(device_time=ahead)
    answer = device.push_one(authorisation(place["person"], text, given_on=ahead), [SIGNATURE])
    assert answer["state"] == "stored", answer["message"]
    # The withdrawal of a moment later counts.
    withdraw(client, place["person"])
    assert decisions(client, place["person"])[0]["status"] == "Revoked"


def test_a_fingerprint_comes_with_its_authorisation_in_one_batch_and_is_kept_encrypted(
    client, device, place, template, text
):
    record = with_print(template, place)
    answers = device.push(authorisation(place["person"], text), record, contents=[SIGNATURE])
    assert [one["state"] for one in answers] == ["stored", "stored"], answers
    (kept,) = answers[1]["fingerprints"]
    assert kept["uuid"] == record["body"]["participants"][0]["uuid"]
    assert answers[1]["fingerprints_refused"] == []
    admin = client("System Manager")
    row = admin.read("Fingerprint", kept["name"])
    assert (row["acta"], row["quality"], row["template_format"]) == (answers[1]["name"], 82, "ISO 19794-2")
    told = json.dumps(row)
    for secret in (record["body"]["participants"][0]["fingerprint"]["template"][:40], "gAAAA"):
        assert secret not in told
    # Whoever took it reads it no more, through no door.
    opening = "social_crm.field_records.services.fingerprints.open_capture"
    asked = {"name": kept["name"], "reason": "Ver"}
    assert client("Gestor").call("POST", f"/api/method/{opening}", json=asked).status_code == 403
    pulled = json.dumps(device.pull())
    assert record["body"]["participants"][0]["fingerprint"]["template"][:40] not in pulled
    opened = admin.data("POST", f"/api/method/{opening}", json=asked)
    assert base64.b64decode(opened["template"]) == minutiae()


def test_a_device_that_forgot_the_capture_goes_on_with_its_name(client, device, place, template, text):
    record = with_print(template, place)
    answers = device.push(authorisation(place["person"], text), record, contents=[SIGNATURE])
    (kept,) = answers[1]["fingerprints"]
    again = device.push_one(by_name(record, kept["name"], base=answers[1]["version"], place="Patio"))
    assert (again["state"], again["fingerprints"]) == ("stored", [kept]), again
    doc = client("System Manager").read("Acta", again["name"])
    assert (doc["participants"][0]["fingerprint"], doc["place"]) == (kept["name"], "Patio")
    # Another acta cannot sign with it.
    other = by_name(with_print(template, place), kept["name"], base=None)
    assert device.push_one(other)["state"] == "refused"
    assert actas_of(client, other) == []


def test_without_a_live_authorisation_the_fingerprint_is_refused_and_the_acta_is_not(
    client, device, place, template
):
    record = with_print(template, place, close=True)
    answer = device.push_one(record)
    participant = record["body"]["participants"][0]["uuid"]
    assert (answer["state"], answer["status"]) == ("stored", "Draft"), answer
    assert (answer["fingerprints"], answer["fingerprints_refused"]) == ([], [participant])
    assert "Ana Epiayú" in answer["message"]
    again = device.push_one(record)
    assert (again["state"], again["fingerprints_refused"]) == ("known", [participant])
    assert prints_of(client, answer["name"]) == []
    assert client("System Manager").read("Acta", answer["name"])["participants"][0].get("fingerprint") is None


def test_a_withdrawal_on_the_way_refuses_the_fingerprint_and_a_witness_saves_the_acta(
    client, device, place, template, text
):
    device.push_one(authorisation(place["person"], text, given_on=ago(hours=3)), [SIGNATURE])
    record = with_print(template, place, close=True)
    withdraw(client, place["person"])
    answer = device.push_one(record)
    assert (answer["state"], answer["status"], len(answer["fingerprints_refused"])) == ("stored", "Draft", 1)
    assert prints_of(client, answer["name"]) == []
    witness = photo(4, kind="PNG")
    entry = {
        "uuid": new_id(),
        "name": "testigo.png",
        "sha256": sha256(witness),
        "size": len(witness),
        "type": "image/png",
    }
    signed = {
        **record["body"]["participants"][0],
        "fingerprint": None,
        "cannot_sign": 1,
        "cannot_sign_reason": "No sabe firmar",
        "witness_name": "Luis Uriana",
        "witness_document": "CC 2",
        "witness_signature": sha256(witness),
    }
    body = {**record["body"], "participants": [signed]}
    mended = {**record, "revision": 2, "base": answer["version"], "body": body, "files": [entry]}
    closed = device.push_one(mended, [witness])
    assert (closed["state"], closed["status"]) == ("stored", "Closed"), closed
    assert len(actas_of(client, record)) == 1


def test_a_withdrawal_unsigns_an_acta_that_is_still_a_draft(client, device, place, template, text):
    record = with_print(template, place)
    answers = device.push(authorisation(place["person"], text), record, contents=[SIGNATURE])
    withdraw(client, place["person"])
    doc = client("System Manager").read("Acta", answers[1]["name"])
    assert (doc["participants"][0].get("fingerprint"), doc["status"]) == (None, "Draft")
    assert prints_of(client, answers[1]["name"]) == []
    # Sent with the name of the capture that is gone: said, and nothing lost.
    name = answers[1]["fingerprints"][0]["name"]
    later = by_name(record, name, base=answers[1]["version"], place="Patio")
    answer = device.push_one({**later, "close": True})
    assert (answer["state"], answer["status"]) == ("stored", "Draft"), answer
    assert len(answer["fingerprints_refused"]) == 1


def test_the_greeting_says_how_good_a_fingerprint_must_be(device):
    assert device.greet()["limits"]["fingerprint_quality"] == 60


def by_name(record: dict, name: str, base: str | None, **body) -> dict:
    """A later version of an acta whose capture the server keeps."""
    person = {**record["body"]["participants"][0], "fingerprint": {"kept": name}}
    return {
        **record,
        "revision": 2,
        "base": base,
        "body": {**record["body"], **body, "participants": [person]},
    }


def decisions(client, person: str) -> list[dict]:
    fields = ("name", "status", "authorisation_text", "given_by")
    found = client("System Manager").find(
        "Data Authorisation", {"beneficiary": person, "purpose": PURPOSE}, fields
    )
    return sorted(found, key=lambda one: one["name"])


def withdraw(client, person: str) -> None:
    (live,) = [one for one in decisions(client, person) if one["status"] == "In Force"]
    client("System Manager").method(
        "social_crm.social_crm.services.authorisations.withdraw",
        authorisation=live["name"],
        channel="En persona",
    )


def prints_of(client, name: str) -> list[dict]:
    return client("System Manager").find("Fingerprint", {"acta": name, "status": "Kept"})
