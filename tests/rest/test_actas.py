"""An acta from the first answer to the sealed PDF through REST alone, with each role's API key."""

import io
import json
import uuid
from datetime import date, timedelta

import pytest
from lending import apply, pdf, refused
from pypdf import PdfReader

TODAY = str(date.today() - timedelta(days=1))  # the site's day may be one behind the machine's
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
VERIFY = "social_crm.field_records.services.seals.verify"
ANSWERS = {
    "motivo": "seguimiento",
    "objetivo": "Conocer la situación del hogar",
    "personas_presentes": 3,
    "novedades": "no",
    "necesidades": ["salud", "agua"],
    "detalle_necesidades": "Falta agua potable",
    "desarrollo": "La familia recibió la visita.",
}
SIGNED = {"participant_role": "Beneficiary", "signature": f"data:image/png;base64,{PIXEL}"}


ROLES = ("Gestor", "Psychosocial Professional")


def make_acta(client, place, **values) -> dict:
    fields = {
        "template": "home_visit-v2",
        "visit_date": TODAY,
        "beneficiary": place["person"],
        "client_uuid": str(uuid.uuid4()),
        "answers": ANSWERS,
        "participants": [{"participant_name": "Ana Epiayú", "document_number": "CC 1", **SIGNED}],
    }
    return client("Gestor").create("Acta", **{**fields, **values})


def test_the_whole_life(client, place):
    gestor = client("Gestor")
    acta = make_acta(client, place)
    name = acta["name"]
    assert (acta["family"], acta["community"], acta["status"]) == (
        place["family"],
        place["community"],
        "Draft",
    )
    photo = gestor.method(
        "frappe.client.attach_file",
        filename=f"visita-{uuid.uuid4().hex[:6]}.png",
        filedata=PIXEL,
        doctype="Acta",
        docname=name,
        decode_base64=1,
        is_private=1,
    )
    gestor.update("Acta", name, answers={**ANSWERS, "foto": photo["file_url"]}, place="Casa de la familia")
    commitment = gestor.method(
        "social_crm.field_records.services.actions.add_commitment",
        acta=name,
        subject="Llevar a la niña al control",
        due_date=str(date.today() + timedelta(days=15)),
    )
    apply(gestor, "Acta", name, "Close")
    closed = gestor.read("Acta", name)
    assert (closed["status"], closed["closed_by"], len(closed["content_hash"])) == ("Closed", gestor.user, 64)
    assert gestor.read("Commitment", commitment)["family"] == place["family"]
    assert gestor.method(VERIFY, acta=name)["valid"] is True
    content = pdf(gestor, "Acta", name, "Acta de campo")
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())
    for expected in (
        "Visita domiciliaria",
        "Falta agua potable",
        "Llevar a la niña al control",
    ):
        assert expected in text, text[:2000]
    # Printed in two lines.
    assert closed["content_hash"] in text.replace(" ", ""), text[:2000]
    assert name in [row["name"] for row in gestor.find("Acta", {"status": "Closed"})]


def test_closed_is_closed_by_every_door(client, place):
    gestor, admin = client("Gestor"), client("System Manager")
    name = make_acta(client, place)["name"]
    apply(gestor, "Acta", name, "Close")
    row = gestor.read("Acta", name)["participants"][0]["name"]
    for who in (gestor, admin, client("Social CRM Administrator")):
        refused(who, "PUT", f"/api/resource/Acta/{name}", place="Otra")
        refused(who, "PUT", f"/api/resource/Acta/{name}", workflow_state="Draft")
        refused(who, "PUT", f"/api/resource/Acta/{name}", participants=[])
        refused(who, "DELETE", f"/api/resource/Acta/{name}")
        refused(who, "PUT", f"/api/resource/Acta Participant/{row}", participant_name="Otra")
        refused(
            who,
            "POST",
            "/api/method/frappe.client.set_value",
            doctype="Acta",
            name=name,
            fieldname="place",
            value="x",
        )
    assert gestor.method(VERIFY, acta=name)["valid"] is True
    amendment = gestor.method(
        "social_crm.field_records.services.actions.amend", acta=name, reason="Faltó una persona"
    )
    assert gestor.read("Acta", amendment)["amends"] == name


def test_nothing_new_is_attached_to_a_closed_acta_by_any_door(client, place):
    gestor, draft = client("Gestor"), make_acta(client, place)["name"]
    name = make_acta(client, place)["name"]
    apply(gestor, "Acta", name, "Close")
    onto = {"attached_to_doctype": "Acta", "attached_to_name": name}
    for number, who in enumerate((gestor, client("System Manager"), client("Social CRM Administrator"))):
        content = {"file_name": f"tarde-{number}.txt", "content": f"Tarde {number}", "is_private": 1}
        loose = gestor.create("File", **{**content, "content": f"Suelta {number}"})["name"]
        said = [
            refused(who, "POST", "/api/resource/File", **content, **onto),
            refused(who, "PUT", f"/api/resource/File/{loose}", **onto),
            refused(
                who, "POST", "/api/method/frappe.client.attach_file", filename="tarde.png", filedata=PIXEL,
                doctype="Acta", docname=name, decode_base64=1, is_private=1,
            ),
        ]  # fmt: skip
        uploaded = who.call(
            "POST",
            "/api/method/upload_file",
            data={"doctype": "Acta", "docname": name, "is_private": 1},
            files={"file": ("tarde.txt", f"Subida {number}".encode())},
        )
        assert uploaded.status_code == 403, uploaded.text[:300]
        # Whoever may not write the acta at all hears that from the platform.
        assert who is not gestor or all(name in text for text in (*said, uploaded.text)), said
    said = {"reference_doctype": "Acta", "reference_name": name, "content": "Falta la lista"}
    by = {"comment_email": gestor.user, "comment_by": "Gestor"}
    assert gestor.method("frappe.desk.form.utils.add_comment", **said, **by)["content"]
    attached = [["attached_to_name", "=", name], ["file_name", "like", "%tarde%"]]
    assert not client("System Manager").find("File", attached)
    assert gestor.method(VERIFY, acta=name)["valid"] is True
    gestor.create(
        "File",
        file_name="a-tiempo.txt",
        content="A tiempo",
        is_private=1,
        **{**onto, "attached_to_name": draft},
    )


@pytest.mark.parametrize(
    "answers",
    [
        {"personas_presentes": 0},
        {"personas_presentes": "x"},
        {"motivo": "x"},
        {"otro": 1},
        [1],
        "no",
        {"foto": "x"},
    ],
)
def test_refused_answers(client, place, answers):
    text = refused(
        client("Gestor"),
        "POST",
        "/api/resource/Acta",
        template="home_visit-v2",
        visit_date=TODAY,
        family=place["family"],
        answers=answers if isinstance(answers, dict) else json.dumps(answers),
    )
    assert "Traceback" not in json.loads(text).get("message", "")


def test_incomplete_or_unsigned_does_not_close(client, place):
    gestor = client("Gestor")
    for values in (
        {"answers": {"motivo": "otro"}},
        {"participants": []},
        {"participants": [{"participant_name": "Luis", "participant_role": "Witness"}]},
        {
            "participants": [
                {
                    "participant_name": "Luis",
                    "participant_role": "Witness",
                    "cannot_sign": 1,
                    "cannot_sign_reason": "No ve",
                }
            ]
        },
        {
            "participants": [
                {
                    "participant_name": "Luis",
                    "participant_role": "Beneficiary",
                    "cannot_sign": 1,
                    "cannot_sign_reason": "No ve",
                    "witness_name": "Rosa, who has not signed",
                }
            ]
        },
    ):
        answer = gestor.call(
            "POST",
            "/api/resource/Acta",
            json={
                "template": "home_visit-v2",
                "visit_date": TODAY,
                "family": place["family"],
                "answers": ANSWERS,
                "participants": [{"participant_name": "Ana", **SIGNED}],
                **values,
            },
        )
        if not answer.ok:
            continue  # refused even earlier, as a draft
        name = answer.json()["data"]["name"]
        refused(
            gestor,
            "POST",
            "/api/method/frappe.model.workflow.apply_workflow",
            doc=json.dumps({"doctype": "Acta", "name": name}),
            action="Close",
        )
        assert gestor.read("Acta", name)["status"] == "Draft"


def test_the_same_uuid_makes_no_second_acta(client, place):
    given = str(uuid.uuid4())
    make_acta(client, place, client_uuid=given)
    refused(
        client("Gestor"),
        "POST",
        "/api/resource/Acta",
        template="home_visit-v2",
        visit_date=TODAY,
        family=place["family"],
        client_uuid=given,
    )
    assert len(client("Gestor").find("Acta", {"client_uuid": given})) == 1


def test_who_reads_and_who_writes(client, place):
    name = make_acta(client, place)["name"]
    assert client("Psychosocial Professional").read("Acta", name)["name"] == name
    # Whoever visits families writes their actas; a colleague's draft too.
    assert (
        client("Psychosocial Professional").call("PUT", f"/api/resource/Acta/{name}", json={"place": "x"}).ok
    )
    assert client("Auditor").read("Acta", name)["name"] == name
    refused(client("Auditor"), "PUT", f"/api/resource/Acta/{name}", place="x")
    # A role without an assignment to the community.
    for role in ("FES Advisor", "Nobody"):
        assert client(role).call("GET", f"/api/resource/Acta/{name}").status_code in (403, 404)
