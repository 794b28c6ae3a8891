"""Corrections from devices: which fields, two devices at one family, and how a conflict shows; an acta that is only read."""

from lending import make_place
from sync_device import SIGNATURE, Device, acta, new_id, now, photo, sha256

ROLES = ("Gestor",)


def change(doctype: str, name: str, base: dict, values: dict) -> dict:
    body = {"doctype": doctype, "name": name, "base": base, "values": values}
    return {"kind": "change", "uuid": new_id(), "device_time": now(), "body": body}


def family_of(device, place, cursor=None) -> dict:
    return device.pull(cursor)["rows"]["family"][place["family"]]


def test_the_fields_come_with_their_words_and_each_of_them_may_be_written(device, client, place):
    forms = device.pull()["rows"]["form"]
    assert set(forms) == {"Family", "Beneficiary", "Productive Unit"}
    names = {field["fieldname"]: field for field in forms["Family"]["fields"]}
    assert names["zone"]["label"] == {"es": "Zona", "en": "Zone"}
    assert [one["value"] for one in names["zone"]["options"]] == ["Rural", "Urban"]
    assert names["family_name"]["required"] and "community" not in names and "head" not in names
    row = family_of(device, place)
    values = {
        "zone": "Rural",
        "present_detail": "Manzana 4",
        "census_code": "C-9",
        "notes": "Nueva",
        "latitude": 11.2,
    }
    values |= {"longitude": -72.3, "family_name": f"{row['family_name']} Uriana"}
    assert set(values) == set(names)
    answer = device.push_one(
        change("Family", place["family"], {name: row.get(name) for name in values}, values)
    )
    assert answer["state"] == "stored", answer
    assert {name: family_of(device, place)[name] for name in values} == values
    person = {field["fieldname"] for field in forms["Beneficiary"]["fields"]}
    assert {"first_name", "birth_date", "sex"} <= person and not {
        "kinship",
        "family",
        "status",
        "disability",
    } & person
    answer = device.push_one(change("Family", place["family"], {}, {"member_count": 9}))
    assert answer["state"] == "refused" and "member_count" in answer["message"]


def test_who_may_not_write_gets_no_fields(client):
    assert "form" not in Device(client("Auditor")).pull()["rows"]


def test_two_devices_at_one_family(client, people):
    place = make_place(client("System Manager"), people, ("Gestor",))
    first, second = Device(client("Gestor")), Device(client("Gestor"))
    seen = [family_of(one, place) for one in (first, second)]
    assert seen[0] == seen[1] and seen[0]["open_conflicts"] == []
    base = {name: seen[0].get(name) for name in ("zone", "notes", "present_detail")}
    sent = [
        first.push_one(change("Family", place["family"], base, {"zone": "Rural", "notes": "De la primera"})),
        second.push_one(
            change("Family", place["family"], base, {"zone": "Urban", "present_detail": "Casa 2"})
        ),
    ]
    assert [one["state"] for one in sent] == ["stored", "conflict"]
    now_there = family_of(first, place)
    assert (now_there["zone"], now_there["notes"], now_there["present_detail"]) == (
        "Rural",
        "De la primera",
        "Casa 2",
    )
    assert now_there["open_conflicts"] == [{"name": sent[1]["conflict"], "fields": ["zone"]}]
    # The same device writes the field once more while nobody has decided: still one conflict, with its last word.
    again = second.push_one(change("Family", place["family"], {"zone": "Urban"}, {"zone": ""}))
    assert (again["state"], again["conflict"]) == ("conflict", sent[1]["conflict"])
    filters = {"reference_name": place["family"], "status": "Open"}
    assert len(client("Gestor").find("Sync Conflict", filters)) == 1
    kept = client("Gestor").read("Sync Conflict", sent[1]["conflict"])
    assert [
        (row["fieldname"], row["server_value"], row["device_value"] or "") for row in kept["differences"]
    ] == [("zone", "Rural", "")]
    client("Gestor").method(
        "social_crm.field_records.services.sync.conflicts.resolve_fields",
        conflict=kept["name"],
        choices={"zone": {"choice": "Other", "value": "Urban"}},
    )
    after = family_of(second, place)
    assert (after["zone"], after["open_conflicts"]) == ("Urban", [])


def test_an_acta_is_read_by_who_may_and_with_all_that_it_says(device, client, place, template):
    pictures = [photo(301), photo(302)]
    record = acta(template, place["family"], pictures, tema="Leída", close=True)
    record["body"]["commitments"] = [
        {"uuid": new_id(), "subject": "Llevar la copia", "due_date": "2030-01-01"}
    ]
    name = device.push_one(record, [*pictures, SIGNATURE])["name"]
    got = device.ask("papers.acta", name=name, with_form=1)
    assert (got["status"], got["uuid"], got["family"]) == ("Closed", record["uuid"], place["family"])
    assert "Leída" in got["instance"] and got["form"]["template"] == template["name"] and got["form"]["html"]
    assert got["participants"][0]["signature"].startswith("data:image/png;base64,")
    assert [one["subject"] for one in got["commitments"]] == ["Llevar la copia"]
    assert all(one["name"] in got["instance"] for one in got["files"]) and len(got["files"]) == 2
    contents = [client("Gestor").call("GET", one["url"]).content for one in got["files"]]
    assert sorted(map(sha256, contents)) == sorted(map(sha256, pictures))
    assert device.ask("papers.acta", name=name)["form"] is None
    header = device.pull()["rows"]["acta"][name]
    assert header["pdf_status"] in ("Waiting", "In Progress", "Ready", "No Certificate")
    for role in ("Credit Officer", "Nobody"):
        refused = Device(client(role)).raw("papers.acta", name=name)
        assert refused.status_code == 403 and "Leída" not in refused.text
        pdf = client(role).call(
            "GET", "/api/method/social_crm.field_records.services.sync.papers.pdf", params={"acta": name}
        )
        assert pdf.status_code == 403
    assert device.raw("papers.acta", name="ACTA-NONE").status_code == 403


def test_an_amendment_from_a_device_names_the_closed_acta_and_says_why(device, client, place, template):
    first = acta(template, place["family"], close=True)
    name = device.push_one(first, [SIGNATURE])["name"]
    second = acta(template, place["family"], tema="Corregida", close=True)
    second["body"]["amends"] = name
    answer = device.push_one(second, [SIGNATURE])
    assert answer["state"] == "refused" and answer["name"] is None
    second["body"]["amendment_reason"] = "La fecha estaba mal"
    answer = device.push_one(second, [SIGNATURE])
    assert (answer["state"], answer["status"]) == ("stored", "Closed")
    made = client("Gestor").read("Acta", answer["name"])
    assert (made["amends"], made["amendment_reason"]) == (name, "La fecha estaba mal")
    assert device.ask("papers.acta", name=name)["amendments"] == [made["name"]]
    assert device.pull()["rows"]["acta"][made["name"]]["amends"] == name
    # About nobody else than the acta that it amends; who says nothing, means the same.
    fourth = acta(template, None)
    fourth["body"] |= {
        "amends": name,
        "amendment_reason": "La fecha estaba mal",
        "community": place["community"],
    }
    stored = client("Gestor").read("Acta", device.push_one(fourth, [SIGNATURE])["name"])
    assert (stored["family"], stored["amends"]) == (place["family"], name)
    fourth = acta(template, place["family"])
    fourth["body"] |= {"amends": name, "amendment_reason": "Otra persona", "beneficiary": place["person"]}
    answer = device.push_one(fourth, [SIGNATURE])
    assert (answer["state"], answer["name"], answer["retry"]) == ("refused", None, False) and answer[
        "message"
    ]
    open_draft = acta(template, place["family"])
    draft = device.push_one(open_draft, [SIGNATURE])["name"]
    third = acta(template, place["family"])
    third["body"] |= {"amends": draft, "amendment_reason": "No hace falta"}
    assert device.push_one(third, [SIGNATURE])["state"] == "refused"
