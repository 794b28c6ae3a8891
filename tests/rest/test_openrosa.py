"""The OpenRosa API as clients such as ODK Collect use it: over HTTP Basic with an API key."""

import base64
import hashlib
import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from xml.etree.ElementTree import fromstring

import pytest
import requests
from lending import make_place
from openrosa_client import instance, picture, printed, send
from sync_device import SIGNATURE, Device, authorisation, biometric_text, minutiae

TEMPLATE = "home_visit-v2"
NAMESPACES = {
    "list": "http://openrosa.org/xforms/xformsList",
    "files": "http://openrosa.org/xforms/xformsManifest",
}


ROLES = ("Gestor",)


def test_without_or_with_wrong_credentials_there_is_a_challenge(url, people):
    wrong = (people["Gestor"]["key"], "no")
    for auth in (None, wrong, ("unknown", "no"), ("", "")):
        for verb, path in (
            ("GET", "/openrosa/formList"),
            ("HEAD", "/openrosa/submission"),
            ("POST", "/openrosa/submission"),
        ):
            answer = requests.request(verb, url + path, auth=auth, timeout=60)
            assert answer.status_code == 401, (auth, verb, answer.status_code, answer.text[:200])
            assert answer.headers["WWW-Authenticate"].startswith("Basic")
            assert answer.headers["X-OpenRosa-Version"] == "1.0"
    # Other addresses are left alone.
    assert "WWW-Authenticate" not in requests.get(f"{url}/login", timeout=60).headers


def test_the_form_list_leads_to_forms_and_their_families(client, collect, place):
    ask = collect("Gestor")
    answer = ask("GET", "/openrosa/formList")
    assert answer.status_code == 200 and answer.headers["X-OpenRosa-Version"] == "1.0"
    forms = fromstring(answer.content).findall("list:xform", NAMESPACES)
    form = next(one for one in forms if one.findtext("list:formID", "", NAMESPACES) == "home_visit")
    xform = ask("GET", form.findtext("list:downloadUrl", "", NAMESPACES))
    assert xform.headers["Content-Type"].startswith("text/xml")
    digest = hashlib.md5(xform.content, usedforsecurity=False).hexdigest()
    assert form.findtext("list:hash", "", NAMESPACES) == f"md5:{digest}"
    root = fromstring(xform.content)
    text = xform.text
    assert root.tag.endswith("html") and "_firmantes" in text and "jr://file-csv/familias.csv" in text
    manifest = fromstring(ask("GET", form.findtext("list:manifestUrl", "", NAMESPACES)).content)
    lists = {}
    for file in manifest.findall("files:mediaFile", NAMESPACES):
        answer = ask("GET", file.findtext("files:downloadUrl", "", NAMESPACES))
        digest = hashlib.md5(answer.content, usedforsecurity=False).hexdigest()
        assert file.findtext("files:hash", "", NAMESPACES) == f"md5:{digest}"
        assert answer.headers["Content-Type"].startswith("text/csv")
        lists[file.findtext("files:filename", "", NAMESPACES)] = answer.text
    assert lists.keys() == {"familias.csv", "personas.csv", "unidades.csv", "comunidades.csv"}
    assert place["family"] in lists["familias.csv"] and place["community"] in lists["comunidades.csv"]
    of_family = [row for row in lists["personas.csv"].splitlines() if row.startswith(place["person"])]
    # Whom it is about, how the list shows it, of which family; last, whether a fingerprint may be asked for.
    assert [row.split(",")[2:] for row in of_family] == [[place["family"], ""]]


def test_only_families_that_the_person_may_see(client, collect, people):
    elsewhere = make_place(client("System Manager"), people, ())
    assert elsewhere["family"] not in collect("Gestor")("GET", "/openrosa/media/familias.csv").text
    for file, hidden in (("personas", "person"), ("comunidades", "community"), ("unidades", "person")):
        shown = collect("Gestor")("GET", f"/openrosa/media/{file}.csv")
        assert shown.status_code == 200 and elsewhere[hidden] not in shown.text
    refused = collect("Nobody")("GET", "/openrosa/media/familias.csv")
    assert refused.status_code == 403
    answer = send(collect("Gestor"), instance(elsewhere), [("firma1.jpg", picture("JPEG"))])
    assert 400 <= answer.status_code < 500
    assert not client("System Manager").find("Acta", {"family": elsewhere["family"]})


def test_head_says_how_much_is_taken(collect):
    answer = collect("Gestor")("HEAD", "/openrosa/submission")
    assert answer.status_code == 204
    assert int(answer.headers["X-OpenRosa-Accept-Content-Length"]) > 1_000_000
    assert answer.headers["Location"].endswith("/openrosa/submission")


def actas(client, place):
    fields = ["name", "status", "client_uuid", "amends", "origin", "latitude", "place"]
    return client("System Manager").find("Acta", {"family": place["family"]}, fields)


def test_a_submission_becomes_a_closed_acta_once(client, collect, place):
    ask, own = collect("Gestor"), str(uuid.uuid4())
    xml = instance(place, f"uuid:{own}", photo="foto1.jpg")
    files = [("firma1.jpg", picture("JPEG")), ("foto1.jpg", picture("JPEG", 200))]
    answer = send(ask, xml, files)
    assert answer.status_code == 201, answer.text
    assert fromstring(answer.content).tag.endswith("OpenRosaResponse")
    for _again in range(2):
        assert send(ask, xml, files).status_code == 201
    with ThreadPoolExecutor(4) as pool:
        assert {one.status_code for one in pool.map(lambda _n: send(ask, xml, files), range(4))} == {201}
    mine = [row for row in actas(client, place) if row["client_uuid"] == own]
    assert [(row["status"], row["origin"], row["place"]) for row in mine] == [("Closed", "OpenRosa", "Casa")]
    acta = client("Gestor").read("Acta", mine[0]["name"])
    assert [row["participant_name"] for row in acta["participants"]] == ["Ana Epiayú", "Luis Epiayú"]
    assert acta["participants"][0]["signature"].startswith("data:image/png;base64,")
    assert acta["participants"][1]["witness_name"] == "Rosa Uriana"
    assert acta["participants"][1]["witness_signature"].startswith("data:image/png;base64,")
    assert acta["start_time"] == "9:15:00" and acta["latitude"] == 11.07 and acta["accuracy"] == 6.5
    attached = client("Gestor").find(
        "File", {"attached_to_name": acta["name"], "attached_to_doctype": "Acta"}, ["is_private"]
    )
    assert attached and all(row["is_private"] for row in attached)
    kept = client("System Manager").find(
        "OpenRosa Submission", {"acta": acta["name"]}, ["xml", "status", "user"]
    )
    assert [(row["status"], row["xml"].strip()) for row in kept] == [("Stored", xml.strip())]
    assert client("Gestor").call("GET", "/api/resource/OpenRosa Submission").status_code == 403


def test_an_acta_about_a_person_a_unit_or_a_community(client, collect, place):
    admin, ask, sign = client("System Manager"), collect("Gestor"), [("firma1.jpg", picture("JPEG"))]
    unit = admin.create(
        "Productive Unit",
        unit_name="Tejidos de prueba",
        beneficiary=place["person"],
        kind="New",
        activity_sector="Food",
        programme=admin.create(
            "Social Programme",
            programme_name=f"Programa {uuid.uuid4().hex[:8]}",
            status="Running",
            start_date="2020-01-01",
        )["name"],
    )["name"]
    said = {"persona": place["person"], "unidad": unit, "registrada": place["person"]}
    for changes in (said, {"family": "", "comunidad": place["community"]}):
        own = str(uuid.uuid4())
        answer = send(ask, instance(place, f"uuid:{own}", **changes), sign)
        assert answer.status_code == 201, answer.text
        name = admin.find("Acta", {"client_uuid": own})[0]["name"]
        acta = admin.read("Acta", name)
        assert acta["status"] == "Closed" and acta["community"] == place["community"]
        assert (acta.get("beneficiary") or "") == changes.get("persona", "")
        assert (acta.get("productive_unit") or "") == changes.get("unidad", "")
        assert (acta["participants"][0].get("beneficiary") or "") == changes.get("registrada", "")
    # Whom it is about has to be said, in words that tell what to do; nothing is kept of it.
    own = str(uuid.uuid4())
    answer = send(ask, instance(place, f"uuid:{own}", family=""), sign)
    assert answer.status_code == 400 and fromstring(answer.content)[0].text
    assert not admin.find("Acta", {"client_uuid": own})


def test_attachments_may_come_in_several_posts(client, collect, place):
    ask, own = collect("Gestor"), str(uuid.uuid4())
    xml = instance(place, f"uuid:{own}", photo="foto2.jpg")
    assert send(ask, xml, [("firma1.jpg", picture("JPEG"))], more=True).status_code == 202
    assert not [row for row in actas(client, place) if row["client_uuid"] == own]
    missing = send(ask, xml)
    assert missing.status_code == 400 and "foto2.jpg" in missing.text
    assert send(ask, xml, [("foto2.jpg", picture("JPEG", 150))]).status_code == 201
    assert [row["status"] for row in actas(client, place) if row["client_uuid"] == own] == ["Closed"]


def test_an_edit_of_a_closed_acta_is_an_amendment(client, collect, place):
    ask, first, second = collect("Gestor"), f"uuid:{uuid.uuid4()}", f"uuid:{uuid.uuid4()}"
    sign = [("firma1.jpg", picture("JPEG"))]
    assert send(ask, instance(place, first), sign).status_code == 201
    edit = instance(place, second, deprecated=first, objective="Otro objetivo")
    assert send(ask, edit, sign).status_code == 201
    rows = {row["client_uuid"]: row for row in actas(client, place)}
    assert rows[second[5:]]["amends"] == rows[first[5:]]["name"]
    # Another subject is another acta.
    other = str(uuid.uuid4())
    answer = send(ask, instance(place, f"uuid:{other}", deprecated=first, persona=place["person"]), sign)
    assert answer.status_code == 400 and fromstring(answer.content)[0].text, answer.text
    assert other not in {row["client_uuid"] for row in actas(client, place)}
    unknown = instance(place, f"uuid:{uuid.uuid4()}", deprecated=f"uuid:{uuid.uuid4()}")
    assert send(ask, unknown, sign).status_code == 400


def test_a_witness_has_to_sign_and_an_edit_of_a_draft_completes_the_same_acta(client, collect, place):
    ask, first, second = collect("Gestor"), f"uuid:{uuid.uuid4()}", f"uuid:{uuid.uuid4()}"
    sign = [("firma1.jpg", picture("JPEG"))]
    answer = send(ask, instance(place, first, witness=""), sign)
    assert answer.status_code == 201 and "Rosa Uriana" in answer.text, answer.text
    draft = next(row for row in actas(client, place) if row["client_uuid"] == first[5:])
    assert draft["status"] == "Draft"
    edit = instance(place, second, deprecated=first, objective="Completar la firma")
    for _again in range(2):
        assert send(ask, edit, sign).status_code == 201
    rows = [row for row in actas(client, place) if row["client_uuid"] in (first[5:], second[5:])]
    assert [(row["name"], row["status"], row["amends"]) for row in rows] == [(draft["name"], "Closed", None)]
    acta = client("Gestor").read("Acta", draft["name"])
    assert json.loads(acta["answers"])["objetivo"] == "Completar la firma"
    assert [row["participant_name"] for row in acta["participants"]] == ["Ana Epiayú", "Luis Epiayú"]
    kept = client("System Manager").find("OpenRosa Submission", {"acta": acta["name"]}, ["instance_id"])
    assert {row["instance_id"] for row in kept} == {first, second}


def test_what_is_no_form_is_refused_and_leaves_nothing(client, collect, place):
    ask = collect("Gestor")
    before = len(actas(client, place))
    sign = [("firma1.jpg", picture("JPEG"))]
    bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "x">]><home_visit id="home_visit" version="2">&b;</home_visit>'
    for xml in (
        "",
        "<",
        bomb,
        "<home_visit/>",
        instance(place).replace('id="home_visit"', 'id="otra"'),
        instance(place).replace('version="2" xmlns', 'version="99" xmlns'),
        instance(place).replace("<personas_presentes>3<", "<personas_presentes>muchas<"),
        instance(place).replace("<apertura/>", "<otra/>"),
        instance(place, family="FAM-99999999"),
    ):
        answer = send(ask, xml, sign)
        assert 400 <= answer.status_code < 500, (answer.status_code, xml[:200], answer.text)
        assert "Traceback" not in answer.text
    for name, data in (
        ("firma1.jpg", b"no picture"),
        ("firma1.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    ):
        assert 400 <= send(ask, instance(place), [(name, data)]).status_code < 500
    large = ask("POST", "/openrosa/submission", data=b"x" * (10 * 1024 * 1024))
    assert 400 <= large.status_code < 500
    assert len(actas(client, place)) == before


def test_another_persons_instance_is_refused(client, collect, place, people):
    own = f"uuid:{uuid.uuid4()}"
    sign = [("firma1.jpg", picture("JPEG"))]
    assert send(collect("Gestor"), instance(place, own), sign).status_code == 201
    answer = send(collect("Social CRM Administrator"), instance(place, own, objective="Ajeno"), sign)
    assert answer.status_code == 403
    assert send(collect("Auditor"), instance(place), sign).status_code == 403


def test_unknown_addresses(collect):
    ask = collect("Gestor")
    for path in ("", "/otra", "/forms/", "/forms/no-v1", "/manifest/no-v1", "/media/otra.csv", "/formList/x"):
        assert ask("GET", f"/openrosa{path}").status_code in (400, 404), path
    assert ask("POST", "/openrosa/formList").status_code == 405


@pytest.fixture
def reader(client):
    """The organisation's readers have an app on Android while a test runs."""
    settings = "/api/resource/Social CRM Settings/Social CRM Settings"
    admin = client("System Manager")
    assert not admin.call("PUT", settings, json={"fingerprint_reader_app": "a reader"}).ok
    assert admin.call("PUT", settings, json={"fingerprint_reader_app": "org.example.SCAN"}).ok
    yield "ex:org.example.SCAN"
    assert admin.call("PUT", settings, json={"fingerprint_reader_app": ""}).ok


def what_is_kept(client, own: str) -> tuple[dict, list[dict], str]:
    """The acta of a form, its fingerprints, and the form as it is kept."""
    admin = client("System Manager")
    (row,) = admin.find("OpenRosa Submission", {"instance_id": own}, ["xml", "files", "message", "acta"])
    prints = admin.find("Fingerprint", {"acta": row["acta"]}, ["name"])
    return admin.read("Acta", row["acta"]), prints, json.dumps(row)


def test_the_app_of_a_reader_gives_a_fingerprint_of_who_has_authorised_it(client, collect, people, reader):
    admin, ask = client("System Manager"), collect("Gestor")
    here = make_place(admin, people, ("Gestor",))
    without = ask("GET", "/openrosa/media/personas.csv").text
    assert f"{here['person']}," in without and f"{here['family']},si" not in without
    text, device = biometric_text(client), Device(client("Gestor"))
    said = device.push_one(authorisation(here["person"], text), [SIGNATURE])
    assert said["state"] == "stored", said
    assert f"{here['family']},si" in ask("GET", "/openrosa/media/personas.csv").text
    assert f'appearance="{reader}"' in ask("GET", f"/openrosa/forms/{TEMPLATE}").text
    made = []
    for capture in (base64.b64encode(minutiae()).decode(), minutiae().hex()):
        own = f"uuid:{uuid.uuid4()}"
        xml = printed(here, own, capture)
        for _again in range(2):
            answer = send(ask, xml)
            assert answer.status_code == 201, answer.text
        acta, prints, kept = what_is_kept(client, own)
        assert (acta["status"], len(prints)) == ("Closed", 1)
        assert acta["participants"][0]["fingerprint"] == prints[0]["name"]
        row = admin.read("Fingerprint", prints[0]["name"])
        assert (row["source"], row["finger"], row["quality"], row["beneficiary"]) == (
            "Reader App on Android",
            "Left Thumb",
            82,
            here["person"],
        )
        # Nowhere in the open: neither in the form that is kept, nor beside the acta.
        assert capture[:40] not in kept and capture[:40] not in json.dumps([acta, row])
        made.append(prints[0]["name"])
    opened = admin.data(
        "POST",
        "/api/method/social_crm.field_records.services.fingerprints.open_capture",
        json={"name": made[1], "reason": "Ver"},
    )
    assert base64.b64decode(opened["template"]) == minutiae()


def test_a_fingerprint_that_may_not_be_kept_is_told_and_the_acta_is_not_lost(client, collect, people):
    here, ask = make_place(client("System Manager"), people, ("Gestor",)), collect("Gestor")
    good = base64.b64encode(minutiae()).decode()
    poor = minutiae().replace(bytes((2, 0, 82, 30)), bytes((2, 0, 30, 30)))
    own = f"uuid:{uuid.uuid4()}"
    answer = send(ask, printed(here, own, good))
    assert answer.status_code == 201 and "Ana Epiayú" in answer.text, answer.text
    acta, prints, kept = what_is_kept(client, own)
    assert (acta["status"], prints) == ("Draft", []) and good[:40] not in kept
    said = Device(client("Gestor")).push_one(
        authorisation(here["person"], biometric_text(client)), [SIGNATURE]
    )
    assert said["state"] == "stored", said
    for capture, finger, person in (
        (base64.b64encode(poor).decode(), "left_thumb", None),
        (good, "left_thumb", ""),
        (good, "nose", None),
        ("bm8gcmVjb3Jk" * 8, "left_thumb", None),
        ("¡no!" * 30, "left_thumb", None),
    ):
        own = f"uuid:{uuid.uuid4()}"
        answer = send(ask, printed(here, own, capture, finger, person))
        assert answer.status_code == 201 and "Ana Epiayú" in answer.text, answer.text
        acta, prints, kept = what_is_kept(client, own)
        assert (acta["status"], prints) == ("Draft", []), capture[:20]
        assert capture[:40] not in kept
