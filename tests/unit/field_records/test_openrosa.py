"""What OpenRosa clients send is taken apart without losing or believing anything."""

from dataclasses import replace
from xml.etree.ElementTree import fromstring

from pyxform.xls2xform import convert

from social_crm.field_records.domain import openrosa
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


def test_pyxform_makes_a_form_with_head_and_tail_in_every_language():
    english = Translation("English (en)", "tema", label="Topic")
    for form in (FORM, replace(FORM, translations=(english,))):
        dressed = openrosa.dressed(sheets(form, fill_in=True), form.languages, form.title)
        xform = convert(dressed, form_name="visita", validate=False).xform
        root = fromstring(xform)
        for file in openrosa.FILES:
            assert f'src="jr://file-csv/{file}"' in xform
        # Of persons and units only those of the family that was chosen; a community is asked for when there is none.
        relevant = {
            bind.get("nodeset").rpartition("/")[2]: (bind.get("relevant"), bind.get("required"))
            for bind in root.iter()
            if bind.tag.endswith("}bind") and "/_acta/" in bind.get("nodeset", "")
        }
        assert "_familia" in relevant["_persona"][0] and relevant["_persona"][0] == relevant["_unidad"][0]
        assert relevant["_comunidad"][1] == "true()" and relevant["_familia"][1] is None
        assert "[family" in xform
        assert xform.count('appearance="signature"') == 2
        assert "<value>-</value>" not in xform
        names = {element.tag.rpartition("}")[2] for element in root.iter()}
        assert {"_acta", "_familia", "_firmantes", "_firma", "tema"} <= names


def test_answers_are_xml_whatever_they_say():
    for text in ("Todo bien", '<b> & "comillas" \' ]]>'):
        root = fromstring(openrosa.answer(text, "submit_error").encode())
        assert root[0].text == text and root[0].get("nature") == "submit_error"
    forms = openrosa.form_list([{"formID": "a&b", "name": "<x>"}])
    assert fromstring(forms.encode())[0][0].text == "a&b"
