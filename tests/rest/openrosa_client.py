"""A client that speaks OpenRosa, as far as tests share it: a filled-in form, and how it is sent. It imports nothing of Frappe or of the app."""

import io
import uuid
from datetime import date, timedelta

from PIL import Image

TODAY = str(date.today() - timedelta(days=1))  # the site's day may be one behind the machine's


def picture(kind: str, colour: int = 0) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (colour % 256, 90, 90)).save(out, kind)
    return out.getvalue()


def instance(place, own: str = "", photo: str = "", deprecated: str = "", **changes) -> str:
    own = own or f"uuid:{uuid.uuid4()}"
    values = {"objective": "Conocer la situación", "family": place["family"], **changes}
    about = "".join(
        f"<_{name}>{values.get(name, '')}</_{name}>" for name in ("persona", "unidad", "comunidad")
    )
    replaced = f"<deprecatedID>{deprecated}</deprecatedID>" if deprecated else ""
    return f"""<?xml version='1.0'?>
<home_visit id="home_visit" version="2" xmlns:jr="http://openrosa.org/javarosa" xmlns:orx="http://openrosa.org/xforms">
<_inicio>{TODAY}T09:15:00.000-05:00</_inicio><_fin>{TODAY}T10:20:00.000-05:00</_fin>
<_acta><_familia>{values["family"]}</_familia>{about}<_fecha>{TODAY}</_fecha><_lugar>Casa</_lugar><_posicion>11.07 -72.85 120.0 6.5</_posicion></_acta>
<apertura/><motivo_grupo><motivo>seguimiento</motivo><objetivo>{values["objective"]}</objetivo></motivo_grupo>
<hogar><personas_presentes>3</personas_presentes><novedades>no</novedades><necesidades>ninguna</necesidades></hogar>
<desarrollo_grupo><desarrollo>Se habló.</desarrollo><foto>{photo}</foto></desarrollo_grupo>
<_firmantes><_registrada>{values.get("registrada", "")}</_registrada><_nombre>Ana Epiayú</_nombre><_papel>Beneficiary</_papel><_documento>CC 1</_documento><_firma_si>si</_firma_si><_firma>firma1.jpg</_firma></_firmantes>
<_firmantes><_nombre>Luis Epiayú</_nombre><_papel>Family Member</_papel><_firma_si>no</_firma_si><_motivo>No ve</_motivo><_testigo>Rosa Uriana</_testigo><_testigo_firma>{values.get("witness", "testigo.jpg")}</_testigo_firma></_firmantes>
<orx:meta><orx:instanceID>{own}</orx:instanceID>{replaced}</orx:meta></home_visit>"""


def send(ask, xml: str, files=(), more: bool = False):
    parts = [("xml_submission_file", ("form.xml", xml.encode(), "text/xml"))]
    if "testigo.jpg" in xml:
        files = [*files, ("testigo.jpg", picture("JPEG", 30))]
    parts += [(name, (name, data, "image/jpeg")) for name, data in files]
    extra = {"*isIncomplete*": "yes"} if more else {}
    return ask("POST", "/openrosa/submission?deviceID=collect:prueba", files=parts, data=extra)


def printed(place, own: str, capture: str, finger: str = "left_thumb", person: str | None = None) -> str:
    """A form in which Ana gives a fingerprint."""
    said = f"<_firma_si>huella</_firma_si><_dedo>{finger}</_dedo><_huella>{capture}</_huella>"
    registered = place["person"] if person is None else person
    return instance(place, own, registrada=registered).replace(
        "<_firma_si>si</_firma_si><_firma>firma1.jpg</_firma>", said
    )
