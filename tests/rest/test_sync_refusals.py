"""What a device is told when a record is refused: enough to go on, and nothing of what is somebody else's."""

import json

import pytest
from lending import make_place
from sync_device import (
    SIGNATURE,
    Device,
    acta,
    new_id,
)

ROLES = ("Gestor", "Psychosocial Professional")


def test_nobody_learns_from_a_refusal_what_there_is(device, client, people, place, template):
    elsewhere = make_place(client("System Manager"), people, ("Credit Officer",))
    for field, theirs, none in (
        ("family", elsewhere["family"], "FAM-99999"),
        ("beneficiary", elsewhere["person"], "BEN-999999"),
        ("community", elsewhere["community"], "Ninguna parte"),
    ):
        said = []
        for name in (theirs, none):
            record = acta(template, place["family"])
            record["body"][field] = name
            said.append(device.push_one(record, [SIGNATURE])["message"].replace(name, "?"))
        assert said[0] == said[1], field
    hidden = Device(client("System Manager")).push_one(acta(template, elsewhere["family"]), [SIGNATURE])
    said = []
    for name in (hidden["name"], "ACTA-99999"):
        record = acta(template, place["family"])
        record["body"].update(amends=name, amendment_reason="x")
        said.append(device.push_one(record, [SIGNATURE])["message"].replace(name, "?"))
    assert hidden["state"] == "stored" and said[0] == said[1]


def test_what_arrived_is_known_also_after_the_assignment_ended(client, people, template):
    admin = client("System Manager")
    place = make_place(admin, people, ("Gestor",))
    device = Device(client("Gestor"))
    record = acta(template, place["family"])
    stored = device.push_one(record, [SIGNATURE])
    admin.update(
        "Staff Assignment",
        admin.find("Staff Assignment", {"community": place["community"]})[0]["name"],
        to_date="2020-02-01",
    )
    again = device.push_one(record)
    assert (again["state"], again["files"], again["status"]) == ("known", stored["files"], None)
    edited = {**record, "revision": 2, "body": {**record["body"], "place": "Otro"}}
    answer = device.push_one(edited)
    assert answer["state"] == "refused" and admin.read("Acta", stored["name"]).get("place") != "Otro"
    other = Device(client("Social CRM Administrator"))
    assert other.push_one(record)["state"] == "refused"


def test_a_uuid_is_of_one_record_alone(device, client, place, template):
    change = {
        "kind": "change",
        "uuid": new_id(),
        "device_time": acta(template, place["family"])["device_time"],
        "body": {
            "doctype": "Family",
            "name": place["family"],
            "base": {"notes": None},
            "values": {"notes": "x"},
        },
    }
    assert device.push_one(change)["state"] in ("stored", "conflict")
    record = {**acta(template, place["family"]), "uuid": change["uuid"]}
    answer = device.push_one(record, [SIGNATURE])
    assert answer["state"] == "refused" and "UUID" in answer["message"]


def test_what_no_field_takes_is_refused_in_words_and_not_sent_again(device, place):
    for values, said in (({"birth_date": "0001-01-01"}, "0001-01-01"), ({"first_name": ""}, "Primer nombre")):
        field = next(iter(values))
        seen = device.pull()["rows"]["person"][place["person"]][field]
        change = {
            "kind": "change",
            "uuid": new_id(),
            "device_time": "2026-01-05T08:00:00-05:00",
            "body": {
                "doctype": "Beneficiary",
                "name": place["person"],
                "base": {field: seen},
                "values": values,
            },
        }
        answer = device.push_one(change)
        assert (answer["state"], answer["retry"]) == ("refused", False), answer
        assert said in answer["message"] or field in answer["message"] or "First Name" in answer["message"]


@pytest.mark.parametrize(
    "method",
    [
        "sync.handshake.greet",
        "sync.changes.pull",
        "sync.papers.acta",
        "actions.add_commitment",
        "templates.set_status",
        "seals.verify",
        "visits.plan_visits",
    ],
)
def test_requests_that_no_function_can_answer_are_refused(client, method):
    """Nothing at all, half a letter, and a body that is no JSON: the platform alone would fail with 500."""
    path = f"/api/method/social_crm.field_records.services.{method}"
    names = (
        "device",
        "label",
        "cursor",
        "name",
        "acta",
        "subject",
        "template",
        "visits",
        "due_date",
        "gestor",
    )
    half = dict.fromkeys(names, "\ud800")
    for body in (
        "{}",
        json.dumps(half),
        "{no",
        "[" * 100_000,
        '{"device": "x"}',
        json.dumps({"visits": "x"}),
    ):
        response = client("Gestor").call(
            "POST", path, data=body, headers={"Content-Type": "application/json"}
        )
        assert 400 <= response.status_code < 500, (method, body[:40], response.text[:400])
        assert {"exc_type", "exception"} & set(response.json())
