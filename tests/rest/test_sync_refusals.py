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


def correction(doctype: str, name: str, base: dict, **values) -> dict:
    body = {"doctype": doctype, "name": name, "base": base, "values": values}
    return {"kind": "change", "uuid": new_id(), "device_time": "2026-01-05T08:00:00-05:00", "body": body}


def test_what_no_field_takes_does_not_wait_in_a_conflict_either(device, client, place):
    """The device saw something else than what is there: the rest of a correction would be for a person to decide, this is not."""
    admin, unseen = (
        client("System Manager"),
        {"zone": "Urban", "notes": "Otra", "latitude": 1, "longitude": 1},
    )
    admin.update("Family", place["family"], zone="Rural", notes="Nota", latitude=11.38, longitude=-72.24)
    before = admin.read("Family", place["family"])
    for values in (
        {"zone": "Nowhere"},
        {"latitude": "abc"},
        {"latitude": 91},
        {"family_name": ""},
        {"census_code": "x" * 141},
    ):
        answer = device.push_one(correction("Family", place["family"], unseen, notes="Mía", **values))
        assert (answer["state"], answer["retry"], answer["conflict"]) == ("refused", False, None), answer
        assert answer["message"], values
    for values in ({"birth_date": "0001-01-01"}, {"sex": "x"}, {"schooling_level": "x"}):
        answer = device.push_one(
            correction("Beneficiary", place["person"], {next(iter(values)): "y"}, **values)
        )
        assert (answer["state"], answer["conflict"]) == ("refused", None), answer
    assert admin.read("Family", place["family"])["modified"] == before["modified"]
    assert not admin.find("Sync Conflict", {"reference_name": ["in", [place["family"], place["person"]]]})


def test_a_text_with_tags_is_no_conflict_with_itself(device, client, place):
    """The platform keeps such a text in other letters than those that were sent; the device goes on from what it wrote."""
    admin, seen = client("System Manager"), None
    for written in (
        "López <b>x</b> & Cía",
        "López <b>y</b> & Cía",
        "Queda 3 < 4 & 5",
        "<script>x</script>Fin",
        "Sin nada",
    ):
        base = {"notes": seen if seen is not None else admin.read("Family", place["family"]).get("notes")}
        answer = device.push_one(correction("Family", place["family"], base, notes=written))
        assert (answer["state"], answer["conflict"]) == ("stored", None), (written, answer)
        seen = written
    assert admin.read("Family", place["family"])["notes"] == "Sin nada"


def test_a_site_that_hides_tracebacks_still_says_which_error_it_is(client, device):
    """The administrator's guide tells production to hide them; clients go on by the kind of error and its words."""
    admin = client("System Manager")
    admin.update("System Settings", "System Settings", allow_error_traceback=0)
    try:
        answers = [
            device.raw("changes.pull", cursor="unknown", page=3),
            device.raw("papers.acta", name="ACTA-NONE"),
            Device(client("Guest"), device.device).raw("changes.pull", cursor=None, page=0),
        ]
    finally:
        admin.update("System Settings", "System Settings", allow_error_traceback=1)
    for answer, status in zip(answers, (409, 403, 403), strict=True):
        assert answer.status_code == status and "Traceback" not in answer.text, answer.text[:500]
        assert not {"exc", "exception"} & set(answer.json()), answer.text[:500]
    assert [one.json().get("exc_type") for one in answers[:2]] == ["PullExpiredError", "PermissionError"]


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
