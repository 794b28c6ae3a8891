"""What OpenRosa clients send is taken apart without losing or believing anything."""

import base64
from dataclasses import replace
from xml.etree.ElementTree import fromstring

import pytest
from pyxform.xls2xform import convert

from social_crm.field_records.domain import openrosa, openrosa_form
from social_crm.field_records.domain.templates import Choice, FieldRow
from social_crm.field_records.domain.xform_instance import parse
from social_crm.field_records.domain.xlsform import Form, Translation, sheets

FORM = Form(
    key="visita",
    version=3,
    title="Visita",
    rows=(FieldRow("text", "tema", "Tema"), FieldRow("select_one", "si", "¿Sí?", choice_list="sino")),
    choices=(Choice("sino", "si", "Sí"), Choice("sino", "no", "No")),
)
SENT = """<visita id="visita" version="3" xmlns:jr="http://openrosa.org/javarosa">
<_inicio>2026-11-22T08:00:00.000-05:00</_inicio><_fin>2026-11-22T08:30:00.000-05:00</_fin>
<_acta><_familia>FAM-1</_familia><_persona>BEN-2</_persona><_unidad>UP-3</_unidad><_comunidad/><_fecha>2026-11-22</_fecha><_lugar>Casa</_lugar><_posicion>11.5 -72.5 30 4.5</_posicion></_acta>
<tema>Agua</tema><si>si</si>
<_firmantes jr:template=""><_nombre/></_firmantes>
<_firmantes><_registrada>BEN-2</_registrada><_nombre>Ana</_nombre><_papel>Gestor</_papel><_firma_si>si</_firma_si><_firma>a.jpg</_firma></_firmantes>
<_firmantes><_nombre>Luis</_nombre><_firma_si>no</_firma_si><_motivo>No ve</_motivo><_testigo>Rosa</_testigo></_firmantes>
<meta xmlns="http://openrosa.org/xforms"><instanceID>uuid:1</instanceID><deprecatedID>uuid:0</deprecatedID></meta></visita>"""


def test_the_template_gets_back_its_own_part_alone():
    found = openrosa.taken_apart(parse(SENT))
    own = fromstring(found.instance)
    assert [part.tag.rpartition("}")[2] for part in own] == ["tema", "si", "meta"]
    assert own.attrib == {"id": "visita", "version": "3"}
    assert (found.key, found.version, found.instance_id, found.deprecated_id) == (
        "visita",
        "3",
        "uuid:1",
        "uuid:0",
    )
    assert (found.family, found.day, found.place, found.position) == (
        "FAM-1",
        "2026-11-22",
        "Casa",
        (11.5, -72.5, 4.5),
    )
    assert (found.person, found.unit, found.community) == ("BEN-2", "UP-3", "")
    assert found.started.startswith("2026-11-22T08:00") and "a.jpg" in found.texts


def test_signers_and_those_who_cannot_sign():
    ana, luis = openrosa.taken_apart(parse(SENT)).signers
    assert (ana.name, ana.role, ana.signature, ana.cannot_sign) == ("Ana", "Gestor", "a.jpg", False)
    assert (ana.person, luis.person) == ("BEN-2", "")
    assert (luis.cannot_sign, luis.reason, luis.witness, luis.role) == (True, "No ve", "Rosa", "Beneficiary")


def test_what_is_missing_is_empty():
    found = openrosa.taken_apart(parse("<visita/>"))
    assert (found.key, found.instance_id, found.signers, found.position) == ("visita", "", (), ())
    assert openrosa.taken_apart(parse(SENT.replace("11.5 -72.5 30 4.5", "aquí"))).position == ()


ENGLISH = Translation("English (en)", "tema", label="Topic")
WAYUU = Translation("Wayuunaiki (guc)", "tema", label="Wüin")
READER = "org.example.SCAN(dedo='1')"


def xform_of(form: Form, reader: str = "") -> str:
    dressed = openrosa_form.dressed(sheets(form, fill_in=True), form.languages, form.title, reader)
    return str(convert(dressed, form_name="visita", validate=False).xform)


def binds_of(xform: str) -> dict[str, tuple[str | None, str | None]]:
    return {
        bind.get("nodeset", "").rpartition("/")[2]: (bind.get("relevant"), bind.get("required"))
        for bind in fromstring(xform).iter()
        if bind.tag.endswith("}bind")
    }


def test_pyxform_makes_a_form_with_head_and_tail_in_every_language():
    for form in (FORM, replace(FORM, translations=(ENGLISH,))):
        xform = xform_of(form)
        root = fromstring(xform)
        for file in openrosa_form.FILES:
            assert f'src="jr://file-csv/{file}"' in xform
        # Of persons and units only those of the family that was chosen; a community is asked for when there is none.
        asked = binds_of(xform)
        assert "_familia" in asked["_persona"][0] and asked["_persona"][0] == asked["_unidad"][0]
        assert asked["_comunidad"][1] == "true()" and asked["_familia"][1] is None
        assert "[family" in xform
        assert xform.count('appearance="signature"') == 2
        assert "<value>-</value>" not in xform
        # Who does not sign has a witness, who does.
        assert asked["_testigo_firma"] == asked["_testigo"] and asked["_testigo"][1] == "true()"
        names = {element.tag.rpartition("}")[2] for element in root.iter()}
        assert {"_acta", "_familia", "_firmantes", "_firma", "tema"} <= names
        assert not {"_huella", "_dedo"} & names


def test_lists_of_a_template_may_have_the_names_of_ours_and_filters_of_their_own():
    form = replace(
        FORM,
        rows=(
            FieldRow("select_one", "comunidad", "Comunidad", choice_list="comunidades"),
            FieldRow("begin_repeat", "predios", "Predios"),
            FieldRow(
                "select_one", "vereda", "Vereda", choice_list="veredas", choice_filter="com = ${comunidad}"
            ),
            FieldRow("end_repeat"),
        ),
        choices=(Choice("comunidades", "a", "A"), Choice("veredas", "b", "B", (("com", "a"),))),
    )
    dressed = openrosa_form.dressed(sheets(form, fill_in=True), form.languages, "Acta")
    xform = convert(dressed, form_name="visita", validate=False).xform
    assert "instance('_comunidades')/root/item\"" in xform
    assert "instance('veredas')/root/item[com =  /visita/comunidad ]" in xform
    assert '<instance id="comunidades" src="jr://file-csv/comunidades.csv"/>' in xform


def test_head_and_tail_speak_the_languages_of_the_form():
    form = replace(FORM, translations=(ENGLISH, WAYUU))
    said = {}
    for part in fromstring(xform_of(form, READER)).iter():
        if part.tag.endswith("}translation"):
            said[part.get("lang")] = {text.get("id"): "".join(text.itertext()) for text in part}
    spanish, english, wayuu = (said[one] for one in form.languages)
    ours = [key for key in spanish if "/_" in key or key.startswith("_")]
    assert len(ours) > 35
    for key in ours:
        # Of a language that we do not speak, Spanish; a word may be the same in both.
        assert spanish[key] and english[key] and wayuu[key] == spanish[key]
        same = spanish[key] == english[key]
        assert not same or english[key] in ("Gestor", "Visita"), key
    assert english["/visita/_acta/_familia:label"] == "Family"
    assert (spanish["_dedos-5"], english["_dedos-5"]) == ("Pulgar izquierdo", "Left hand: Thumb")


def test_a_form_asks_for_a_fingerprint_where_readers_have_an_app_and_the_person_agreed():
    xform = xform_of(FORM, READER)
    asked = binds_of(xform)
    assert 'appearance="ex:org.example.SCAN' in xform
    assert asked["_huella"] == asked["_dedo"] and "huella" in asked["_huella"][0]
    assert "para = 'todos' or para =" in xform and "pulldata('personas', 'huella', 'name'" in xform
    for action, fits in (
        ("org.example.SCAN", True),
        (READER, True),
        ("SCAN", False),
        ("org.example.SCAN)", False),
        ("org.example.SCAN('<x>')", False),
        ("org.example.SCAN(a=${tema})", False),
        ("", False),
    ):
        assert openrosa_form.is_action(action) is fits, action


PRINTED = SENT.replace(
    "<_firma_si>si</_firma_si><_firma>a.jpg</_firma>",
    "<_firma_si>huella</_firma_si><_dedo>left_thumb</_dedo><_huella>{0}</_huella>",
)


def test_what_the_app_of_a_reader_answers_is_read_and_kept_in_no_form():
    record = b"FMR\x00 20\x00" + bytes(range(40))
    for text in (base64.b64encode(record).decode(), record.hex(), record.hex().upper() + "\n"):
        root = parse(PRINTED.replace("{0}", text))
        ana, luis = openrosa.taken_apart(root).signers
        assert (ana.finger, openrosa.minutiae(ana.capture), ana.signature) == ("Left Thumb", record, "")
        assert (luis.capture, ana.cannot_sign) == ("", False)
        assert text.strip() not in repr(openrosa.taken_apart(root))
        kept = openrosa.without_captures(root, lambda found: f"digest of {len(found)}")
        assert kept and text.strip() not in kept and f">digest of {len(text)}<" in kept
        # The rest is as it came, and what was read is untouched.
        assert openrosa.taken_apart(parse(kept)).instance == openrosa.taken_apart(root).instance
    assert openrosa.minutiae("¡no!") is None
    assert openrosa.without_captures(parse(SENT), str) is None


@pytest.mark.parametrize(
    "hidden",
    [
        "<tema><_huella>c2VjcmV0</_huella></tema>",
        "<_huella a='c2VjcmV0'>c2VjcmV0</_huella>",
        "<_huella><x>c2Vj</x><y b='c2VjcmV0'>c2VjcmV0</y></_huella>",
        "<x:_huella xmlns:x='urn:x'><![CDATA[c2VjcmV0]]></x:_huella>",
        "<_huella>&#99;2VjcmV0</_huella>",
    ],
)
def test_a_capture_is_taken_out_wherever_and_however_it_stands(hidden):
    kept = openrosa.without_captures(parse(SENT.replace("<tema>Agua</tema>", hidden)), lambda _found: "out")
    assert kept and "c2Vj" not in kept and ">out<" in kept


def test_answers_are_xml_whatever_they_say():
    for text in ("Todo bien", '<b> & "comillas" \' ]]>'):
        root = fromstring(openrosa.answer(text, "submit_error").encode())
        assert root[0].text == text and root[0].get("nature") == "submit_error"
    forms = openrosa.form_list([{"formID": "a&b", "name": "<x>"}])
    assert fromstring(forms.encode())[0][0].text == "a&b"
