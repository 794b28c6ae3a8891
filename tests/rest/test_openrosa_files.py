"""What an OpenRosa client sends is kept as it is or refused: letters, identifiers, pictures and the files that a form names."""

import io
import uuid
from xml.etree.ElementTree import fromstring

import pytest
from openrosa_client import instance, picture, send
from PIL import Image

ROLES = ("Gestor",)
FORM_ID = "{http://openrosa.org/xforms/xformsList}formID"


def actas(client, place):
    return client("System Manager").find(
        "Acta", {"family": place["family"]}, ["name", "status", "client_uuid"]
    )


def test_only_an_answer_that_is_a_file_has_to_arrive_as_one(client, collect, place):
    ask, sign = collect("Gestor"), ("firma1.jpg", picture("JPEG"))
    # A text may look like the name of a file, and the name of a file like a text.
    assert send(ask, instance(place, objective="informe.jpg"), [sign]).status_code == 201
    own = str(uuid.uuid4())
    xml = instance(place, f"uuid:{own}", photo="mi foto.HEIC")
    assert send(ask, xml, [sign], more=True).status_code == 202
    assert send(ask, xml, [("mi foto.HEIC", picture("JPEG", 77))]).status_code == 201
    assert [row["status"] for row in actas(client, place) if row["client_uuid"] == own] == ["Closed"]


def test_a_form_is_kept_letter_by_letter_or_not_at_all(client, collect, place):
    ask = collect("Gestor")
    before = len(actas(client, place))
    xml = instance(place, objective="Caña").encode("latin-1")
    for body in (xml, xml.replace(b"<?xml version='1.0'?>", b"<?xml version='1.0' encoding='latin-1'?>")):
        parts = [
            ("xml_submission_file", ("form.xml", body, "text/xml")),
            ("firma1.jpg", ("firma1.jpg", picture("JPEG"), "image/jpeg")),
        ]
        assert ask("POST", "/openrosa/submission", files=parts).status_code == 400
    marked = instance(place, "&lt;b&gt;uno&lt;/b&gt;")
    assert send(ask, marked, [("firma1.jpg", picture("JPEG"))]).status_code == 400
    assert len(actas(client, place)) == before


@pytest.mark.parametrize("kind", ["PNG", "EPS", "GIF"])
def test_a_signature_is_a_picture_of_a_bounded_size(client, collect, place, kind):
    out = io.BytesIO()
    if kind == "PNG":
        Image.new("L", (9000, 9000)).save(out, kind)
    else:
        Image.new("RGB", (30, 30)).save(out, kind)
    before = len(actas(client, place))
    answer = send(collect("Gestor"), instance(place), [("firma1.jpg", out.getvalue())])
    assert answer.status_code == 400 and "firma1.jpg" in answer.text
    assert len(actas(client, place)) == before


def test_one_form_may_be_asked_for_alone(collect):
    forms = fromstring(collect("Gestor")("GET", "/openrosa/formList?formID=home_visit").content)
    names = [form.findtext(FORM_ID) for form in forms]
    assert set(names) == {"home_visit"}
