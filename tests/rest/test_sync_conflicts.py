"""Whose a record is, and what becomes of it when somebody else changed it too."""

import json

import pytest
from lending import make_place
from sync_device import (
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
    # The device named the family alone; the community follows from it, and nobody changed it.
    assert set(differences) == {"answers.tema", "answers.foto_a", "place"}
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


def test_what_the_server_fills_in_and_reckons_is_no_difference(device, client, place):
    admin = client("System Manager")
    key = f"reckoned_{new_id()[:8]}"
    questions = [
        {"field_type": "text", "field_name": "tema", "label": "Tema"},
        {
            "field_type": "calculate",
            "field_name": "largo",
            "label": "",
            "calculation": "string-length(${tema})",
        },
    ]
    admin.create("Acta Template", title="Cuenta", template_key=key, version=1, questions=questions)
    publish = "social_crm.field_records.services.templates.set_status"
    admin.method(publish, template=f"{key}-v1", status="Published")
    record = acta({"name": f"{key}-v1", "key": key}, place["family"])
    record["body"].update(family=None, beneficiary=place["person"])
    name = device.push_one(record, [SIGNATURE])["name"]
    stored = admin.read("Acta", name)
    assert (stored["family"], stored["community"]) == (place["family"], place["community"])
    assert json.loads(stored["answers"])["largo"] == "6"
    client("Gestor").update("Acta", name, place="Escuela")
    answer = device.push_one({**record, "revision": 2, "body": {**record["body"], "end_time": "10:00"}})
    assert answer["state"] == "conflict"
    found = {row["fieldname"] for row in conflict_of(client, answer)["differences"]}
    assert found == {"place", "end_time"}


def test_the_last_word_of_a_device_stays_in_the_conflict(device, client, place, template):
    record = acta(template, place["family"])
    name = device.push_one(record, [SIGNATURE])["name"]
    client("Gestor").update("Acta", name, place="Escrito en el escritorio")

    def version(revision: int, text: str) -> dict:
        return {
            **record,
            "revision": revision,
            "body": {**record["body"], "instance": instance(template, text)},
        }

    def kept(answer: dict) -> str:
        assert answer["state"] == "conflict"
        return json.loads(conflict_of(client, answer)["device_record"])["values"]["answers"]

    first = device.push_one(version(2, "Una"), [SIGNATURE])
    assert "Una" in kept(first)
    assert "Otra" in kept(device.push_one(version(4, "Otra"), [SIGNATURE]))
    assert "Una" in kept(device.push_one(version(5, "Una"), [SIGNATURE])), "the user went back to it"
    for late in (version(3, "Ninguna"), version(4, "Otra"), version(2, "Una")):
        answer = device.push_one(late, [SIGNATURE])
        assert answer["conflict"] == first["conflict"] and "Una" in kept(answer), "it only travelled longer"
    assert "Visita" in client("Gestor").read("Acta", name)["answers"]


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


CONFLICTS = "social_crm.field_records.services.sync.conflicts"


def conflict_of_a_draft(device, client, place, template, close: bool = False) -> tuple[str, str]:
    """An acta, and the conflict of the version that its device sent after the office had written, or after it was closed."""
    record = acta(template, place["family"], close=close)
    stored = device.push_one(record, [SIGNATURE])
    if not close:
        client("Gestor").update("Acta", stored["name"], place="Escrito en el escritorio")
    later = {**record, "revision": 2, "base": "1", "body": {**record["body"], "place": "Del dispositivo"}}
    answer = device.push_one(later)
    assert answer["state"] == "conflict"
    return stored["name"], answer["conflict"]


@pytest.mark.parametrize("role", ["Programme Director", "Social CRM Administrator", "Gestor"])
@pytest.mark.parametrize("take", [True, False])
def test_who_oversees_decides_about_a_draft_too(client, people, template, role, take):
    place = make_place(client("System Manager"), people, ("Gestor", "Programme Director"))
    device, decider = Device(client("Gestor")), client(role)
    name, conflict = conflict_of_a_draft(device, client, place, template)
    shown = decider.method(f"{CONFLICTS}.comparison_of", conflict=conflict)
    assert (shown["may_decide"], shown["may_take"], shown["who"]) == (True, True, "")
    decider.method(
        f"{CONFLICTS}.{'take_device' if take else 'keep_server'}", conflict=conflict, note="Hablado"
    )
    after = client("Gestor").read("Acta", name)
    assert after["place"] == ("Del dispositivo" if take else "Escrito en el escritorio")
    assert (after["status"], after["gestor"]) == ("Draft", client("Gestor").user)
    found = client("System Manager").read("Sync Conflict", conflict)
    assert (found["status"], found["resolved_by"]) == ("Resolved", decider.user)


def test_an_amendment_that_a_supervisor_begins_is_the_gestors_to_close(client, people, template):
    place = make_place(client("System Manager"), people, ("Gestor", "Programme Director"))
    name, conflict = conflict_of_a_draft(Device(client("Gestor")), client, place, template, close=True)
    director = client("Programme Director")
    written = director.method(f"{CONFLICTS}.take_device", conflict=conflict, note="Faltó el lugar")
    amendment = client("Gestor").read("Acta", written)
    assert (amendment["amends"], amendment["gestor"], amendment["status"]) == (
        name,
        client("Gestor").user,
        "Draft",
    )
    client("Gestor").update("Acta", written, place="Completado")
    # To decide is not to write: the acta itself stays beyond a director's reach.
    assert director.call("PUT", f"/api/resource/Acta/{written}", json={"place": "x"}).status_code == 403


def test_who_may_not_decide_is_told_who_may(client, people, template):
    roles = ("Gestor", "M&E Analyst")
    place = make_place(client("System Manager"), people, roles)
    name, conflict = conflict_of_a_draft(Device(client("Gestor")), client, place, template)
    analyst = client("M&E Analyst")
    answer = analyst.call(
        "POST", f"/api/method/{CONFLICTS}.comparison_of", json={"conflict": conflict}
    ).json()
    # A question about rights is no message: an empty box would open over the form.
    assert "_server_messages" not in answer
    shown = answer["message"]
    assert (shown["may_decide"], shown["may_take"]) == (False, False)
    author = client("System Manager").read("User", client("Gestor").user)["full_name"]
    assert "Gestor" in shown["who"] and author in shown["who"]
    for method in ("take_device", "keep_server"):
        refused = analyst.call("POST", f"/api/method/{CONFLICTS}.{method}", json={"conflict": conflict})
        assert refused.status_code == 403 and author in refused.json()["exception"]
    # A director of elsewhere sees neither of the two.
    elsewhere = client("Programme Director")
    assert (
        elsewhere.call(
            "POST", f"/api/method/{CONFLICTS}.take_device", json={"conflict": conflict}
        ).status_code
        == 403
    )
    assert client("Gestor").read("Acta", name)["place"] == "Escrito en el escritorio"


def test_nobody_writes_a_conflict_by_hand(device, client, place, template):
    _name, conflict = conflict_of_a_draft(device, client, place, template)
    for role in ("System Manager", "Social CRM Administrator"):
        for values in ({"status": "Resolved"}, {"device_record": "{}"}, {"device_user": "Administrator"}):
            answer = client(role).call("PUT", f"/api/resource/Sync Conflict/{conflict}", json=values)
            assert answer.status_code == 403, (role, values)
    assert client("System Manager").read("Sync Conflict", conflict)["status"] == "Open"


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
